import FoundationEssentials

/// A key as commands and `/cmd/keys` tell of it: nothing that has to be kept secret, but for the text of
/// one that was just made.
struct KeyReport: Decodable, Equatable, Sendable {
    enum State: String, Decodable, Sendable {
        case active
        /// Its text was changed, and the one before it is still accepted.
        case rotating
        case expired
        case revoked
    }

    enum Source: String, Decodable, Sendable {
        /// It was made here, and can be changed here.
        case store
        /// It is in the configuration.
        case declared
    }

    let id: String
    /// Only where it was just made.
    var key: String?
    let name: String
    let state: State
    let source: Source
    let scopes: [String]
    let rate: String?
    let concurrent: Int?
    let dailyBytes: Int?
    let allow: [String]
    let presets: [String]
    /// Times are RFC 3339 in UTC.
    let created: String?
    /// When its text was made.
    let changed: String?
    /// Of its text, in whole days.
    let ageDays: Int?
    let expires: String?
    let lastUsed: String?
    let revoked: String?
    /// Until when the text before the last change is accepted.
    let oldUntil: String?

    enum CodingKeys: String, CodingKey {
        case id, key, name, state, source, scopes, rate, concurrent, allow, presets, created
        case changed, expires, revoked
        case dailyBytes = "daily_bytes"
        case ageDays = "age_days"
        case lastUsed = "last_used"
        case oldUntil = "old_until"
    }

    /// - Parameter now: seconds since 1970.
    init(_ record: KeyRecord, now: Int64) {
        let old = record.entry.old.flatMap { $0.until > now ? $0.until : nil }
        self.init(
            record.key, .store, changed: record.changed, used: record.used,
            revoked: record.revoked, oldUntil: old, now: now)
    }

    /// - Parameter used: as far as this process knows, in seconds since 1970.
    init(declared key: APIKey, used: Int64? = nil, now: Int64) {
        self.init(key, .declared, changed: key.created, used: used, now: now)
    }

    private init(
        _ key: APIKey, _ source: Source, changed: Int64?, used: Int64? = nil,
        revoked: Int64? = nil, oldUntil: Int64? = nil, now: Int64
    ) {
        id = key.id
        name = key.name
        self.source = source
        state =
            if revoked != nil {
                .revoked
            } else if let expires = key.expires, expires <= now {
                .expired
            } else {
                oldUntil == nil ? .active : .rotating
            }
        scopes = KeyTerms(key).scopeNames
        rate = key.limits.rate?.description
        concurrent = key.limits.concurrent
        dailyBytes = key.limits.dailyBytes
        allow = key.networks.map(\.description)
        presets = key.presets.sorted()
        created = key.created.map(KeyTerms.time)
        self.changed = changed.map(KeyTerms.time)
        ageDays = changed.map { Int(max(0, now - $0) / 86_400) }
        expires = key.expires.map(KeyTerms.time)
        lastUsed = used.map(KeyTerms.time)
        self.revoked = revoked.map(KeyTerms.time)
        self.oldUntil = oldUntil.map(KeyTerms.time)
    }

    var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
        return .object(
            [("id", .string(id))] + (key.map { [("key", .string($0))] } ?? []) + [
                ("name", .string(name)), ("state", .string(state.rawValue)),
                ("source", .string(source.rawValue)), ("scopes", .names(scopes)),
                ("rate", text(rate)), ("concurrent", number(concurrent)),
                ("daily_bytes", number(dailyBytes)), ("allow", .names(allow)),
                ("presets", .names(presets)), ("created", text(created)),
                ("changed", text(changed)), ("age_days", number(ageDays)),
                ("expires", text(expires)), ("last_used", text(lastUsed)),
                ("revoked", text(revoked)), ("old_until", text(oldUntil)),
            ] as [(String, JSONValue)])
    }
}

/// What an order about keys came to.
struct KeyAnswer: Decodable, Equatable, Sendable {
    var keys: [KeyReport]
    /// What works, and should not stay as it is.
    var warnings: [String] = []

    var json: JSONValue {
        .object([("keys", .array(keys.map(\.json))), ("warnings", .names(warnings))])
    }
}
