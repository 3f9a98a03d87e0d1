import Foundation
import ImageVocabulary
import Testing

@testable import Supervisor

@Suite("Settings of requests and results")
struct RequestSettingTests {
    private func problem(_ key: String, _ text: String) throws -> String? {
        var configuration = ServiceConfiguration()
        let setting = try #require(SettingTable.setting(key))
        do throws(ConfigurationProblem) {
            try setting.set(text, from: Origin(.option, "--x"), in: &configuration)
            // What is shown can be written.
            try setting.set(
                setting.text(in: configuration), from: Origin(.option, "--x"), in: &configuration)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("presets stand in lines or between commas, and may name each other")
    func presets() throws {
        let text = "thumb=rs:fill:10:10/q:70\n\n  small = pr:thumb/sa:0 \n,default=sm:0,none="
        let presets = try ValueShape<[Preset]>.presets.parse(
            text.replacing(" = ", with: "="))
        #expect(presets.map(\.name) == ["thumb", "small", "default", "none"])
        #expect(presets[0].text == "thumb=rs:fill:10:10/q:70")
        #expect(try problem("options.presets", "a=w:1,b=pr:a") == nil)
    }

    @Test(
        "a preset that no request could use refuses the start",
        arguments: [
            ("w:1", "without a name"), ("=w:1", "no name"), ("a b=w:1", "no name"),
            ("a/b=w:1", "no name"), ("a=widht:1", "Did you mean width"), ("a=w", "a colon"),
            ("a=w:x", "whole number"), ("a=pr:b", "no preset"), ("a=pr:a", "more than 8"),
            ("a=pr:b,b=pr:a", "more than 8"), ("a=w:1,a=w:2", "two presets"),
        ])
    func badPresets(_ text: String, _ says: String) throws {
        let said = try #require(try problem("options.presets", text))
        #expect(said.contains(says), "\(said)")
    }

    @Test(
        "values of results are checked one by one",
        arguments: [
            ("options.allowed", "width,w", nil), ("options.allowed", "all", nil),
            ("options.allowed", "widht", "Write width"), ("options.allowed", "", "no option"),
            ("options.allowed", "w,,h", "no option"), ("result.format_quality", "none", nil),
            ("result.format_quality", "jpg=1,webp=100", nil),
            ("result.format_quality", "webp=0", "out of range"),
            ("result.format_quality", "webp:3", "no format"),
            ("result.format_quality", "heic=3", "no format"),
            ("result.format_quality", "webp=3,", "no format"), ("result.palette", "256", nil),
            ("result.palette", "1", "out of range"), ("result.palette", "257", "out of range"),
            ("result.auto", "webp,avif", nil), ("result.auto", "none", nil),
            ("result.auto", "png", "cannot stand here"), ("result.formats", "all", nil),
            ("result.formats", "none", "no format"), ("result.formats", "svg", "cannot stand"),
            ("result.preferred", "webp,jpeg", nil), ("result.skip", "svg,gif", nil),
            ("watermark.opacity", "0.25", nil), ("watermark.opacity", "1.1", "out of range"),
            ("watermark.opacity", "-1", "no number"), ("watermark.opacity", "nan", "no number"),
            ("watermark.opacity", "", "no number"), ("watermark.data", "AAA=", nil),
            ("watermark.data", "A!", "base64"), ("fallback.status", "0", nil),
            ("fallback.status", "404", nil), ("fallback.status", "204", "out of range"),
            ("fallback.status", "100", "out of range"), ("fallback.status", "600", "out of range"),
            ("max_frames", "0", "out of range"), ("max_result_side", "any", nil),
        ] as [(String, String, String?)])
    func values(_ key: String, _ text: String, _ says: String?) throws {
        let said = try problem(key, text)
        if let says {
            #expect(said?.contains(says) == true, "\(said ?? "taken")")
        } else {
            #expect(said == nil)
        }
    }

    @Test("formats keep the order in which they are written")
    func order() throws {
        let shape = ValueShape<[ImageFormat]>.list(of: ImageFormat.outputs)
        #expect(try shape.parse("webp, jpg ,png,webp") == [.webp, .jpeg, .png])
        #expect(shape.text([.webp, .jpeg]) == "webp,jpeg" && shape.text([]) == "none")
    }

    @Test("settings that contradict each other refuse the start, each by its name")
    func rules() throws {
        let folder = try ConfigurationFolder()
        func problems(_ text: String) throws -> [String] {
            try folder.write(text, to: "glovebox.yaml")
            return folder.loader(dev: true).problems(.serving)
        }
        let wrong = [
            "options: {only_presets: true}": "options.only_presets: there is no preset",
            "watermark: {path: a, data: AAAA}": "watermark.data: there is also watermark.path",
            "fallback: {path: a, data: AAAA}": "fallback.data: there is also fallback.path",
            "result: {formats: png, auto: webp}": "result.auto: result.formats leaves out webp",
            "result: {formats: png, enforce: avif}": "result.enforce: result.formats leaves out",
            "result: {formats: png, preferred: 'png,gif'}": "result.preferred: result.formats leav",
        ]
        for (text, says) in wrong {
            let said = try problems(text)
            #expect(said.count == 1 && said[0].contains(says), "\(said)")
        }
        let presets = "options:\n  only_presets: true\n  presets: |\n    a=w:1\n    b=h:1\n"
        #expect(try problems(presets) == [])
    }

    @Test("configured images are read, and one that cannot be used is told with its setting")
    func images() throws {
        let folder = try ConfigurationFolder()
        let canary = try #require(Canary.of(.png))
        func read(_ change: (inout ServiceConfiguration) -> Void) throws -> ConfiguredImages {
            var configuration = ServiceConfiguration()
            change(&configuration)
            return try ConfiguredImages(configuration, formats: [.png], largest: 1_000)
        }
        let path = folder.path("a.png")
        try Data(canary.bytes).write(to: URL(filePath: path))
        let both = try read {
            $0.watermark.path = path
            $0.fallback.data = ImageData(bytes: canary.bytes)
        }
        #expect(both.watermark?.format == .png && both.fallback?.sha256 == both.watermark?.sha256)
        let gif = try #require(Canary.of(.gif))
        let wrong: [(String, (inout ServiceConfiguration) -> Void)] = [
            ("watermark.path: the image", { $0.watermark.path = folder.path("missing") }),
            ("watermark.data: this image", { $0.watermark.data = ImageData(bytes: gif.bytes) }),
            ("fallback.data: this image", { $0.fallback.data = ImageData(bytes: [1, 2]) }),
            ("larger", { $0.fallback.path = "/proc/self/exe" }),
        ]
        for (says, change) in wrong {
            let error = #expect(throws: ConfigurationError.self) { try read(change) }
            #expect(error?.description.contains(says) == true, "\(String(describing: error))")
        }
    }
}
