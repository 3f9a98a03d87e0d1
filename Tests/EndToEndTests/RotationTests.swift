import Glibc
import TestSupport
import Testing

@Suite("The zygotes of a running service change", .ownProcess, InWorkspace())
struct RotationTests {
    private static let target = "/v1/process?rs=force:32:24&f=png"
    private static let png = SampleFormat.png.file

    /// Waits for the line that says that a generation has changed for a reason.
    private func change(_ reason: String, of operated: OperatedService) async throws -> LogLine {
        let line = try await within(.seconds(30), "a change because of \(reason)") {
            await operated.service.program.errors.first { text in
                LogLine(text).flatMap {
                    $0.message == "generation changed" && $0["reason"].text == reason ? $0 : nil
                }
            }
        }
        return try #require(line)
    }

    @Test("on demand and by a reload, under load, without a request that notices")
    func underLoad() async throws {
        try await OperatedService.during { operated in
            let image = try await operated.service.http.post(Self.target, body: Self.png)
            let load = Load(
                clients: 4, request: KeepAliveClient.request("POST", Self.target, body: Self.png),
                expecting: 200, image.body)
            try load.start(to: operated.service)
            try await load.moreAnswers(20)
            for _ in 0..<3 {
                let current = operated.service.zygotes.max { $0.children.count < $1.children.count }
                let answer = try await operated.post("/cmd/rotate")
                #expect(answer.json["rotated"].elements.map(\.text) == ["raster"])
                try await load.moreAnswers(10)
                try await eventually("its zygote is gone") {
                    current.map { ProcessTable.isAlive($0.id) } == false
                }
            }
            for limit in [40_000_000, 50_000_000] {
                try operated.setPolicy {
                    $0.replacing("pixels: 50000000", with: "pixels: \(limit)")
                }
                #expect(try await operated.reload() == ["policy raster"])
                try await load.moreAnswers(10)
            }
            let tally = await load.stop()
            #expect(tally.failures(expecting: 200) == 0 && tally.wrong == 0, "\(tally)")
            #expect(tally.lost == 0 && tally.cut == 0 && tally.turnedAway == 0, "\(tally)")

            let samples = try await prometheusSamples(try await operated.get("/metrics").body)
            #expect(
                counts(samples, of: "glovebox_generations_started_total", by: ["reason"])
                    == ["start": 1, "demand": 3, "reload": 2])
            #expect(counts(samples, of: "glovebox_jobs_restarted_total", by: []) == [:])
            let unknown = try await operated.post("/cmd/rotate?policy=nothing")
            expect(unknown, isProblem: "malformed-request", 400)
        }
    }

    @Test("and an image in work keeps the zygote of its child until it is answered")
    func inFlight() async throws {
        try await OperatedService.during(OperatedService.Start(workers: 1)) { operated in
            var old: CInt?
            let answer = try await operated.withJobInFlight {
                old = operated.service.zygotes.first { !$0.children.isEmpty }?.id
                let rotated = try await operated.post("/cmd/rotate")
                #expect(rotated.status == 200)
                #expect(old.map { ProcessTable.isAlive($0) } == true)
            }
            #expect(answer.status == 200, "\(answer.text)")
            try await eventually("its zygote is gone") {
                old.map { ProcessTable.isAlive($0) } == false
            }
        }
    }

    @Test("after so many children, and after so much time")
    func byThemselves() async throws {
        let forks = OperatedService.Start(configuration: "generation:\n  forks: 5\n")
        try await OperatedService.during(forks) { operated in
            let first = try await operated.settled()
            for _ in 0..<12 {
                let answer = try await operated.service.http.post(Self.target, body: Self.png)
                #expect(answer.status == 200)
            }
            _ = try await change("forks", of: operated)
            let after = try await operated.settled()
            #expect(!first.isSubset(of: after))
            let generations = try await operated.get("/cmd/status").json["policies"]
                .elements.flatMap { $0["generations"].elements }
            // The next one may still be starting when it is time, and twelve jobs and two warm
            // children are 14.
            #expect(generations.allSatisfy { ($0["forks"].integer ?? 99) < 14 })
        }
        let age = OperatedService.Start(configuration: "generation:\n  age: 1s\n")
        try await OperatedService.during(age) { operated in
            let line = try await change("age", of: operated)
            #expect(line["generation"].integer == 2)
            let answer = try await operated.service.http.post(Self.target, body: Self.png)
            #expect(answer.status == 200)
        }
    }

    @Test("once in an interval for crashes, and within it for whoever asks")
    func heldBack() async throws {
        let start = OperatedService.Start(
            sandbox: .hostileSandbox, configuration: "generation:\n  interval: 1h\n")
        try await OperatedService.during(start) { operated in
            func crash() async throws -> LogLine {
                let answer = try await operated.service.http.post(
                    "/v1/process?f=png",
                    body: Self.png + Array("GLOVEBOX-ACT:crash-null\n".utf8))
                expect(answer, isProblem: "could-not-process", 422)
                let id = try #require(answer.header("X-Request-ID"))
                return try await operated.service.logLine("child ended", request: id)
            }
            try await operated.settled()
            let first = try await crash()
            #expect(first["generation"].integer == 1)
            #expect(first["generation_reused_after_crash"] == .null)
            // The second is the first of its generation; from then on it is used again.
            let second = try await crash()
            #expect(second["generation"].integer == 2)
            #expect(second["generation_reused_after_crash"] == .null)
            for _ in 0..<2 {
                let more = try await crash()
                #expect(more["generation"].integer == 2)
                #expect(more["generation_reused_after_crash"] == .bool(true))
            }
            let healthy = try await operated.service.http.post(Self.target, body: Self.png)
            #expect(healthy.status == 200)
            var samples = try await prometheusSamples(try await operated.get("/metrics").body)
            #expect(counts(samples, of: "glovebox_rotations_held_back_total", by: []) == ["": 3])

            #expect(try await operated.post("/cmd/rotate").json["rotated"].elements.count == 1)
            let fresh = try await crash()
            #expect(fresh["generation"].integer == 3)
            #expect(fresh["generation_reused_after_crash"] == .null)
            samples = try await prometheusSamples(try await operated.get("/metrics").body)
            #expect(
                counts(samples, of: "glovebox_generations_started_total", by: ["reason"])
                    == ["start": 1, "crash": 1, "demand": 1])
        }
    }
}
