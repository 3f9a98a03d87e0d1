import Foundation
import ImageVocabulary
import SandboxPolicy
import Testing
import WireProtocol

@testable import Supervisor

@Suite("The formats that are enabled")
struct EnabledFormatsTests {
    private func parse(_ text: String) throws(ValueError) -> [ImageFormat] {
        try ValueShape<[ImageFormat]>.formats.parse(text)
    }

    @Test("are read from a list in any order, and shown in one")
    func list() throws {
        #expect(try parse("png,jpg, heic ,png") == [.jpeg, .png, .heic])
        #expect(ValueShape<[ImageFormat]>.formats.text([.jpeg, .png]) == "jpeg,png")
        let all = ImageFormat.allCases.map(\.name).joined(separator: ",")
        #expect(try parse(all) == ImageFormat.allCases)
    }

    @Test(
        "a list that names no format, or another thing, is refused with what to write",
        arguments: [
            ("", "names no format"), (" , ", "names no format"), ("jpeg,", "comma"),
            ("jpeg,,png", "comma"), ("jpeg png", "\"jpeg png\""), ("jpeg,pgn", "\"pgn\""),
            ("jpeg,flac", "\"flac\""),
        ])
    func refused(_ text: String, _ names: String) throws {
        var configuration = ServiceConfiguration()
        let setting = try #require(SettingTable.setting("formats"))
        let problem = #expect(throws: ConfigurationProblem.self) {
            try setting.set(text, from: Origin(.option, "--formats"), in: &configuration)
        }
        let said = try #require(problem?.description)
        #expect(said.hasPrefix("--formats: ") && said.contains(names), "\(said)")
        #expect(said.contains("Write ") && said.contains("heic"), "\(said)")
        #expect(!text.contains("pgn") || said.contains("Write png there"))
    }

    /// The raster policy twice, for other formats each.
    private func policies(_ enabled: EnabledFormats) throws -> PolicySet {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "policies/raster.yaml")
        let text = try String(contentsOf: path, encoding: .utf8)
        let folder = try TemporaryFolder()
        let list = "[jpeg, png, webp, gif, tiff, avif]"
        return try ServedPolicy.load(
            [
                folder.file("drawings.yaml", text.replacing(list, with: "[png, gif]")),
                folder.file("photos.yaml", text.replacing(list, with: "[jpeg, tiff]")),
            ], for: enabled)
    }

    private func enabled(_ formats: [ImageFormat]?) -> EnabledFormats {
        EnabledFormats(formats, from: Origin(.variable, "GLOVEBOX_FORMATS"))
    }

    @Test("choose the policies, and what each of them serves")
    func choice() throws {
        let all = try policies(enabled(nil))
        #expect(all.served.map(\.formats) == [[.png, .gif], [.jpeg, .tiff]])
        #expect(all.disabled.isEmpty)
        let one = try policies(enabled([.gif]))
        #expect(one.served.map(\.name) == ["drawings"])
        #expect(one.served[0].configuration.formats == [.gif])
        #expect(one.disabled.map(\.name) == ["photos"])
    }

    @Test("that no policy covers are named, each with the setting")
    func uncovered() throws {
        let failure = #expect(throws: StartFailure.self) {
            try policies(enabled([.jpeg, .svg, .pdf]))
        }
        guard case .configuration(let error) = failure else {
            Issue.record("another failure")
            return
        }
        let said = error.problems.map(\.description)
        #expect(said.count == 2)
        #expect(said[0].hasPrefix("GLOVEBOX_FORMATS: no policy covers svg. "))
        #expect(said[1].hasPrefix("GLOVEBOX_FORMATS: no policy covers pdf. "))
    }
}
