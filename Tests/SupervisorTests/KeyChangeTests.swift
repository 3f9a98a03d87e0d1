import Foundation
import RequestSyntax
import TestSupport
import Testing

@testable import Supervisor

@Suite("Changes of keys")
struct KeyChangeTests {
    private static let now: Int64 = 1_769_817_600
    private let folder: TemporaryFolder
    private let audit = KeptAudit()

    init() throws { folder = try TemporaryFolder() }

    private func desk(_ rules: KeyDesk.Rules = .init()) throws -> KeyDesk {
        try KeyDesk(KeyStore(in: folder.path), rules: rules, audit: audit)
    }

    private func create(_ desk: KeyDesk) throws -> (id: String, text: APIKeyText) {
        let terms = try KeyTerms([:], now: Self.now)
        let answer = try desk.carryOut(
            .create(terms, count: 1), by: .operator, now: Self.now)
        let key = try #require(answer.keys.first)
        return (key.id, try APIKeyText(try #require(key.key)))
    }

    private func rules(declaring id: String) throws -> KeyDesk.Rules {
        var rules = KeyDesk.Rules()
        var generator = SystemRandomNumberGenerator()
        let code = KeyCode(plain: APIKeyText(.live, using: &generator))
        let hash = "sha256:" + code.bytes.map { String(format: "%02x", $0) }.joined()
        rules.declared = try DeclaredKeys(
            Array("- {id: \(id), hash: '\(hash)', scopes: [process]}".utf8))
        return rules
    }

    /// Has another program change the store.
    private func change(_ sql: String) async throws {
        let program = try RunningProgram(
            "/usr/bin/python3",
            [
                "-c", "import sqlite3,sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])",
                folder.path + "/keys.sqlite", sql,
            ], environment: [:])
        #expect(await program.end == .status(0))
        await program.errors.finished()
    }

    @Test("a revocation holds and is written down, also where the store cannot be read after it")
    func unreadable() async throws {
        let desk = try desk()
        let (id, text) = try create(desk)
        try await change(
            """
            CREATE TRIGGER broken AFTER UPDATE ON key BEGIN
                INSERT INTO key (id, code, name, scopes, created, changed)
                VALUES ('k-broken', x'00', '', 'nonsense', 1, 1);
            END
            """)
        let answer = try desk.carryOut(.revoke(id), by: .operator, now: Self.now)
        #expect(answer.keys.first?.state == .revoked)
        #expect(desk.ring.key(text, now: Self.now) == nil)
        #expect(audit.events.map(\.action) == [.keyCreated, .keyRevoked])
        // From now on nothing works, and the ring is read anew as soon as it does.
        #expect(throws: KeyDesk.Refusal.self) {
            try desk.carryOut(.revoke(id), by: .operator, now: Self.now)
        }
        #expect(desk.isStale)
        try await change("DROP TRIGGER broken; DELETE FROM key WHERE id = 'k-broken'")
        try desk.load()
        #expect(!desk.isStale && desk.ring.key(text, now: Self.now) == nil)
    }

    @Test("an id is declared or in the store: the start refuses both, and a ring has one of them")
    func sameID() throws {
        let first = try desk()
        let (id, text) = try create(first)
        let rules = try rules(declaring: id)
        let refused = #expect(throws: KeyStore.Failure.self) { try desk(rules) }
        #expect(refused?.text.contains(id) == true)
        // Nor is it declared later, also where it is revoked.
        _ = try first.carryOut(.revoke(id), by: .operator, now: Self.now)
        #expect(throws: KeyStore.Failure.self) { try first.check(rules.declared) }
        #expect(throws: KeyStore.Failure.self) { try desk(rules) }
        #expect(throws: Never.self) { try desk(try self.rules(declaring: "edge")) }

        var generator = SystemRandomNumberGenerator()
        let other = APIKeyText(.live, using: &generator)
        let ring = KeyRing()
        let key = try KeyTerms([:], now: Self.now).key(id: id, created: Self.now)
        ring.replace(declared: [.init(key: key, code: KeyCode(plain: other))])
        #expect(ring.key(other, now: Self.now)?.id == id)
        ring.replace(stored: [.init(key: key, code: KeyCode(plain: text))])
        #expect(ring.key(other, now: Self.now) == nil && ring.key(text, now: Self.now) != nil)
        ring.put(stored: [], revoked: [.init(key: key, code: KeyCode(plain: text))])
        #expect(ring.key(other, now: Self.now) == nil && ring.key(text, now: Self.now) == nil)
    }

    @Test("a second rotation ends the time of grace of the first, and says so")
    func secondRotation() throws {
        let desk = try desk()
        let (id, text) = try create(desk)
        let first = try desk.carryOut(
            .rotate(id, grace: .seconds(99)), by: .operator, now: Self.now)
        #expect(first.warnings.isEmpty)
        let second = try desk.carryOut(
            .rotate(id, grace: .seconds(99)), by: .operator, now: Self.now + 98)
        #expect(second.warnings.count == 1)
        #expect(second.warnings[0].contains(KeyTerms.time(Self.now + 99)))
        #expect(desk.ring.key(text, now: Self.now + 98) == nil)
        let late = try desk.carryOut(
            .rotate(id, grace: .zero), by: .operator, now: Self.now + 98 + 99)
        #expect(late.warnings.isEmpty)
    }

    @Test("an older use never takes the place of a later one")
    func uses() {
        let ring = KeyRing()
        ring.use("k-1", now: 5)
        ring.use("k-1", now: 3)
        #expect(ring.takeUses() == ["k-1": 5])
    }

    @Test("what has ended for longer than the audit log is kept is removed, and nothing else")
    func old() throws {
        var rules = KeyDesk.Rules()
        rules.kept = .seconds(100)
        let desk = try desk(rules)
        let (revoked, _) = try create(desk)
        let (kept, _) = try create(desk)
        let brief = try desk.carryOut(
            .create(KeyTerms([.expires: ["1m"]], now: Self.now), count: 1), by: .operator,
            now: Self.now)
        let expired = try #require(brief.keys.first?.id)
        _ = try desk.carryOut(.revoke(revoked), by: .operator, now: Self.now)
        func ids(after seconds: Int64) throws -> Set<String> {
            try desk.removeOld(now: Self.now + seconds)
            return Set(try desk.list(nil, now: Self.now).keys.map(\.id))
        }
        #expect(try ids(after: 100) == [revoked, kept, expired])
        #expect(try ids(after: 101) == [kept, expired])
        #expect(try ids(after: 161) == [kept])
        #expect(try ids(after: 1 << 40) == [kept])
    }
}
