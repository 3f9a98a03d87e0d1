import FoundationEssentials
import ImageVocabulary
import NIOCore
import Testing

@testable import Supervisor

@Suite("Output files")
struct OutputFileTests: ~Copyable {
    private let folder: String

    init() throws {
        let files = FileManager.default
        folder = files.temporaryDirectory.path + "/out-\(UInt64.random(in: 0 ... .max))"
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    @Test("the extension names the format, where there is one")
    func format() throws {
        #expect(try OutputFile(path: "a/b.JPG").format() == .jpeg)
        #expect(try OutputFile(path: "x.y/b.webp").format() == .webp)
        #expect(try OutputFile(path: "a.bmp").format() == .bmp)
        #expect(try OutputFile(path: "a.jxl").format() == .jxl)
        #expect(try OutputFile(path: "-").format() == nil)
        for path in ["a", "a.", "a.heic", "a.svg", "x.png/a"] {
            let error = #expect(throws: CommandFailure.self) {
                try OutputFile(path: path).format()
            }
            #expect(error?.status == .usage)
        }
    }

    @Test("a file is replaced whole, and nothing is left beside it")
    func replaces() throws {
        let path = folder + "/a.png"
        try Data([9]).write(to: URL(filePath: path))
        try OutputFile(path: path).write(ByteBuffer(bytes: [1, 2, 3]))
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([1, 2, 3]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.png"])
    }

    @Test("what cannot be written leaves nothing behind")
    func fails() throws {
        let path = folder + "/missing/a.png"
        #expect(throws: CommandFailure.self) {
            try OutputFile(path: path).write(ByteBuffer(bytes: [1]))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test("a device is written to, not replaced")
    func device() throws {
        try OutputFile(path: "/dev/null").write(ByteBuffer(bytes: [1]))
        let kind = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type]
        #expect(kind as? FileAttributeType != .typeRegular)
    }
}
