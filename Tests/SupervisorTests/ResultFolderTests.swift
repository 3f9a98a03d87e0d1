import FoundationEssentials
import ImageVocabulary
import NIOCore
import Testing

@testable import Supervisor

@Suite("Results of several files")
struct ResultFolderTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Files with these names below a folder of their own, which is named.
    private func sources(_ names: [String]) throws -> [SourceFile] {
        let files = FileManager.default
        for name in names {
            let path = "\(folder.path)/in/\(name)"
            let parent = path[..<(path.lastIndex(of: "/") ?? path.endIndex)]
            try files.createDirectory(atPath: String(parent), withIntermediateDirectories: true)
            try Data(name.utf8).write(to: URL(filePath: path))
        }
        return try SourceFile.all(["\(folder.path)/in"])
    }

    private func image(_ format: ImageFormat) -> ResultImage {
        ResultImage(bytes: ByteBuffer(bytes: [1, 2, 3]), format: format, width: 1, height: 1)
    }

    static let names: [([String], String, ImageFormat, String)] = [
        (["a.png"], "a.png", .png, "a.png"),
        (["a.png"], "a.png", .webp, "a.webp"),
        (["a.JPEG"], "a.JPEG", .jpeg, "a.JPEG"),
        (["a.jpeg"], "a.jpeg", .tiff, "a.tiff"),
        (["b/c/a.heic"], "b/c/a.heic", .jpeg, "b/c/a.jpg"),
        (["b.d/a"], "b.d/a", .png, "b.d/a.png"),
        (["a.tar.gz"], "a.tar.gz", .png, "a.tar.gz.png"),
        (["a.png", "a.jpg"], "a.jpg", .webp, "a.jpg.webp"),
        (["a.png", "a.jpg"], "a.jpg", .jpeg, "a.jpg"),
        (["a.png", "b/a.jpg"], "a.png", .webp, "a.webp"),
    ]

    @Test(
        "a result has its source's place, and an extension that says its format", arguments: names)
    func place(all: [String], name: String, format: ImageFormat, result: String) throws {
        let files = try sources(all)
        let file = try #require(files.first { $0.name == name })
        let target = try ResultFolder("/out/", for: files).path(for: file, as: format)
        #expect(target == "/out/\(result)")
    }

    @Test("folders are made, and an older result is replaced")
    func writes() throws {
        let files = try sources(["b/a.png"])
        let out = "\(folder.path)/out"
        try FileManager.default.createDirectory(
            atPath: "\(out)/b", withIntermediateDirectories: true)
        try Data([9]).write(to: URL(filePath: "\(out)/b/a.png"))
        let path = try ResultFolder(out, for: files).write(image(.png), of: files[0])
        #expect(path == "\(out)/b/a.png")
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([1, 2, 3]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(out)/b") == ["a.png"])
    }

    @Test("no source is written over, by whatever path")
    func keepsSources() throws {
        let files = try sources(["a.png", "b.png"])
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/link", withDestinationPath: "in")
        for out in ["in", "in/", "link", "in/../in"] {
            let results = try ResultFolder("\(folder.path)/\(out)", for: files)
            let error = #expect(throws: CommandFailure.self) {
                try results.write(image(.png), of: files[0])
            }
            #expect(error?.message.contains("one of the sources") == true)
        }
        #expect(
            try Data(contentsOf: URL(filePath: "\(folder.path)/in/a.png")) == Data("a.png".utf8))
    }

    @Test("two results never have one name")
    func oneEach() throws {
        let files = try sources(["a.png", "a.gif", "a.png.webp"])
        let results = try ResultFolder("\(folder.path)/out", for: files)
        let png = try #require(files.first { $0.name == "a.png" })
        let webp = try #require(files.first { $0.name == "a.png.webp" })
        _ = try results.write(image(.webp), of: png)
        #expect(throws: CommandFailure.self) { try results.write(image(.webp), of: webp) }
    }

    @Test("files of one name from two folders are refused before anything is done")
    func sameNames() throws {
        _ = try sources(["x/a.png", "y/a.png"])
        let files = try SourceFile.all(["\(folder.path)/in/x", "\(folder.path)/in/y"])
        let error = #expect(throws: CommandFailure.self) { try ResultFolder("out", for: files) }
        #expect(error?.status == .usage)
        #expect(error?.message.contains("x/a.png") == true)
    }

    @Test("hidden files and links are left out of folders, and every file comes once")
    func collects() throws {
        _ = try sources(["b/a.png", "c.png", ".hidden.png", ".git/d.png"])
        let root = "\(folder.path)/in"
        try FileManager.default.createSymbolicLink(
            atPath: "\(root)/link.png", withDestinationPath: "c.png")
        let files = try SourceFile.all([root, "\(root)/c.png", "\(root)/link.png"])
        #expect(files.map(\.name) == ["b/a.png", "c.png"])
        #expect(files.allSatisfy { !$0.isNamed })
        #expect(throws: CommandFailure.self) { try SourceFile.all(["\(root)/none.png"]) }
        let error = #expect(throws: CommandFailure.self) { try SourceFile.all(["-", root]) }
        #expect(error?.status == .usage)
    }
}
