import Foundation
import TestSupport
import Testing

@Suite("The health of a running service", .ownProcess, InWorkspace())
struct HealthTests {
    private func expectHealth(
        _ operated: OperatedService, _ word: String, posture: String = "strict",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let status = word == "unavailable" ? 503 : 200
        let http = operated.service.http
        // An answer is good for two seconds, whatever has changed.
        try await eventually("the health is \(word)") {
            try await http.get("/health/ready").text == "{\"status\":\"\(word)\"}\n"
        }
        #expect(
            try await http.get("/health/ready").status == status, sourceLocation: sourceLocation)
        let whole = try await http.get("/health")
        #expect(whole.status == status, sourceLocation: sourceLocation)
        #expect(
            whole.text == "{\"status\":\"\(word)\",\"posture\":\"\(posture)\"}\n",
            sourceLocation: sourceLocation)
        let live = try await http.get("/health/live")
        #expect(
            live.status == 200 && live.text == "{\"status\":\"ok\"}\n",
            sourceLocation: sourceLocation)
        #expect(
            try await operated.get("/cmd/status").json["health"].text == word,
            sourceLocation: sourceLocation)
        let command = try await CommandLine.run(
            ["health", "--listen", "127.0.0.1:\(operated.service.port)"],
            in: operated.service.workspace)
        #expect(
            command.status == .status(status == 200 ? 0 : 1), "\(command.errors)",
            sourceLocation: sourceLocation)
        let text = status == 200 ? "" : "is not ready."
        #expect(command.errors.hasSuffix(text), sourceLocation: sourceLocation)
    }

    @Test("a policy that cannot be had degrades it, by name for operators; mended, it is well")
    func degraded() async throws {
        var start = OperatedService.Start()
        start.policies = [
            "raster.yaml": covering("png, webp"), "photos.yaml": unloadable("jpeg"),
        ]
        try await OperatedService.during(start) { operated in
            try await expectHealth(operated, "degraded")
            let photos = try await operated.policy("photos")
            #expect(photos["state"].text == "failed")
            #expect(photos["reason"].text?.contains("violation, close") == true, "\(photos)")
            #expect(try await operated.policy("raster")["state"].text == "serving")
            let state = operated.service.workspace.scratch.appending(path: "state").path
            let screen = try await CommandLine.run(
                ["status", "--state", state], in: operated.service.workspace)
            #expect(screen.text.contains("! photos is not served (jpeg)"), "\(screen.text)")
            let samples = try await prometheusSamples(try await operated.get("/metrics").body)
            #expect(
                counts(samples, of: "glovebox_pool_serving", by: ["policy"]) == ["raster": 1])
            let http = operated.service.http
            #expect(
                try await http.post("/v1/process?w=8", body: SampleFormat.png.file).status == 200)
            expect(
                try await http.post("/v1/process?w=8", body: SampleFormat.jpeg.file),
                isProblem: "unavailable", 503)

            // Another policy can be reloaded all the same.
            try operated.setPolicy("raster.yaml", covering("png"))
            #expect(try await operated.reload() == ["policy raster"])
            try operated.setPolicy("photos.yaml", covering("jpeg"))
            #expect(try await operated.reload() == ["policy photos"])
            try await expectHealth(operated, "ok")
            #expect(
                try await http.post("/v1/process?w=8", body: SampleFormat.jpeg.file).status == 200)
        }
    }

    @Test("it is unavailable when no image goes through, and the posture container degrades it")
    func unavailable() async throws {
        var start = OperatedService.Start(options: ["--posture", "container"])
        start.policies = [OperatedService.policy: withoutInput]
        try await OperatedService.during(start) { operated in
            try await expectHealth(operated, "unavailable", posture: "container")
            try operated.setPolicy()
            try await operated.reload()
            try await expectHealth(operated, "degraded", posture: "container")
        }
    }
}
