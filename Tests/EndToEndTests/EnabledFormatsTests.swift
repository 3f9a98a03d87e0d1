import Foundation
import TestSupport
import Testing

@Suite(
    "Formats that are enabled, and policies that are started for them", .ownProcess, InWorkspace())
struct EnabledFormatsTests {
    private static let two: [String: @Sendable (String) throws -> String] = [
        "raster.yaml": covering("jpeg, png"), "moving.yaml": covering("webp, gif"),
    ]

    @Test("a format that is not enabled is no format to clients, and the log names the setting")
    func refused() async throws {
        let start = OperatedService.Start(
            variables: ["GLOVEBOX_FORMATS": "png"], policies: Self.two)
        try await OperatedService.during(start) { operated in
            try await operated.settled()
            let http = operated.service.http
            let good = try await http.post("/v1/process?w=8&f=webp", body: SampleFormat.png.file)
            #expect(good.status == 200, "\(good.text)")
            // Of a policy that is started, of one that is not, and what nobody knows.
            var details: Set<String> = []
            for (format, id) in [(SampleFormat.jpeg, "refused-1"), (.gif, "refused-2")] {
                let answer = try await http.post(
                    "/v1/info", headers: [("X-Request-ID", id)], body: format.file)
                expect(answer, isProblem: "unsupported-type", 415)
                details.insert(
                    answer.json["detail"].text?.replacing(format.rawValue, with: "") ?? "")
                let line = try await operated.service.logLine(
                    "the format is not enabled", request: id)
                #expect(line["setting"].text == "GLOVEBOX_FORMATS")
                #expect(line["format"].text == format.rawValue)
            }
            let uncovered = try await http.post(
                "/v1/info", headers: [("X-Request-ID", "refused-3")], body: SampleFormat.avif.file)
            details.insert(uncovered.json["detail"].text?.replacing("avif", with: "") ?? "")
            #expect(details == ["The type  cannot be read here. Send one of png."])
            let status = try await operated.get("/cmd/status").json["policies"].elements
            #expect(status.map { $0["policy"].text } == ["raster"])
            #expect(status[0]["formats"].elements.map(\.text) == ["png"])
            try operated.setPolicy("raster.yaml", covering("jpeg"))
            #expect(try await operated.refusedReload().contains { $0.contains("covers png") })
        }
    }

    @Test(
        "what names no format that is served refuses the start with a sentence",
        arguments: [("jpeg,pgn", "Write png"), (",", "names no format"), ("svg", "covers svg")])
    func mistakes(_ formats: String, _ says: String) async throws {
        for command in [["serve", "--dev"], ["doctor"], ["info", "-"]] {
            let done = try await CommandLine.run(
                command + ["--formats", formats], in: InWorkspace.workspace,
                input: SampleFormat.png.file)
            #expect(done.status == .status(2), "\(done.errors)")
            #expect(done.errors.hasPrefix("glovebox: --formats: "), "\(done.errors)")
            #expect(done.errors.contains(says), "\(done.errors)")
        }
    }

    @Test("commands for one image keep to them, and config show and doctor show them")
    func commands() async throws {
        let workspace = try InWorkspace.workspace
        func run(_ arguments: [String], _ input: [UInt8] = []) async throws -> CommandLine {
            try await CommandLine.run(
                arguments + ["--formats", "png,gif"], in: workspace, input: input)
        }
        let good = try await run(["info", "-"], SampleFormat.gif.file)
        #expect(good.status == .status(0), "\(good.errors)")
        let bad = try await run(["info", "-"], SampleFormat.webp.file)
        #expect(bad.status == .status(1) && bad.errors.contains("--formats does not name webp"))
        let shown = try await run(["config", "show", "--config", "off"])
        #expect(shown.text.contains("png,gif"), "\(shown.text)")
        let doctor = try #require(JSON(parsing: try await run(["doctor", "--json"]).output))
        let policy = try #require(doctor["policies"].elements.first)
        #expect(policy["formats"].elements.map(\.text) == ["png", "gif"])
        #expect(policy["formats_disabled"].elements.count == 4)
        #expect(policy["state"].text == "serving")
    }
}
