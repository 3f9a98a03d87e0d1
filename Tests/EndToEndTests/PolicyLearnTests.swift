import Foundation
import TestSupport
import Testing

@Suite("Learning a policy from images", .ownProcess, InWorkspace())
struct PolicyLearnTests {
    /// The images of each shipped policy that other programs made.
    private static func images(of policy: String) throws -> [String: [UInt8]] {
        switch policy {
        case "raster":
            let large = ReferenceImage.quarters(width: 1_600, height: 1_200)
            return Dictionary(
                uniqueKeysWithValues: SampleFormat.allCases.flatMap { format in
                    [
                        ("small.\(format)", format.file),
                        ("below/large.\(format)", large.encoded(format.suffix)),
                    ]
                })
        case "extended":
            let names = [
                "plain.heic", "alpha.heic", "lossy.jxl", "lossless.jxl", "plain.jp2", "tiles.jp2",
                "rgb24.bmp", "rle8.bmp", "several.ico", "png.ico",
            ]
            return try Dictionary(
                uniqueKeysWithValues: names.map { ($0, try SampleFile.bytes($0)) })
        default:
            return [
                "text.svg": SampleDocument.svg(
                    SampleDocument.text("Glovebox", family: "DejaVu Sans")),
                "shapes.svg": SampleDocument.svg("<circle cx='50' cy='50' r='40'/>"),
                "page.pdf": SampleDocument.pdf(
                    "BT /F1 24 Tf 20 60 Td (Glovebox) Tj /F2 24 Tf (Times) Tj ET"),
            ]
        }
    }

    /// - Returns: the path of the folder.
    private static func corpus(of policies: String...) throws -> String {
        let workspace = try InWorkspace.workspace
        for policy in policies {
            for (name, bytes) in try images(of: policy) {
                try workspace.write(bytes, to: "corpus/\(name)")
            }
        }
        return workspace.folder.appending(path: "corpus").path
    }

    private static func run(
        _ arguments: String..., policies: String? = nil
    ) async throws -> CommandLine {
        try await CommandLine.run(
            ["policy"] + arguments, in: InWorkspace.workspace, policies: policies)
    }

    @Test(
        "a policy learnt from images runs them all, and is no wider than the shipped one",
        arguments: ["raster", "extended", "document"])
    func noWider(_ policy: String) async throws {
        let workspace = try InWorkspace.workspace
        let folder = try workspace.policies(nil)
        let corpus = try Self.corpus(of: policy)
        let learnt = workspace.scratch.appending(path: "learnt.yaml").path
        let done = try await Self.run(
            "learn", "--corpus", corpus, "-o", learnt, policies: folder)
        #expect(done.status == .status(0), "\(done.errors)")
        #expect(done.errors.contains("no security decision"), "\(done.errors)")

        let lint = try await Self.run("lint", "--strict", learnt)
        #expect(lint.status == .status(0), "\(lint.text)")
        let diff = try await Self.run(
            "diff", "\(folder)/\(policy).yaml", learnt, "--deny-wider")
        #expect(diff.status == .status(0), "\(diff.text)")
        let tried = try await Self.run("test", learnt, "--corpus", corpus, "--json")
        #expect(tried.status == .status(0), "\(tried.text)")
        let report = try #require(JSON(parsing: tried.output))
        let count = try Self.images(of: policy).count
        // Facts, and a result of each format that its libvips writes.
        let jobs = try #require(report["jobs"].integer)
        #expect(report["images"].integer == count && [8 * count, 9 * count].contains(jobs))

        // Each rule says what it rests on, or why it is there all the same.
        let text = try String(contentsOfFile: learnt, encoding: .utf8)
        let comments = text.components(separatedBy: "comment: >-").dropFirst()
        #expect(comments.count > 20)
        for comment in comments {
            let line = comment.split { $0.isWhitespace }.joined(separator: " ")
            #expect(
                line.contains("; learnt: ") && line.contains(" libvips 8.")
                    || line.contains("not seen in an image"), "\(line)")
        }
        // readelf(1) on the library that was loaded says the same build.
        #expect(text.contains(#/#   library       libc\.so\.6 [0-9a-f]{40}/#))
    }

    @Test("two runs merge into one policy with the formats and the evidence of both")
    func merge() async throws {
        let workspace = try InWorkspace.workspace
        let png = try workspace.write(SampleFormat.png.file, to: "one.png")
        let jpeg = try workspace.write(SampleFormat.jpeg.file, to: "two.jpg")
        let first = workspace.scratch.appending(path: "first.yaml").path
        let both = workspace.scratch.appending(path: "both.yaml").path
        var done = try await Self.run("learn", "--corpus", png, "-o", first)
        #expect(done.status == .status(0), "\(done.errors)")
        done = try await Self.run("learn", "--corpus", jpeg, "--merge", first, "-o", both)
        #expect(done.status == .status(0), "\(done.errors)")
        let text = try String(contentsOfFile: both, encoding: .utf8)
        #expect(text.contains("formats: [jpeg, png]"))
        let flat = text.split { $0.isWhitespace }.joined(separator: " ")
        #expect(flat.contains(#/1[68] calls in 2 images \(jpeg 1, png 1\)/#), "\(text)")
        #expect(text.contains("first.yaml"))
        let tried = try await Self.run("test", both, "--corpus", png)
        #expect(tried.status == .status(0), "\(tried.text)")
        // Formats of both were warmed, so nothing of either is asked for more than before.
        let diff = try await Self.run("diff", first, both)
        #expect(diff.text.contains("formats"))
    }

    @Test("what no policy may grant ends the child, makes no rule, and is named")
    func hostile() async throws {
        let workspace = try InWorkspace.workspace
        let act = SampleFormat.png.file + Array("GLOVEBOX-ACT:01-execve\n".utf8)
        try workspace.write(act, to: "corpus/bad.png")
        try workspace.write(SampleFormat.jpeg.file, to: "corpus/good.jpg")
        let learnt = workspace.scratch.appending(path: "learnt.yaml").path
        let done = try await Self.run(
            "learn", "--corpus", workspace.folder.appending(path: "corpus").path, "-o", learnt,
            "--sandbox", workspace.program(.hostileSandbox))
        #expect(done.status == .status(1))
        #expect(done.errors.contains("Not permitted: execve("), "\(done.errors)")
        #expect(done.errors.contains("bad.png failed"), "\(done.errors)")
        let text = try String(contentsOfFile: learnt, encoding: .utf8)
        #expect(!text.contains("execve"))
        let lint = try await Self.run("lint", "--strict", learnt)
        #expect(lint.status == .status(0), "\(lint.text)")
    }

    @Test("nothing is learnt from an image that did not come through")
    func broken() async throws {
        let workspace = try InWorkspace.workspace
        let png = SampleFormat.png.file
        try workspace.write(Array(png.prefix(90)), to: "corpus/cut.png")
        let corpus = workspace.folder.appending(path: "corpus").path
        let alone = try await Self.run("learn", "--corpus", corpus)
        #expect(alone.status == .status(1) && alone.output.isEmpty)
        #expect(alone.errors.contains("No image of the corpus came through"), "\(alone.errors)")
        try workspace.write(png, to: "corpus/good.png")
        let both = try await Self.run("learn", "--corpus", corpus)
        #expect(both.status == .status(1) && both.errors.contains("cut.png failed"))
        #expect(both.text.contains("#   images        png 1\n"), "\(both.text.prefix(900))")
    }

    @Test("a merged rule that no policy should have is refused with its line")
    func mergedDanger() async throws {
        let workspace = try InWorkspace.workspace
        let png = try workspace.write(SampleFormat.png.file, to: "one.png")
        let policies = try workspace.policies(["raster"]) {
            try $0.mustReplace("- names: [brk, munmap]", with: "- names: [brk, munmap, ioctl]")
        }
        let done = try await Self.run(
            "learn", "--corpus", png, "--merge", "\(policies)/raster.yaml")
        #expect(done.status == .status(1) && done.output.isEmpty)
        #expect(done.errors.contains("/raster.yaml:"), "\(done.errors)")
        #expect(done.errors.contains("cannot be merged"), "\(done.errors)")
    }

    @Test("images of several policies need to be told apart by a name")
    func several() async throws {
        let workspace = try InWorkspace.workspace
        let folder = try workspace.policies(nil)
        let corpus = workspace.folder.appending(path: "corpus").path
        try workspace.write(SampleFormat.png.file, to: "corpus/a.png")
        try workspace.write(try SampleFile.bytes("rgb24.bmp"), to: "corpus/b.bmp")
        try workspace.write(Array("no image".utf8), to: "corpus/notes.txt")
        let unclear = try await Self.run("learn", "--corpus", corpus, policies: folder)
        #expect(unclear.status == .status(2))
        #expect(unclear.errors.contains("extended (1), raster (1)"), "\(unclear.errors)")
        let named = try await Self.run(
            "learn", "--corpus", corpus, "--policy", "raster", policies: folder)
        #expect(named.status == .status(0), "\(named.errors)")
        #expect(named.text.contains("formats: [png]"))
        #expect(named.errors.contains("b.bmp was left out. The policy does not cover bmp."))
        #expect(named.errors.contains("notes.txt was left out."))
        let unknown = try await Self.run(
            "learn", "--corpus", corpus, "--policy", "rastre", policies: folder)
        #expect(unknown.status == .status(2) && unknown.errors.contains("rastre"))
    }

    @Test("a corpus without an image is refused with what to do")
    func empty() async throws {
        let workspace = try InWorkspace.workspace
        let empty = workspace.folder.appending(path: "empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        let text = try workspace.write(Array("words".utf8), to: "words.txt")
        for (path, words) in [
            ("/nowhere", "There is no folder /nowhere"), (empty.path, "There is no file in"),
            (text, "No image of the corpus"),
        ] {
            let done = try await Self.run("learn", "--corpus", path)
            #expect(done.status == .status(1) && done.output.isEmpty)
            #expect(done.errors.contains(words), "\(done.errors)")
        }
        let none = try await Self.run("learn")
        #expect(none.status == .status(2))
    }
}
