import Foundation
import TestSupport
import Testing

/// Over real sockets: one service with both listeners for each test.
@Suite("The admin listener of a running service", .ownProcess, InWorkspace())
struct AdminTests {
    private static let key = "a-key-of-some-length-for-tests"
    private let bearer = [("Authorization", "Bearer \(Self.key)")]

    /// Starts the service and gives it with a client of its admin listener.
    private func serving(
        _ work: (Service, HTTPCaller) async throws -> Void
    ) async throws {
        let workspace = try InWorkspace.workspace
        let file = try workspace.write(
            Array("admin_key: \(Self.key)\n".utf8), to: "glovebox.yaml")
        let service = try await Service.start(
            as: .ordinaryUser, in: workspace,
            options: ["--admin-listen", "127.0.0.1:0", "--config", file])
        do {
            let port = try await within(.seconds(20), "the admin listener") {
                await service.program.errors.first { line in
                    LogLine(line).flatMap {
                        $0.message == "admin listening" ? $0["port"].integer : nil
                    }
                }
            }
            try await work(service, HTTPCaller(port: try #require(port)))
        } catch {
            Issue.record(error)
        }
        #expect(try await service.stop() == .status(0))
    }

    @Test("nothing is told without the key, in --dev either, nor to a web page")
    func keyNeeded() async throws {
        try await serving { service, admin in
            for target in ["/cmd/status", "/metrics", "/cmd/reload", "/nothing"] {
                let answer = try await admin.get(target)
                expect(answer, isProblem: "unauthorized", 401)
                #expect(answer.header("WWW-Authenticate") == "Bearer")
                #expect(answer.header("Cache-Control") == "no-store")
            }
            let wrong = try await admin.get("/metrics", headers: [("X-API-Key", "wrong")])
            expect(wrong, isProblem: "unauthorized", 401)
            let page = try await admin.get(
                "/metrics", headers: bearer + [("Origin", "http://evil.example")])
            expect(page, isProblem: "foreign-page", 403)
            #expect(page.header("Access-Control-Allow-Origin") == nil)
            let rebound = try await admin.get(
                "/metrics", headers: bearer + [("Host", "evil.example")])
            expect(rebound, isProblem: "foreign-page", 403)
            let right = try await admin.get("/metrics", headers: [("X-API-Key", Self.key)])
            #expect(right.status == 200)
            // What it answers is not on the public listener, with the key either.
            for target in ["/cmd/status", "/metrics"] {
                let answer = try await service.http.get(target, headers: bearer)
                expect(answer, isProblem: "not-found", 404)
            }
            #expect(!service.program.errors.lines.contains { $0.contains(Self.key) })
        }
    }

    @Test("after thirty wrong keys the address is told to wait, and how long")
    func guessing() async throws {
        try await serving { _, admin in
            var last: HTTPCaller.Answer?
            // One more comes back every two seconds, and this may take some.
            for _ in 0..<300 where last?.status != 429 {
                last = try await admin.get("/metrics", headers: [("X-API-Key", "wrong")])
            }
            let answer = try #require(last)
            expect(answer, isProblem: "too-many-attempts", 429)
            #expect(answer.header("Retry-After").flatMap { Int($0) } != nil)
        }
    }

    @Test("metrics are what Prometheus's own Python library reads, and count what was done")
    func metrics() async throws {
        try await serving { service, admin in
            let image = try await service.http.post(
                "/v1/process?w=16&f=webp", body: SampleFormat.png.file)
            #expect(image.status == 200)
            let answer = try await admin.get("/metrics", headers: bearer)
            #expect(answer.status == 200)
            #expect(
                answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            let samples = try await prometheusSamples(answer.body)
            let requests = samples.filter {
                $0["name"].text == "glovebox_requests_total"
                    && $0["labels"]["format"].text == "webp"
                    && $0["labels"]["status"].text == "200"
                    && $0["labels"]["outcome"].text == "ok"
            }
            #expect(requests.map { $0["value"].integer } == [1])
            let jobs = samples.first {
                $0["name"].text == "glovebox_jobs_total"
                    && $0["labels"]["outcome"].text == "completed"
            }
            #expect((jobs?["value"].integer ?? 0) >= 1)
            let seccomp = samples.first {
                $0["name"].text == "glovebox_layer_enforced"
                    && $0["labels"]["layer"].text == "seccomp"
            }
            #expect(seccomp?["value"].integer == 1)
            let names = Set(samples.compactMap { $0["name"].text })
            #expect(
                names.isSuperset(of: [
                    "glovebox_build_info", "glovebox_pool_serving", "glovebox_queue_capacity_jobs",
                    "process_resident_memory_bytes", "process_open_fds",
                ]))
        }
    }

    @Test("status, children and posture say what is there")
    func reports() async throws {
        try await serving { service, admin in
            let status = try await admin.get("/cmd/status", headers: bearer).json
            #expect(status["health"].text == "ok")
            #expect(status["posture"].text == "strict")
            let policy = try #require(status["policies"].elements.first)
            #expect(policy["policy"].text == "raster" && policy["state"].text == "serving")
            let children = try await admin.get("/cmd/children", headers: bearer).json
            #expect(children["children"].elements.contains { $0["state"].text == "warm" })
            let posture = try await admin.get("/cmd/posture", headers: bearer).json
            let layers = posture["policies"].elements.first?["layers"].elements ?? []
            let seccomp = layers.first { $0["layer"].text == "seccomp" }
            #expect(seccomp?["state"].text == "enforced")
            let health = try await service.http.get("/health")
            #expect(health.text == "{\"status\":\"ok\",\"posture\":\"strict\"}\n")
        }
    }

    @Test("a rotation puts another zygote in place, and images go on being served")
    func rotation() async throws {
        try await serving { service, admin in
            let generation = { () async throws -> Int? in
                let status = try await admin.get("/cmd/status", headers: bearer).json
                let all = status["policies"].elements.first?["generations"].elements ?? []
                return all.first { $0["role"].text == "current" }?["number"].integer
            }
            let before = try await generation()
            let answer = try await admin.post(
                "/cmd/rotate?policy=raster", headers: bearer, body: nil)
            #expect(answer.json["rotated"].elements.map(\.text) == ["raster"])
            try await eventually("another generation is current") {
                try await generation() != before
            }
            let image = try await service.http.post("/v1/process?w=16", body: SampleFormat.png.file)
            #expect(image.status == 200)
        }
    }

    @Test("the log level changes while the service runs, and the log says that it did")
    func logLevel() async throws {
        try await serving { service, admin in
            let changed = try await admin.put(
                "/cmd/log-level", headers: bearer, body: Array("{\"level\":\"warning\"}".utf8))
            #expect(changed.text == "{\"old\":\"info\",\"new\":\"warning\"}\n")
            let unseen = try await service.http.get(
                "/health/live", headers: [("X-Request-ID", "unseen")])
            #expect(unseen.status == 200)
            let back = try await admin.put(
                "/cmd/log-level", headers: bearer, body: Array("info".utf8))
            #expect(back.json["old"].text == "warning")
            _ = try await service.http.get("/health/live", headers: [("X-Request-ID", "seen")])
            _ = try await service.logLine("request", request: "seen")
            #expect(service.log(of: "unseen").isEmpty)
            let wrong = try await admin.put(
                "/cmd/log-level", headers: bearer, body: Array("loud".utf8))
            expect(wrong, isProblem: "malformed-request", 400)
        }
    }
}
