import RequestSyntax
import Synchronization

/// Makes, changes and lists keys: for commands and for the admin listener alike.
///
/// Calls block on the file system. What they change is in the ring when they return.
final class KeyDesk: Sendable {
    let ring: KeyRing
    private let store: KeyStore?
    private let audit: any AuditTrail
    private let rules: Mutex<Rules>
    /// One order at a time, so that the ring has what the store has; and whether it may not have it.
    private let turn = Mutex(false)

    /// - Parameter store: nil where there is no state directory.
    /// - Throws: where the store cannot be used, or has the id of a declared key.
    init(_ store: KeyStore?, rules: Rules, audit: any AuditTrail) throws(KeyStore.Failure) {
        self.store = store
        self.audit = audit
        self.rules = Mutex(rules)
        ring = store.map { KeyRing(pepper: $0.pepper) } ?? KeyRing()
        ring.replace(declared: rules.declared.entries)
        try read()
        try check(rules.declared)
    }

    /// Puts other rules in force. Check them before.
    func change(_ rules: Rules) {
        self.rules.withLock { $0 = rules }
        ring.replace(declared: rules.declared.entries)
    }

    /// Refuses declared keys with ids of the store: one could be revoked and the other go on.
    func check(_ declared: DeclaredKeys) throws(KeyStore.Failure) {
        guard let store, !declared.entries.isEmpty else { return }
        try declared.check(against: try store.records())
    }

    /// Whether the ring may lack what the store has.
    var isStale: Bool { turn.withLock { $0 } }

    /// Reads the keys of the store anew.
    func load() throws(KeyStore.Failure) {
        // Or what was read before a change would take its place.
        let result = turn.withLock { isStale in
            Result<Void, KeyStore.Failure> { () throws(KeyStore.Failure) in
                try read()
                isStale = false
            }
        }
        try result.get()
    }

    /// Removes keys from the store that have ended for longer than the rules say.
    ///
    /// - Parameter now: seconds since 1970.
    func removeOld(now: Int64) throws(KeyStore.Failure) {
        let kept = rules.withLock { $0.kept }
        try store?.remove(endedBefore: now - Time.milliseconds(kept) / 1_000)
    }

    /// In its turn.
    private func read() throws(KeyStore.Failure) {
        guard let store else { return }
        let records = try store.records()
        ring.replace(
            stored: records.filter { $0.revoked == nil }.map(\.entry),
            revoked: records.filter { $0.revoked != nil }.map(\.entry))
    }

    /// See ``KeyStore/version()``.
    func version() throws(KeyStore.Failure) -> Int { try store?.version() ?? 0 }

    /// Writes the last uses.
    func writeUses() throws(KeyStore.Failure) {
        guard let store else { return }
        let uses = ring.takeUses()
        guard !uses.isEmpty else { return }
        do throws(KeyStore.Failure) {
            try store.use(uses)
        } catch {
            for (id, time) in uses { ring.use(id, now: time) }
            throw error
        }
    }

    // MARK: Orders

    /// - Parameter now: seconds since 1970.
    func carryOut(
        _ order: KeyOrder, by actor: AuditEvent.Actor, now: Int64
    ) throws(Refusal) -> KeyAnswer {
        let result = turn.withLock { isStale -> Result<KeyAnswer, Refusal> in
            do throws(Refusal) {
                switch order {
                case .create(let terms, let count):
                    return .success(try create(terms, count, actor, now))
                case .rotate(let reference, let grace):
                    return .success(try rotate(reference, grace, actor, now))
                case .revoke(let reference): return .success(try revoke(reference, actor, now))
                }
            } catch {
                // Perhaps it was written all the same.
                if case .store = error { isStale = true }
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func create(
        _ terms: KeyTerms, _ count: Int, _ actor: AuditEvent.Actor, _ now: Int64
    ) throws(Refusal) -> KeyAnswer {
        let store = try openStore
        var records: [KeyRecord] = []
        var texts: [APIKeyText] = []
        var generator = SystemRandomNumberGenerator()
        for number in 1...count {
            let text = APIKeyText(terms.kind, using: &generator)
            var key = terms.key(id: Self.newID(), created: now)
            if count > 1, !key.name.isEmpty { key.name += "-\(number)" }
            texts.append(text)
            records.append(
                KeyRecord(
                    entry: .init(key: key, code: KeyCode(of: text, keyedWith: store.pepper)),
                    changed: now))
        }
        guard let last = records.last, KeyTerms.isName(last.key.name) else {
            throw .impossible("The name is too long to be numbered. Write a shorter one.")
        }
        try stored { () throws(KeyStore.Failure) in try store.add(records) }
        for record in records { self.record(.keyCreated, record.key, actor) }
        ring.put(stored: records.map(\.entry))
        var answer = KeyAnswer(keys: [])
        for (record, text) in zip(records, texts) {
            var report = KeyReport(record, now: now)
            report.key = text.text
            answer.keys.append(report)
        }
        answer.warnings = warnings(of: terms)
        return answer
    }

    private func rotate(
        _ reference: String, _ grace: Duration, _ actor: AuditEvent.Actor, _ now: Int64
    ) throws(Refusal) -> KeyAnswer {
        let store = try openStore
        let old = try record(reference, in: store)
        if let expires = old.key.expires, expires <= now {
            throw .impossible("\(old.key.id) has expired. Make another key.")
        }
        var generator = SystemRandomNumberGenerator()
        let text = APIKeyText(KeyTerms(old.key).kind, using: &generator)
        var new = old
        new.entry.code = KeyCode(of: text, keyedWith: store.pepper)
        // Without grace it is not accepted either, and still known.
        new.entry.old = (old.entry.code, now + Time.milliseconds(grace) / 1_000)
        new.changed = now
        try replace(old, with: new, in: store)
        record(.keyRotated, new.key, actor, [("grace", .string(Time.text(grace)))])
        ring.put(stored: [new.entry])
        var report = KeyReport(new, now: now)
        report.key = text.text
        guard let until = old.entry.old?.until, until > now else {
            return KeyAnswer(keys: [report])
        }
        let warning =
            "The text of before the last rotation, which was to be accepted until "
            + "\(KeyTerms.time(until)), is not accepted any more: only the last one before this is."
        return KeyAnswer(keys: [report], warnings: [warning])
    }

    private func revoke(
        _ reference: String, _ actor: AuditEvent.Actor, _ now: Int64
    ) throws(Refusal) -> KeyAnswer {
        let store = try openStore
        let old = try record(reference, in: store)
        var new = old
        new.revoked = now
        new.entry.old = nil
        try replace(old, with: new, in: store)
        record(.keyRevoked, new.key, actor)
        ring.put(stored: [], revoked: [new.entry])
        return KeyAnswer(keys: [KeyReport(new, now: now)])
    }

    private func replace(
        _ old: KeyRecord, with new: KeyRecord, in store: KeyStore
    ) throws(Refusal) {
        let isDone = try stored { () throws(KeyStore.Failure) in
            try store.replace(old, with: new)
        }
        guard isDone else {
            throw .impossible("\(old.key.id) was changed at the same time. Try again.")
        }
    }

    // MARK: What there is

    /// All keys, or those of an id or a name, with warnings about what is too old.
    func list(_ reference: String?, now: Int64) throws(Refusal) -> KeyAnswer {
        let rules = rules.withLock { $0 }
        let records = try stored { () throws(KeyStore.Failure) in try store?.records() ?? [] }
        var keys =
            records.map { KeyReport($0, now: now) }
            + rules.declared.entries.map {
                KeyReport(declared: $0.key, used: ring.lastUse(of: $0.key.id), now: now)
            }
        if let reference {
            let byID = keys.filter { $0.id == reference }
            keys = byID.isEmpty ? keys.filter { $0.name == reference } : byID
            guard !reference.isEmpty, !keys.isEmpty else { throw Self.unknown(reference) }
        }
        let ages = try stored { () throws(KeyStore.Failure) in
            try KeyAges(rules, store, now: now).warnings(of: keys, withPairs: reference == nil)
        }
        return KeyAnswer(keys: keys, warnings: ages)
    }

    /// A key of the store that is not revoked.
    private func record(
        _ reference: String, in store: KeyStore
    ) throws(Refusal) -> KeyRecord {
        let all = try stored { () throws(KeyStore.Failure) in try store.records() }
        let found = all.filter { $0.key.id == reference }
        if let record = found.first {
            guard record.revoked == nil else {
                throw .impossible("\(record.key.id) is revoked already, for good.")
            }
            return record
        }
        let named = all.filter {
            $0.key.name == reference && $0.revoked == nil && !reference.isEmpty
        }
        guard named.count <= 1 else {
            let ids = named.map(\.key.id).joined(separator: ", ")
            throw .impossible("Several keys have this name. Write the id of one: \(ids).")
        }
        if let record = named.first { return record }
        let isDeclared = rules.withLock { rules in
            rules.declared.entries.contains {
                $0.key.id == reference || $0.key.name == reference
            }
        }
        guard !isDeclared else {
            throw .impossible(
                "\(reference) is declared in the configuration. Change it there, and reload.")
        }
        throw Self.unknown(reference)
    }

    static func unknown(_ reference: String) -> Refusal {
        .impossible(
            "There is no key \(ConfigurationProblem.quoted(reference)). "
                + "'glovebox keys list' shows those that there are.")
    }

    private var openStore: KeyStore {
        get throws(Refusal) {
            if let store { return store }
            throw .impossible(
                "Without a state directory no keys are kept. Name one with --state, or declare "
                    + "keys with the setting keys.")
        }
    }

    private func stored<Value>(
        _ work: () throws(KeyStore.Failure) -> Value
    ) throws(Refusal) -> Value {
        do throws(KeyStore.Failure) {
            return try work()
        } catch {
            throw .store(error.text)
        }
    }

    private func warnings(of terms: KeyTerms) -> [String] {
        let known = rules.withLock { $0.presets }
        return terms.presets.subtracting(known).sorted().map {
            "There is no preset \($0) in the configuration; until there is, nobody can ask for it."
        }
    }

    private func record(
        _ action: AuditEvent.Action, _ key: APIKey, _ actor: AuditEvent.Actor,
        _ more: [(name: String, value: JSONValue)] = []
    ) {
        audit.record(
            AuditEvent(action, by: actor, on: key.id, fields: key.auditFields + more))
    }

    /// Names a key in logs: 60 bits, of letters that are not taken for each other.
    static func newID() -> String {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return "k-"
            + String((0..<12).map { _ in letters[Int.random(in: 0..<32, using: &generator)] })
    }
}
