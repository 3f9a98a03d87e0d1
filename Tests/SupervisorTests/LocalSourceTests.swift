import FoundationEssentials
import Glibc
import ImageVocabulary
import NIOCore
import RequestSyntax
import Testing

@testable import Supervisor

/// On the real kernel: a folder with every kind of entry that must not be served.
@Suite("Local sources")
struct LocalSourceTests: ~Copyable {
    private let base: String

    init() throws {
        let files = FileManager.default
        base = files.temporaryDirectory.path + "/root-\(UInt64.random(in: 0 ... .max))"
        try files.createDirectory(atPath: base + "/images/sub", withIntermediateDirectories: true)
        let png = Data(Canary.all[0].bytes)
        try png.write(to: URL(filePath: base + "/outside.png"))
        try png.write(to: URL(filePath: base + "/images/a.png"))
        try png.write(to: URL(filePath: base + "/images/sub/b.jpg"))
        try Data().write(to: URL(filePath: base + "/images/empty.png"))
        let links = [
            "link.png": "a.png", "out.png": "../outside.png", "up": "..", "root": "/",
        ]
        for (name, target) in links {
            try files.createSymbolicLink(
                atPath: base + "/images/" + name, withDestinationPath: target)
        }
        // mkfifo reads the path within the call only.
        #expect(unsafe mkfifo(base + "/images/pipe.png", 0o644) == 0)
    }

    deinit { try? FileManager.default.removeItem(atPath: base) }

    private func root(
        largest: Int = 1_000, strict: Bool = false, budget: Int = 1_000
    ) throws -> Root {
        Root(
            folder: try ImageFolder(path: base + "/images", strictType: strict),
            largest: largest, budget: MemoryBudget(bytes: budget))
    }

    private struct Root: Sendable {
        let folder: ImageFolder
        let largest: Int
        let budget: MemoryBudget

        func collect(_ path: ImagePath) async throws(Problem) -> CollectedSource {
            try await LocalSource(path: path, folder: folder, budget: budget).image(
                largest: largest)
        }
    }

    @Test("a file has a name for its state, and a client that has it is told so")
    func conditions() async throws {
        let root = try root()
        let path = try ImagePath(percentEncoded: "a.png")
        var source = LocalSource(path: path, folder: root.folder, budget: root.budget)
        guard case .image(let image, let validators) = try await source.collect(largest: 1_000)
        else { throw Problem.notFound }
        let etag = try #require(validators.etag)
        #expect(etag == "\"\(image.source.sha256.prefix(32))\"")
        for (value, isSame) in [
            (etag, true), ("*", true), ("W/\(etag)", true), ("\"a\", \(etag)", true),
            ("\"a\"", false), ("", false), (String(etag.dropLast()), false),
        ] {
            source.conditions = SourceConditions(etag: value)
            let answer = try await source.collect(largest: 1_000)
            let isUnchanged = if case .unchanged = answer { true } else { false }
            #expect(isUnchanged == isSame, "\(value)")
        }
    }

    @Test("a file is read whole, also in a folder, whatever its name says")
    func reads() async throws {
        for name in ["a.png", "sub/b.jpg"] {
            let source = try await root().collect(try ImagePath(percentEncoded: name)).source
            #expect(Array(source.bytes.readableBytesView) == Canary.all[0].bytes)
            #expect(source.format == .png)
        }
    }

    @Test("links, folders, pipes, ways out and what is not there all look the same")
    func refuses() async throws {
        let names = [
            "link.png", "out.png", "up/outside.png", "up/images/a.png", "root/etc/passwd", "sub",
            "pipe.png", "nothing.png", "a.png/x",
        ]
        let root = try root()
        for name in names {
            let path = try ImagePath(percentEncoded: name)
            await #expect(throws: Problem.notFound) { try await root.collect(path) }
        }
    }

    @Test("a file over the limit is refused by its size, one at the limit is read")
    func sizes() async throws {
        let size = Canary.all[0].bytes.count
        let path = try ImagePath(percentEncoded: "a.png")
        let exact = try root(largest: size)
        #expect(try await exact.collect(path).source.bytes.readableBytes == size)
        let small = try root(largest: size - 1)
        await #expect(throws: Problem.overLimit(.inputBytes, UInt64(size - 1))) {
            try await small.collect(path)
        }
        let poor = try root(budget: size - 1)
        await #expect(throws: Problem.unavailable) { try await poor.collect(path) }
    }

    @Test("an empty file is a source without bytes, not a missing body")
    func empty() async throws {
        let root = try root()
        let path = try ImagePath(percentEncoded: "empty.png")
        await #expect(throws: Problem.source(.empty)) { try await root.collect(path) }
    }

    @Test("with strict types the extension counts")
    func strict() async throws {
        let root = try root(strict: true)
        let path = try ImagePath(percentEncoded: "sub/b.jpg")
        let error = await #expect(throws: Problem.self) { try await root.collect(path) }
        #expect(error?.name == "type-contradiction")
    }
}
