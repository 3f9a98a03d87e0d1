import Foundation

/// A file that another program made; the README beside them says which.
enum SampleFile {
    static func bytes(_ name: String) throws -> [UInt8] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try [UInt8](Data(contentsOf: tests.appending(path: "Fixtures/formats/\(name)")))
    }
}
