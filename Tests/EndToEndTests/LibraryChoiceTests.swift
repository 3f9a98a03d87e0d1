import Foundation
import TestSupport
import Testing

/// A policy for formats that the wheel's libvips cannot read, and the system's can.
@Suite(
    "A policy that needs more than the chosen libvips", .ownProcess,
    .enabled(if: ProcessInfo.processInfo.environment["GLOVEBOX_VIPS_DIR"]?.hasPrefix("/") == true),
    InWorkspace())
struct LibraryChoiceTests {
    private static let policies: [String: @Sendable (String) throws -> String] = [
        "raster.yaml": covering("jpeg, png, webp"), "extended.yaml": covering("jxl, jp2"),
    ]

    @Test("gets the system's, and neither a rotation nor a reload tries the other again")
    func fallback() async throws {
        try await OperatedService.during(
            OperatedService.Start(options: ["--log-level", "debug"], policies: Self.policies)
        ) { operated in
            try await operated.settled(policies: 2)
            let folder = try #require(try operated.service.workspace.libraries())
            let version = try await operated.policy("extended")["libvips"].text
            #expect(try await operated.policy("raster")["libvips"].text != version)
            func lines(_ part: String) -> [LogLine] {
                operated.service.program.errors.lines.filter { $0.contains(part) }
                    .compactMap { LogLine($0) }
            }
            let notice = try #require(lines("uses the system's libvips").first)
            #expect(
                notice.message
                    == "the policy extended uses the system's libvips \(version ?? ""): the one in "
                    + "\(folder) has no jxlload_buffer and no jp2kload_buffer")
            #expect(notice["level"].text == "notice")
            #expect(try await operated.post("/cmd/rotate").status == 200)
            try operated.setPolicy("extended.yaml") {
                try covering("jxl, jp2")($0).replacing("frames: 1000", with: "frames: 999")
            }
            #expect(try await operated.reload() == ["policy extended"])
            try await operated.settled(policies: 2)
            #expect(try await operated.policy("extended")["libvips"].text == version)
            #expect(lines("uses the system's libvips").count == 1)
            #expect(lines("could not be set up").count == 1)
            #expect(lines("\"level\":\"error\"").isEmpty)
        }
    }

    @Test("is shown with it by doctor")
    func doctor() async throws {
        let workspace = try InWorkspace.workspace
        let folder = try workspace.policies { try covering("jpeg, jxl")($0) }
        let done = try await CommandLine.run(["doctor", "--json"], in: workspace, policies: folder)
        #expect(done.status == .status(0), "\(done.errors)")
        let policy = try #require(JSON(parsing: done.output)?["policies"].elements.first)
        #expect(policy["libvips_from"].text == "system")
    }

    @Test("refuses the start where that one is missing, with formats, package and setting")
    func shortage() async throws {
        let workspace = try InWorkspace.workspace
        let folder = try workspace.policies()
        let name = (folder as NSString).lastPathComponent
        let text = try String(contentsOfFile: "\(folder)/raster.yaml", encoding: .utf8)
        for (file, change) in Self.policies {
            try workspace.write(Array(try change(text).utf8), to: "\(name)/\(file)")
        }
        for command in [["serve", "--dev", "--listen", "127.0.0.1:0"], ["doctor"]] {
            let (program, arguments) = try Surroundings.noSystemLibvips.command(
                try workspace.program(.glovebox),
                command + ["--sandbox", try workspace.program(.sandbox)], in: workspace)
            let running = try RunningProgram(
                program, arguments, environment: try workspace.environment(policies: folder))
            #expect(await running.end == .status(1))
            await running.errors.finished()
            let said = running.errors.lines.joined(separator: "\n")
            #expect(said.contains("glovebox: No libvips here can read jxl and jp2: "), "\(said)")
            #expect(said.contains("cannot be loaded (glovebox-sandbox: error while loading"))
            #expect(said.contains("libvips42, or leave the formats out with"))
            #expect(said.contains("GLOVEBOX_FORMATS=jpeg,png,webp."))
        }
        // Without those formats there is nothing in the way.
        let (program, arguments) = try Surroundings.noSystemLibvips.command(
            try workspace.program(.glovebox),
            ["doctor", "--sandbox", try workspace.program(.sandbox)]
                + ["--formats", "jpeg,png,webp"], in: workspace)
        let running = try RunningProgram(
            program, arguments, environment: try workspace.environment(policies: folder))
        #expect(await running.end == .status(0), "\(running.errors.lines)")
    }
}
