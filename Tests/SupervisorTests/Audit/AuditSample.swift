import Descriptors
import Foundation
import Glibc

@testable import Supervisor

/// An audit log in a folder of its own, with a time that a test sets.
final class AuditSample {
    static let bytes = [UInt8](repeating: 0x5a, count: 32)
    static let key = AuditKey(bytes)
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    let temporary: TemporaryFolder
    let folder: AuditFolder
    /// Of the folder.
    let path: String
    var now = AuditSample.start

    init() throws {
        temporary = try TemporaryFolder()
        path = temporary.path + "/audit"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        folder = try AuditFolder(inState: temporary.path)
    }

    static func event(_ number: Int) -> AuditEvent {
        AuditEvent(
            .reloaded, by: .key("shop"), on: "a\"b\u{1b}\u{e9}",
            fields: [("n", .integer(Int64(number))), ("x", .array([.string("y"), .null]))])
    }

    /// Writes so many lines and brings them to the disk.
    func write(
        _ count: Int, _ limits: AuditWriter.Limits = AuditWriter.Limits(), apart: Double = 1
    ) throws {
        var writer = AuditWriter(folder, Self.key, limits)
        for number in 0..<count {
            now += apart
            try writer.append(Self.event(number), at: now, now: now)
        }
        try writer.end(at: now)
    }

    func verification(_ key: AuditKey = AuditSample.key) throws -> AuditVerification {
        try AuditVerification(folder, key)
    }

    func lines() throws -> [AuditLine] {
        try AuditReading(folder, AuditFilter()).lines.compactMap { AuditLine($0[...]) }
    }

    var actions: [String] {
        get throws { try lines().map(\.action) }
    }

    func file(_ first: Int = 1) -> String { "\(path)/\(AuditFolder.fileName(first))" }

    func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path)))
    }

    /// In place: another file would have another mode.
    func set(_ bytes: [UInt8], _ path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }
}
