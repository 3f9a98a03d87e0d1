import Foundation
import TestSupport
import Testing

@Suite("Many files on the command line", .ownProcess, InWorkspace())
struct ProcessFilesTests {
    private func run(_ arguments: [String]) async throws -> CommandLine {
        let workspace = try InWorkspace.workspace
        return try await CommandLine.run(
            ["process"] + arguments, in: workspace, policies: try workspace.policies())
    }

    private var output: String {
        get throws { try InWorkspace.workspace.scratch.appending(path: "out").path }
    }

    private func files(below path: String) -> Set<String> {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
        return Set(names.filter { $0.contains(".") })
    }

    /// Five images in two folders, a text, and a hidden file.
    private func album() throws -> String {
        let workspace = try InWorkspace.workspace
        try workspace.write(SampleFormat.png.file, to: "album/a.png")
        try workspace.write(SampleFormat.jpeg.file, to: "album/a.jpg")
        try workspace.write(SampleFormat.gif.file, to: "album/below/b.gif")
        try workspace.write(SampleFormat.webp.file, to: "album/below/c.webp")
        // Its extension says something else.
        try workspace.write(SampleFormat.tiff.file, to: "album/below/d.png")
        try workspace.write(Array("no image\n".utf8), to: "album/notes.txt")
        try workspace.write(SampleFormat.png.file, to: "album/.hidden.png")
        return workspace.folder.appending(path: "album").path
    }

    @Test("a folder goes into a folder, with all that is below it")
    func folder() async throws {
        let (album, output) = (try album(), try output)
        let done = try await run([album, "-o", "\(output)/", "-O", "w:16", "-O", "f:webp"])
        #expect(done.status == .status(0), "\(done.errors)")
        let names: Set = [
            "a.png.webp", "a.jpg.webp", "below/b.webp", "below/c.webp", "below/d.webp",
        ]
        #expect(files(below: output) == names)
        for name in names {
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: "\(output)/\(name)")))
            #expect(SampleFormat.webp.begins(bytes))
            #expect(ReferenceImage(decoding: bytes)?.width == 16)
        }
        #expect(done.text.contains("6 files: 5 processed, 1 no image."))
    }

    @Test("without a format each image keeps its own")
    func ownFormats() async throws {
        let (album, output) = (try album(), try output)
        let done = try await run([album, "-o", "\(output)/", "-O", "w:16"])
        #expect(done.status == .status(0), "\(done.errors)")
        #expect(
            files(below: output) == [
                "a.png", "a.jpg", "below/b.gif", "below/c.webp", "below/d.tiff",
            ])
    }

    @Test("one broken image stops what was not begun, and --keep-going does not stop")
    func failures() async throws {
        let workspace = try InWorkspace.workspace
        try workspace.write(Array(SampleFormat.png.file.prefix(60)), to: "many/a.png")
        for number in 10..<30 {
            try workspace.write(SampleFormat.png.file, to: "many/b\(number).png")
        }
        let (source, output) = (workspace.folder.appending(path: "many").path, try output)
        let stopped = try await run([source, "-o", "\(output)/", "-O", "w:8"])
        #expect(stopped.status == .status(1))
        #expect(stopped.text.contains("/many/a.png"))
        #expect(stopped.text.contains(" not begun."))
        #expect(files(below: output).count < 20)

        let done = try await run([source, "-o", "\(output)/", "-O", "w:8", "--keep-going"])
        #expect(done.status == .status(1))
        #expect(done.text.contains("21 files: 20 processed, 1 failed."))
        #expect(files(below: output).count == 20)
        #expect(!files(below: output).contains { $0.hasSuffix(".tmp") })
    }

    @Test("--json has one object in one line for each file")
    func json() async throws {
        let (album, output) = (try album(), try output)
        let broken = try InWorkspace.workspace.write(
            Array(SampleFormat.png.file.prefix(60)), to: "broken.png")
        let done = try await run([
            album, broken, "-o", "\(output)/", "-O", "w:16", "-O", "f:png", "--json",
            "--keep-going",
        ])
        #expect(done.status == .status(1))
        let lines = done.text.split(separator: "\n").compactMap { JSON(parsing: Array($0.utf8)) }
        let byInput = Dictionary(grouping: lines) { $0["input"].text ?? "" }
        #expect(lines.count == 7 && byInput.count == 7)
        let image = try #require(byInput["\(album)/below/b.gif"]?.first)
        #expect(image["status"].text == "done" && image["format"].text == "png")
        #expect(image["output"].text == "\(output)/below/b.png")
        #expect(image["width"].integer == 16 && image["height"].integer == 12)
        #expect(image["input_bytes"].integer == SampleFormat.gif.file.count)
        let written = try Data(contentsOf: URL(filePath: "\(output)/below/b.png"))
        #expect(image["output_bytes"].integer == written.count)
        #expect(byInput["\(album)/notes.txt"]?.first?["status"].text == "skipped")
        let failed = try #require(byInput[broken]?.first)
        #expect(failed["status"].text == "failed" && failed["reason"].text?.isEmpty == false)
    }

    @Test("--json says of one image what it says of many")
    func oneJSON() async throws {
        let source = try InWorkspace.workspace.write(SampleFormat.png.file, to: "in.png")
        let target = try InWorkspace.workspace.scratch.appending(path: "o.webp").path
        let done = try await run([source, "-o", target, "-O", "w:16", "--json"])
        #expect(done.status == .status(0), "\(done.errors)")
        let object = try #require(JSON(parsing: done.output))
        #expect(object["input"].text == source && object["output"].text == target)
        #expect(object["format"].text == "webp" && object["width"].integer == 16)
    }

    @Test("a folder is never written over its own images")
    func sources() async throws {
        let album = try album()
        let before = try Data(contentsOf: URL(filePath: "\(album)/a.png"))
        let done = try await run([album, "-o", album, "-O", "w:16"])
        #expect(done.status == .status(1))
        #expect(done.text.contains("one of the sources"))
        #expect(try Data(contentsOf: URL(filePath: "\(album)/a.png")) == before)
    }

    @Test("one image is not written over itself, and says in JSON why it failed")
    func oneFile() async throws {
        let workspace = try InWorkspace.workspace
        let image = try workspace.write(SampleFormat.png.file, to: "one/a.png")
        let itself = try await run([image, "-o", image, "-O", "w:16"])
        #expect(itself.status == .status(2) && itself.errors.contains("is the source"))
        #expect(try [UInt8](Data(contentsOf: URL(filePath: image))) == SampleFormat.png.file)
        let broken = try workspace.write(Array(SampleFormat.png.file.prefix(90)), to: "one/b.png")
        let failed = try await run([broken, "-o", "\(try output).png", "--json"])
        #expect(failed.status == .status(1))
        let report = try #require(JSON(parsing: failed.output))
        #expect(report["status"].text == "failed" && report["reason"].text?.isEmpty == false)
    }

    @Test("files that have no images, or no place to go, are refused")
    func refused() async throws {
        let workspace = try InWorkspace.workspace
        let text = try workspace.write(Array("text\n".utf8), to: "texts/a.txt")
        let folder = workspace.folder.appending(path: "texts").path
        let output = try output
        let none = try await run([folder, "-o", "\(output)/"])
        #expect(none.status == .status(1) && none.errors.contains("no image"))
        let named = try await run([text, "-o", "\(output)/"])
        #expect(named.status == .status(1) && named.text.contains("a.txt"))
        for arguments in [
            [text, text, "-o", "a.png"], [folder, "-o", "a.png"], ["-", text, "-o", "\(output)/"],
            [text, "-o", "-", "--json", "-O", "f:png"],
        ] {
            let done = try await run(arguments)
            #expect(done.status == .status(2), "\(arguments) \(done.errors)")
        }
    }
}
