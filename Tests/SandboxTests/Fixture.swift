import Foundation

/// Files that other programs made; the README beside them says which.
enum Fixture {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/formats")

    static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: folder.appending(path: name)))
    }

    /// A file of the folder beside it.
    static func metadata(_ name: String) throws -> [UInt8] {
        let folder = folder.deletingLastPathComponent().appending(path: "metadata")
        return try [UInt8](Data(contentsOf: folder.appending(path: name)))
    }

    /// The names of the files with one of these extensions, sorted.
    static func names(_ extensions: String...) -> [String] {
        let all = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (all ?? []).filter { name in extensions.contains { name.hasSuffix("." + $0) } }
            .sorted()
    }
}
