import Foundation

/// The package description as SwiftPM reads it (`swift package dump-package`), as far as the import
/// rules need it.
struct PackageGraph: Decodable, Sendable {
    var products: [Product]
    var targets: [Target]

    struct Product: Decodable, Sendable {
        var name: String
        var targets: [String]
    }

    struct Target: Decodable, Sendable {
        var name: String
        /// `executable`, `regular`, `system` or `test`.
        var type: String
        var path: String?
        var dependencies: [Dependency]

        /// The folder of its sources, relative to the package.
        var folder: String { path ?? (type == "test" ? "Tests/\(name)" : "Sources/\(name)") }
    }

    /// A dependency of one target: SwiftPM writes an object whose one key is the kind and whose value
    /// is a list that begins with the name.
    struct Dependency: Decodable, Sendable {
        /// `byName`, `target` or `product`.
        var kind: String
        var name: String

        init(from decoder: any Decoder) throws {
            let entry = try decoder.singleValueContainer().decode([String: [Element]].self)
            guard let (kind, value) = entry.first, let name = value.first?.text else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "A dependency without a name."))
            }
            self.kind = kind
            self.name = name
        }

        /// A text, a null or an object (a condition), of which only texts matter here.
        private struct Element: Decodable {
            var text: String?

            init(from decoder: any Decoder) throws {
                text = try? decoder.singleValueContainer().decode(String.self)
            }
        }
    }

    /// The folder that holds Package.swift, above this file.
    static let root: URL = {
        var folder = URL(filePath: #filePath)
        repeat {
            folder.deleteLastPathComponent()
        } while folder.path() != "/"
            && !FileManager.default.fileExists(
                atPath: folder.appending(path: "Package.swift").path(percentEncoded: false))
        return folder
    }()

    /// This package's description, read once.
    static let own = Result { try read(packageAt: root) }

    /// Asks SwiftPM, in about a second. A build folder of its own keeps it from waiting for the lock that `swift test`
    /// may hold, and the switches for smaller builds are taken from its environment.
    private static func read(packageAt folder: URL) throws -> PackageGraph {
        let scratch = FileManager.default.temporaryDirectory
            .appending(path: "glovebox-package-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let swift = Process()
        swift.executableURL = URL(filePath: "/usr/bin/env")
        swift.arguments = [
            "swift", "package", "--package-path", folder.path(percentEncoded: false),
            "--scratch-path", scratch.path(percentEncoded: false), "dump-package",
        ]
        swift.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("GLOVEBOX_") }
        let output = Pipe()
        swift.standardInput = FileHandle.nullDevice
        swift.standardOutput = output
        try swift.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        swift.waitUntilExit()
        return try JSONDecoder().decode(PackageGraph.self, from: text)
    }

    func target(_ name: String) -> Target? { targets.first { $0.name == name } }

    /// Every target of this package that `name` builds on, itself not included.
    func targets(under name: String) -> Set<String> {
        var found: Set<String> = []
        var open = [name]
        while let next = open.popLast() {
            for dependency in target(next)?.dependencies ?? []
            where target(dependency.name) != nil && found.insert(dependency.name).inserted {
                open.append(dependency.name)
            }
        }
        return found
    }

    /// Every product of another package that `name` or a target under it names.
    func products(under name: String) -> Set<String> {
        let own = targets(under: name).union([name])
        let named = own.flatMap { target($0)?.dependencies ?? [] }.map(\.name)
        return Set(named.filter { target($0) == nil })
    }
}
