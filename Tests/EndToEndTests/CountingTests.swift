import TestSupport
import Testing

@Suite("What a running service counts", .ownProcess, InWorkspace())
struct CountingTests {
    private static let png = SampleFormat.png.file

    private static func act(_ name: String) -> [UInt8] {
        png + Array("GLOVEBOX-ACT:\(name)\n".utf8)
    }

    @Test("agrees with what was asked of it, whatever became of that")
    func outcomes() async throws {
        let start = OperatedService.Start(
            sandbox: .hostileSandbox, workers: 1,
            configuration: "timeout: 1s\nmax_input_bytes: 100000\n", options: ["--queue", "0"])
        try await OperatedService.during(start) { operated in
            let http = operated.service.http
            var expected: [String: Int] = [:]
            func send(
                _ target: String, _ body: [UInt8], _ series: String,
                sourceLocation: SourceLocation = #_sourceLocation
            ) async throws {
                let answer = try await http.post(target, body: body)
                #expect(
                    series.contains(" \(answer.status) "), "\(answer.text)",
                    sourceLocation: sourceLocation)
                expected[series, default: 0] += 1
                try await operated.settled()
            }
            try await operated.settled()
            let process = "/v1/process?w=8&f=png"
            for _ in 0..<3 { try await send(process, Self.png, "process png 200 ok") }
            try await send("/v1/process?w=8&f=webp", Self.png, "process webp 200 ok")
            try await send("/v1/info", Self.png, "info none 200 ok")
            try await send("/v1/process?w=many", Self.png, "process none 400 invalid-option")
            try await send(process, [], "process none 400 empty-body")
            try await send(
                process, Array(repeating: 0, count: 100_001), "process none 413 over-limit")
            try await send(process, Array("text".utf8), "process none 415 unsupported-type")
            try await send(
                process, Array(Self.png.prefix(60)), "process none 422 broken-image")
            try await send("/v1/other", Self.png, "unknown none 404 not-found")
            for _ in 0..<2 {
                try await send(
                    process, Self.act("crash-null"), "process none 422 could-not-process")
            }
            try await send(
                process, Self.act("27-infinite-loop"), "process none 504 deadline")
            let full = try await operated.withJobInFlight {
                let turnedAway = try await http.post(process, body: Self.png)
                expect(turnedAway, isProblem: "unavailable", 503)
            }
            #expect(full.status == 200)
            expected["process none 503 unavailable"] = 1
            expected["process png 200 ok"] = 4
            try await operated.settled()

            let samples = try await prometheusSamples(try await operated.get("/metrics").body)
            let requests = counts(
                samples, of: "glovebox_requests_total",
                by: ["route", "format", "status", "outcome"]
            ).filter { !$0.key.hasPrefix("cmd-") && !$0.key.hasPrefix("metrics") }
            #expect(requests == expected)
            #expect(
                counts(samples, of: "glovebox_jobs_total", by: ["policy", "outcome"]) == [
                    "raster completed": 6, "raster refused": 1, "raster child-lost": 2,
                    "raster deadline": 1, "raster unavailable": 1,
                ])
            var ended = counts(
                samples, of: "glovebox_children_ended_total", by: ["policy", "class"])
            // One for each warm child of a generation that ended.
            ended["raster dismissed"] = nil
            #expect(
                ended == ["raster completed": 7, "raster crash": 2, "raster deadline": 1])
            for name in ["child_cpu_seconds", "child_peak_resident_bytes"] {
                #expect(
                    counts(samples, of: "glovebox_\(name)_count", by: ["policy"])
                        == ["raster": 10])
            }
            let sizes = counts(
                samples, of: "glovebox_request_size_bytes_sum", by: ["route", "format"])
            #expect(sizes["process webp"] == Self.png.count)
            let status = try await operated.get("/cmd/status").json["counters"]
            #expect(status["requests_total"].integer == expected.values.reduce(0, +))
            #expect(status["errors_5xx_total"].integer == 2)
        }
    }
}
