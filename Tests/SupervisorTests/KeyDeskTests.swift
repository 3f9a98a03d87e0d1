import Foundation
import RequestSyntax
import Synchronization
import Testing

@testable import Supervisor

/// Keeps what it is told.
final class KeptAudit: AuditTrail {
    private let kept = Mutex<[AuditEvent]>([])

    var events: [AuditEvent] { kept.withLock { $0 } }

    func record(_ event: AuditEvent) { kept.withLock { $0.append(event) } }
}

@Suite("Keys of the store")
struct KeyDeskTests {
    private static let now: Int64 = 1_769_817_600
    private let folder: TemporaryFolder
    private let audit = KeptAudit()

    init() throws { folder = try TemporaryFolder() }

    private func desk(_ rules: KeyDesk.Rules = .init()) throws -> KeyDesk {
        try KeyDesk(KeyStore(in: folder.path), rules: rules, audit: audit)
    }

    private func create(
        _ desk: KeyDesk, _ texts: [KeyTerms.Field: [String]] = [.name: ["shop"]], count: Int = 1
    ) throws -> [(id: String, text: APIKeyText)] {
        let terms = try KeyTerms(texts, now: Self.now)
        let answer = try desk.carryOut(
            .create(terms, count: count), by: .operator, now: Self.now)
        return try answer.keys.map { ($0.id, try APIKeyText(try #require($0.key))) }
    }

    @Test("a key is known again after a restart, with everything that it permits")
    func roundTrip() throws {
        let texts: [KeyTerms.Field: [String]] = [
            .name: ["shop"], .scopes: ["process,sources"], .rate: ["5/s"], .concurrent: ["3"],
            .dailyBytes: ["4GiB"], .allow: ["192.0.2.0/24"], .presets: ["thumb"],
            .expires: ["90d"],
        ]
        let (id, text) = try create(try desk(), texts)[0]
        let key = try #require(try desk().ring.key(text, now: Self.now))
        #expect(key.id == id && key.created == Self.now)
        let terms = try KeyTerms(texts, now: Self.now)
        #expect(KeyTerms(key) == terms)
    }

    @Test("nothing in the files is a key, and nobody else may read them")
    func files() throws {
        let made = try desk()
        let (_, text) = try create(made)[0]
        for name in ["keys.sqlite", "keys.secret"] {
            let path = "\(folder.path)/\(name)"
            #expect(TemporaryFolder.status(of: path)?.mode == 0o600)
            let bytes = try Data(contentsOf: URL(filePath: path))
            #expect(bytes.range(of: Data(text.text.utf8)) == nil)
            // Nor its hash without the secret.
            #expect(bytes.range(of: Data(KeyCode(plain: text).bytes)) == nil)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
        let secret = try Data(contentsOf: URL(filePath: folder.path + "/keys.secret"))
        #expect(secret.count == 32 && Set(secret).count > 8)
    }

    @Test("files that others may read, links and a secret of another length are refused")
    func strangeFiles() throws {
        _ = try create(try desk())
        let (store, secret) = ("\(folder.path)/keys.sqlite", "\(folder.path)/keys.secret")
        for path in [store, secret] {
            TemporaryFolder.set(mode: 0o640, of: path)
            #expect(throws: KeyStore.Failure.self) { try KeyStore(in: folder.path) }
            TemporaryFolder.set(mode: 0o600, of: path)
        }
        let bytes = try Data(contentsOf: URL(filePath: secret))
        for wrong in [bytes.prefix(31), bytes + [0], Data()] {
            try wrong.write(to: URL(filePath: secret))
            TemporaryFolder.set(mode: 0o600, of: secret)
            #expect(throws: KeyStore.Failure.self) { try KeyStore(in: folder.path) }
        }
        // Another secret would let no key in, and one that is made anew would hide that.
        try FileManager.default.removeItem(atPath: secret)
        let gone = #expect(throws: KeyStore.Failure.self) { try KeyStore(in: folder.path) }
        #expect(gone?.text.contains("is gone") == true)
        try FileManager.default.createSymbolicLink(
            atPath: secret, withDestinationPath: "/etc/hostname")
        #expect(throws: KeyStore.Failure.self) { try KeyStore(in: folder.path) }
    }

    @Test("a file that is no store is refused with a sentence")
    func noStore() throws {
        _ = try desk()
        let path = try folder.file("keys.sqlite", String(repeating: "no database ", count: 100))
        TemporaryFolder.set(mode: 0o600, of: path)
        let failure = #expect(throws: KeyStore.Failure.self) { try KeyStore(in: folder.path) }
        #expect(failure?.text.contains("cannot be used") == true)
    }

    @Test("after a rotation both texts are accepted until the grace time ends, then the new one")
    func rotation() throws {
        let desk = try desk()
        let (id, old) = try create(desk)[0]
        let answer = try desk.carryOut(
            .rotate("shop", grace: .seconds(3_600)), by: .operator, now: Self.now + 10)
        let report = try #require(answer.keys.first)
        let new = try APIKeyText(try #require(report.key))
        #expect(report.id == id && report.state == .rotating && new != old)
        for ring in [desk.ring, try self.desk().ring] {
            #expect(ring.key(old, now: Self.now + 3_609)?.id == id)
            #expect(ring.key(old, now: Self.now + 3_610) == nil)
            #expect(ring.key(new, now: Self.now + 3_610)?.id == id)
        }
        // Once more without a grace time: the two before are nothing any more.
        let last = try desk.carryOut(.rotate(id, grace: .zero), by: .operator, now: Self.now + 20)
        #expect(desk.ring.key(old, now: Self.now + 20) == nil)
        #expect(desk.ring.key(new, now: Self.now + 20) == nil)
        let text = try APIKeyText(try #require(last.keys.first?.key))
        #expect(desk.ring.key(text, now: Self.now + 20)?.created == Self.now)
    }

    @Test("a revoked key is not in the ring, by its text before a rotation either")
    func revocation() throws {
        let desk = try desk()
        let (id, old) = try create(desk)[0]
        let rotated = try desk.carryOut(
            .rotate(id, grace: .seconds(99)), by: .operator, now: Self.now)
        let new = try APIKeyText(try #require(rotated.keys.first?.key))
        _ = try desk.carryOut(.revoke(id), by: .key("k-1"), now: Self.now)
        for ring in [desk.ring, try self.desk().ring] {
            #expect(ring.key(old, now: Self.now) == nil && ring.key(new, now: Self.now) == nil)
        }
        #expect(try desk.list(id, now: Self.now).keys.first?.state == .revoked)
        for order in [KeyOrder.revoke(id), .rotate(id, grace: .zero)] {
            #expect(throws: KeyDesk.Refusal.self) {
                try desk.carryOut(order, by: .operator, now: Self.now)
            }
        }
        #expect(audit.events.map(\.action) == [.keyCreated, .keyRotated, .keyRevoked])
        #expect(audit.events.allSatisfy { $0.subject == id })
        #expect(audit.events.last?.actor == .key("k-1"))
        let written = audit.events.flatMap { $0.fields.map(\.value.text) }.joined()
        #expect(!written.contains("gbx_"))
    }

    @Test("what another process changes is seen by the version, and read")
    func otherProcess() throws {
        let (one, other) = (try desk(), try desk())
        let before = try other.version()
        let (id, text) = try create(one)[0]
        #expect(try other.version() != before)
        try other.load()
        #expect(other.ring.key(text, now: Self.now)?.id == id)
        let between = try other.version()
        _ = try one.carryOut(.revoke(id), by: .operator, now: Self.now)
        #expect(try other.version() != between)
        try other.load()
        #expect(other.ring.key(text, now: Self.now) == nil)
    }

    @Test("a key is named by its id, or by its name where no other has that")
    func references() throws {
        let desk = try desk()
        let ids = try create(desk, [.name: ["a"]], count: 2).map(\.id)
        #expect(try desk.list("a-1", now: Self.now).keys.map(\.id) == [ids[0]])
        _ = try create(desk, [.name: ["a-1"]])
        let refusal = #expect(throws: KeyDesk.Refusal.self) {
            try desk.carryOut(.revoke("a-1"), by: .operator, now: Self.now)
        }
        #expect(refusal?.text.contains(ids[0]) == true)
        for unknown in ["", "b", "k-"] {
            #expect(throws: KeyDesk.Refusal.self) {
                try desk.carryOut(.revoke(unknown), by: .operator, now: Self.now)
            }
        }
        _ = try desk.carryOut(.revoke(ids[0]), by: .operator, now: Self.now)
        _ = try desk.carryOut(.revoke("a-1"), by: .operator, now: Self.now)
    }

    @Test("last uses are written in one go, and only the latest")
    func uses() throws {
        let desk = try desk()
        let (id, _) = try create(desk)[0]
        desk.ring.use(id, now: Self.now + 5)
        desk.ring.use("k-unknown", now: Self.now + 5)
        #expect(try desk.list(id, now: Self.now).keys[0].lastUsed == nil)
        try desk.writeUses()
        desk.ring.use(id, now: Self.now + 1)
        try desk.writeUses()
        #expect(
            try self.desk().list(id, now: Self.now).keys[0].lastUsed == "2026-01-31T00:00:05Z")
    }

    @Test("keys and pairs older than the setting are warned of, for as long as it says")
    func ages() throws {
        var rules = KeyDesk.Rules()
        rules.oldest = .seconds(30 * 86_400)
        rules.pairs = [URLSignature.Pair(key: [1, 2, 3], salt: [4])]
        let desk = try desk(rules)
        let (id, _) = try create(desk)[0]
        let month: Int64 = 30 * 86_400
        #expect(try desk.list(nil, now: Self.now).warnings.isEmpty)
        #expect(try desk.list(nil, now: Self.now + month - 1).warnings.isEmpty)
        let late = try desk.list(nil, now: Self.now + month).warnings
        #expect(late.count == 2 && late[0].contains(id) && late[1].contains("pair 1"))
        _ = try desk.carryOut(.rotate(id, grace: .zero), by: .operator, now: Self.now + month)
        #expect(try desk.list(nil, now: Self.now + month).warnings.count == 1)
        rules.pairs = [URLSignature.Pair(key: [1, 2], salt: [3, 4])]
        desk.change(rules)
        #expect(try desk.list(nil, now: Self.now + month).warnings.isEmpty)
        rules.oldest = .zero
        desk.change(rules)
        #expect(try desk.list(nil, now: Self.now + 1_000 * month).warnings.isEmpty)
    }

    @Test("without a state directory nothing is made, and declared keys are listed")
    func noState() throws {
        var rules = KeyDesk.Rules()
        let hash = "sha256:" + String(repeating: "ab", count: 32)
        rules.declared = try DeclaredKeys(
            Array("- {id: edge, hash: '\(hash)', scopes: [process]}".utf8))
        let desk = try KeyDesk(nil, rules: rules, audit: audit)
        #expect(throws: KeyDesk.Refusal.self) { try create(desk) }
        #expect(try desk.list(nil, now: Self.now).keys.map(\.source) == [.declared])
        #expect(throws: KeyDesk.Refusal.self) {
            try desk.carryOut(.revoke("edge"), by: .operator, now: Self.now)
        }
    }

    @Test("a preset that is not configured is said, and kept")
    func presets() throws {
        var rules = KeyDesk.Rules()
        rules.presets = ["thumb"]
        let desk = try desk(rules)
        let terms = try KeyTerms([.presets: ["thumb,big"]], now: Self.now)
        let answer = try desk.carryOut(
            .create(terms, count: 1), by: .operator, now: Self.now)
        #expect(answer.warnings.count == 1 && answer.warnings[0].contains("big"))
    }
}
