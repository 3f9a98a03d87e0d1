import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A reload of a running service", .ownProcess, InWorkspace())
struct ReloadTests {
    private static let png = SampleFormat.png.file

    private func image(_ operated: OperatedService) async throws -> HTTPCaller.Answer {
        try await operated.service.http.post("/v1/process?w=8&f=png", body: Self.png)
    }

    @Test(
        "settings are in force for the next request, by HTTP and by SIGHUP, after root was dropped too",
        arguments: Identity.available)
    func settings(_ identity: Identity) async throws {
        let start = OperatedService.Start(
            identity: identity, sandbox: .hostileSandbox, configuration: "timeout: 1h\n")
        try await OperatedService.during(start) { operated in
            let zygotes = try await operated.settled()
            let endless = Self.png + Array("GLOVEBOX-ACT:27-infinite-loop\n".utf8)
            let http = operated.service.http
            let early = Task { try await http.post("/v1/process?f=png", body: endless) }
            defer { early.cancel() }
            let child = try await operated.service.spinningChild()

            try operated.configure("timeout: 300ms\nlog_level: warning\n")
            #expect(try await operated.reload() == ["timeout", "log_level"])
            let late = try await http.post("/v1/process?f=png", body: endless)
            expect(late, isProblem: "deadline", 504)
            // Who came under the old settings keeps them.
            #expect(ProcessTable.isAlive(child))
            #expect(try await operated.get("/cmd/log-level").json["level"].text == "warning")
            let id = try #require(late.header("X-Request-ID"))
            _ = try await operated.service.logLine("child ended", request: id)

            try operated.configure("timeout: 10\nmax_pixels: 100\nlog_level: info\n")
            let line = try await operated.hangUp()
            #expect(line.message == "reloaded", "\(line)")
            #expect(line["changed"].elements.map(\.text) == ["timeout", "max_pixels", "log_level"])
            let large = try await image(operated)
            expect(large, isProblem: "over-limit", 422)
            #expect(large.text.contains("100"))
            #expect(try await operated.get("/cmd/log-level").json["level"].text == "info")
            #expect(zygotes.isSubset(of: operated.service.zygotes.map(\.id)))
        }
    }

    @Test(
        "a policy is in force for the next image, and an image in work is not disturbed",
        arguments: Identity.available)
    func policy(_ identity: Identity) async throws {
        let start = OperatedService.Start(identity: identity)
        try await OperatedService.during(start) { operated in
            let before = try await operated.settled()
            let old = try await operated.policy()["sha256"].text
            let answer = try await operated.withJobInFlight {
                try operated.setPolicy {
                    try $0.mustReplace("inputBytes: 52428800", with: "inputBytes: 100")
                }
                #expect(try await operated.reload() == ["policy raster"])
                expect(try await image(operated), isProblem: "over-limit", 413)
                #expect(try await operated.policy()["sha256"].text != old)
            }
            #expect(answer.status == 200, "\(answer.text)")
            try await operated.settled(after: before)

            try operated.setPolicy(
                OperatedService.policy, withoutInput(ofLength: Self.png.count))
            let line = try await operated.hangUp()
            #expect(line["changed"].elements.map(\.text) == ["policy raster"], "\(line)")
            let denied = try await image(operated)
            expect(denied, isProblem: "could-not-process", 422)
            let id = try #require(denied.header("X-Request-ID"))
            let ended = try await operated.service.logLine("child ended", request: id)
            #expect(ended["class"].text == "violation" && ended["syscall"].text == "mmap")

            try operated.setPolicy()
            #expect(try await operated.reload() == ["policy raster"])
            #expect(try await image(operated).status == 200)
            #expect(try await operated.policy()["sha256"].text == old)
        }
    }

    @Test("policies come and go, and those that stay keep their zygotes")
    func severalPolicies() async throws {
        try await OperatedService.during { operated in
            let http = operated.service.http
            let photo = SampleFormat.jpeg.file
            let first = try await operated.settled()

            // A second one for what the first covers already.
            try operated.setPolicy("photos.yaml", covering("jpeg"))
            let reasons = try await operated.refusedReload()
            #expect(
                reasons.contains {
                    $0.contains("raster.yaml") && $0.contains("photos.yaml") && $0.contains("jpeg")
                }, "\(reasons)")
            #expect(Set(operated.service.zygotes.map(\.id)) == first)

            try operated.setPolicy(OperatedService.policy, covering("png, webp"))
            #expect(try await operated.reload() == ["policy photos", "policy raster"])
            let both = try await operated.settled(policies: 2, after: first)
            #expect(try await http.post("/v1/process?w=8", body: photo).status == 200)
            let gone = try await http.post("/v1/process?w=8", body: SampleFormat.gif.file)
            expect(gone, isProblem: "unsupported-type", 415)

            // The limit of the one that covers the format counts, not the other's.
            try operated.setPolicy("photos.yaml") {
                try covering("jpeg")($0)
                    .mustReplace("inputBytes: 52428800", with: "inputBytes: 100")
            }
            #expect(try await operated.reload() == ["policy photos"])
            let large = try await http.post("/v1/process?w=8", body: photo)
            expect(large, isProblem: "over-limit", 413)
            #expect(try await image(operated).status == 200)
            let after = try await operated.settled(policies: 2)
            #expect(after.intersection(both).count == 2)

            try operated.removePolicy("photos.yaml")
            #expect(try await operated.reload() == ["policy photos"])
            expect(
                try await http.post("/v1/process?w=8", body: photo),
                isProblem: "unsupported-type", 415)
            #expect(try await operated.settled().isSubset(of: both))
        }
    }

    @Test("another admin key takes the place of the old one, and the operator key stays")
    func key() async throws {
        let state = try InWorkspace.workspace.scratch.appending(path: "state").path
        try await OperatedService.during { operated in
            func status(_ key: String) async throws -> Int {
                try await operated.admin.get(
                    "/cmd/log-level", headers: OperatedService.bearer(key)
                ).status
            }
            let entry = try Data(contentsOf: URL(filePath: "\(state)/admin.json"))
            let own = try #require(JSON(parsing: Array(entry))?["key"].text)
            #expect(try await status(own) == 200)

            let new = "another-key-of-some-length"
            let file = try InWorkspace.workspace.write(Array("\(new)\n".utf8), to: "key")
            try OperatedService.configure(
                "admin_listen: 127.0.0.1:0\nadmin_key_file: \(file)\n")
            #expect(try await operated.reload() == ["admin_key"])
            #expect(try await status(OperatedService.key) == 401)
            #expect(try await status(new) == 200)
            #expect(try await status(own) == 200)
            #expect(!operated.service.program.errors.lines.contains { $0.contains(new) })

            // Too short: the reason does not say what it is.
            try InWorkspace.workspace.write(Array("short-secret".utf8), to: "key")
            let refused = try await operated.admin.post(
                "/cmd/reload", headers: OperatedService.bearer(own), body: nil)
            expect(refused, isProblem: "reload-refused", 409)
            #expect(!refused.text.contains("short-secret"))
            #expect(try await status(new) == 200)
        }
    }

    @Test("times of connections are in force for the next connection, another log format at once")
    func connections() async throws {
        let start = OperatedService.Start(
            configuration: "http: {header_timeout: 1h, idle_timeout: 1h}\n")
        try await OperatedService.during(start) { operated in
            let early = try KeepAliveClient(port: operated.service.port)
            let request = KeepAliveClient.request("GET", "/health/live")
            guard case .answered = early.exchange(request) else {
                Issue.record("no answer")
                return
            }
            try operated.configure(
                "http: {header_timeout: 100ms, idle_timeout: 100ms}\nlog_format: text\n")
            #expect(
                try await operated.reload() == [
                    "http.header_timeout", "http.idle_timeout", "log_format",
                ])
            let late = try RawConnection(port: operated.service.port)
            _ = try await within(.seconds(20), "the end of a silent connection") {
                await late.readToEnd()
            }
            guard case .answered(let answer) = early.exchange(request) else {
                Issue.record("a connection from before was closed")
                return
            }
            #expect(answer.status == 200)
            let last = operated.service.program.errors.lines.last ?? ""
            #expect(!last.isEmpty && LogLine(last) == nil, "\(last)")
        }
    }

    @Test("many at once come to one service with the last word of the files, and leave nothing")
    func manyAtOnce() async throws {
        try await OperatedService.during { operated in
            try await operated.settled()
            for pixels in [40_000_000, 30_000_000] {
                try operated.setPolicy {
                    try $0.mustReplace("pixels: 50000000", with: "pixels: \(pixels)")
                }
                operated.service.program.signal(SIGHUP)
                let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
                    for _ in 0..<6 {
                        tasks.addTask { try await operated.post("/cmd/reload").status }
                    }
                    return try await tasks.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses == Array(repeating: 200, count: 6))
            }
            // Nothing is left to change.
            #expect(try await operated.reload() == [])
            try await operated.settled()
            #expect(operated.service.launchers.count == 2)
            #expect(try await image(operated).status == 200)
        }
    }
}
