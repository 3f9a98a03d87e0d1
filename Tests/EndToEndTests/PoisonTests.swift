import Foundation
import TestSupport
import Testing

@Suite("Inputs and clients that keep killing children", .ownProcess, InWorkspace())
struct PoisonTests {
    private static let target = "/v1/process?f=png"
    private static let png = SampleFormat.png.file

    private func killer(_ number: Int, _ act: String = "crash-null") -> [UInt8] {
        Self.png + Array("number \(number) GLOVEBOX-ACT:\(act)\n".utf8)
    }

    /// Children that died, by class, and jobs by outcome. Children of a generation that gives way
    /// are dismissed meanwhile, and those that have answered end when they do.
    private func ended(_ operated: OperatedService) async throws -> [[String: Int]] {
        let samples = try await prometheusSamples(try await operated.get("/metrics").body)
        let children = counts(samples, of: "glovebox_children_ended_total", by: ["class"])
        return [
            children.filter { !["dismissed", "completed"].contains($0.key) },
            counts(samples, of: "glovebox_jobs_total", by: ["outcome"]),
        ]
    }

    @Test("the third request with an input that killed two children is refused without a child")
    func poison() async throws {
        let start = OperatedService.Start(
            sandbox: .hostileSandbox, configuration: "generation:\n  interval: 100ms\n",
            variables: ["GLOVEBOX_POISON_COUNT": "2"])
        try await OperatedService.during(start) { operated in
            for act in ["crash-null", "01-execve"] {
                let image = killer(1, act)
                let http = operated.service.http
                for _ in 0..<2 {
                    let answer = try await http.post(Self.target, body: image)
                    expect(answer, isProblem: "could-not-process", 422)
                    let id = try #require(answer.header("X-Request-ID"))
                    _ = try await operated.service.logLine("child ended", request: id)
                }
                let before = try await ended(operated)
                let answer = try await http.post(Self.target, body: image)
                expect(answer, isProblem: "could-not-process", 422)
                let id = try #require(answer.header("X-Request-ID"))
                _ = try await operated.service.logLine(
                    "input refused: it has killed children", request: id)
                // By the kernel's word no child died, and there was no job for one.
                #expect(try await ended(operated) == before)
                #expect(operated.service.log(of: id).allSatisfy { $0.message != "child ended" })
                // Another input is not concerned.
                #expect(try await http.post(Self.target, body: Self.png).status == 200)
            }
            let samples = try await prometheusSamples(try await operated.get("/metrics").body)
            #expect(counts(samples, of: "glovebox_poison_refused_total", by: []) == ["": 2])

            // Under another policy it is tried again.
            try operated.setPolicy {
                $0.replacing("pixels: 50000000", with: "pixels: 40000000")
            }
            #expect(try await operated.reload() == ["policy raster"])
            let again = try await operated.service.http.post(Self.target, body: killer(1))
            let id = try #require(again.header("X-Request-ID"))
            _ = try await operated.service.logLine("child ended", request: id)
        }
    }

    @Test("an input that is too much for a child with some options is tried with others")
    func options() async throws {
        let start = OperatedService.Start(
            sandbox: .hostileSandbox, configuration: "generation:\n  interval: 100ms\n",
            variables: ["GLOVEBOX_POISON_COUNT": "1"])
        try await OperatedService.during(start) { operated in
            let image = killer(1, "28-allocate")
            let http = operated.service.http
            var lines: [String] = []
            for target in [Self.target, Self.target, Self.target + "&w=8"] {
                let answer = try await http.post(target, body: image)
                expect(answer, isProblem: "could-not-process", 422)
                let id = try #require(answer.header("X-Request-ID"))
                try await eventually("the end of \(id) is told") {
                    operated.service.log(of: id).contains { Self.ends.contains($0.message) }
                }
                lines += operated.service.log(of: id).filter { Self.ends.contains($0.message) }
                    .map { line in line["class"].text ?? line.message }
            }
            #expect(lines == ["memory", Self.ends[1], "memory"])
        }
    }

    private static let ends = ["child ended", "input refused: it has killed children"]

    @Test("a client whose requests keep killing children waits, twice as long each time")
    func slowing() async throws {
        let start = OperatedService.Start(
            sandbox: .hostileSandbox,
            configuration: """
                generation:
                  interval: 100ms
                slowing:
                  deaths: 3
                  first: 30s
                  longest: 45s

                """)
        try await OperatedService.during(start) { operated in
            let http = operated.service.http
            for number in 0..<3 {
                let answer = try await http.post(Self.target, body: killer(number))
                expect(answer, isProblem: "could-not-process", 422)
            }
            let answer = try await http.post(Self.target, body: Self.png)
            expect(answer, isProblem: "too-many-failures", 429)
            // A proxy on this machine is not made to wait for one of those behind it.
            let proxied = try await http.post(
                Self.target, headers: [("X-Forwarded-For", "192.0.2.1")], body: Self.png)
            #expect(proxied.status == 200)
            let seconds = answer.header("Retry-After").flatMap { Int($0) } ?? 0
            #expect((1...30).contains(seconds))
            // Whoever watches the service is not kept out.
            #expect(try await http.get("/health").status == 200)
            let samples = try await prometheusSamples(try await operated.get("/metrics").body)
            #expect(counts(samples, of: "glovebox_requests_slowed_total", by: []) == ["": 1])

            // A reload may end it.
            try operated.configure("generation:\n  interval: 100ms\nslowing:\n  deaths: 0\n")
            try await operated.reload()
            #expect(try await http.post(Self.target, body: Self.png).status == 200)
        }
    }
}
