import Foundation
import Testing

@testable import Supervisor

@Suite("The audit log for commands")
struct AuditAccessTests {
    private let temporary: TemporaryFolder

    init() throws { temporary = try TemporaryFolder() }

    private func verification(_ key: AuditKey) throws -> AuditVerification {
        try AuditVerification(try AuditFolder(inState: temporary.path), key)
    }

    @Test("the key is the one of the configuration that was named, and the actor the event's")
    func configured() throws {
        let key = try temporary.file("audit.key", String(repeating: "5a", count: 32) + "\n")
        TemporaryFolder.set(mode: 0o600, of: key)
        let config = try temporary.file("glovebox.yaml", "audit_log: {key_file: \(key)}\n")
        let access = try AuditAccess(state: temporary.path, config: config)
        try access.check()
        CommandAudit(access: access).record(AuditEvent(.keyRevoked, by: .key("k-1"), on: "k-2"))
        #expect(try verification(AuditSample.key).isWhole)
        let lines = try AuditReading(try AuditFolder(inState: temporary.path), AuditFilter()).lines
        #expect(lines.compactMap { AuditLine($0[...])?.actor } == ["key:k-1"])
        #expect(TemporaryFolder.status(of: temporary.path + "/audit.secret") == nil)

        // With another key nothing could be added to it.
        let broken = try temporary.file("broken.yaml", "audit_log: [\n")
        #expect(throws: CommandFailure.self) {
            try AuditAccess(state: temporary.path, config: broken)
        }
        let other = try AuditAccess(state: temporary.path, config: "off")
        #expect(throws: CommandFailure.self) { try other.check() }
    }

    @Test("a key that others may read is refused, with what to do")
    func readable() throws {
        let access = try AuditAccess(state: temporary.path, config: "off")
        try access.check()
        let secret = temporary.path + "/audit.secret"
        #expect(TemporaryFolder.status(of: secret)?.mode == 0o600)
        TemporaryFolder.set(mode: 0o640, of: secret)
        let failure = #expect(throws: CommandFailure.self) { try access.check() }
        #expect(failure?.message.contains("chmod 600") == true)
    }

    @Test("nothing is removed where it cannot be written down")
    func removal() throws {
        try FileManager.default.createDirectory(
            atPath: temporary.path + "/crashes", withIntermediateDirectories: false)
        let log = try temporary.file("crashes/crashes.jsonl", CrashLogFolder.record(1) + "\n")
        _ = try temporary.file("audit", "no folder")
        let order = try CrashPurge.Order([("all", "true")])
        #expect(throws: CommandFailure.self) {
            try CrashRemoval.remove(order, in: temporary.path) { _, _ in }
        }
        #expect(try Data(contentsOf: URL(filePath: log)).count > 0)
        try FileManager.default.removeItem(atPath: temporary.path + "/audit")
        let done = try CrashRemoval.remove(order, in: temporary.path) { _, _ in }
        #expect(done.crashes == 1)
    }
}
