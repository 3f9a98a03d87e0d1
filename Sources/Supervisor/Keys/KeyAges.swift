/// What has not been changed for longer than it should be.
struct KeyAges {
    private let rules: KeyDesk.Rules
    private let store: KeyStore?
    private let now: Int64

    /// - Parameter now: seconds since 1970.
    init(_ rules: KeyDesk.Rules, _ store: KeyStore?, now: Int64) {
        self.rules = rules
        self.store = store
        self.now = now
    }

    /// Sentences.
    ///
    /// - Parameter withPairs: whether signing pairs are told of too.
    func warnings(
        of keys: [KeyReport], withPairs: Bool
    ) throws(KeyStore.Failure) -> [String] {
        guard rules.oldest > .zero else { return [] }
        let days = Int(rules.oldest / .seconds(86_400))
        var warnings: [String] = []
        let unsaid = try firstSeen(
            rules.declared.entries.filter { $0.key.created == nil }.map {
                ($0.key.id, Array("declared".utf8) + $0.code.bytes)
            })
        for key in keys where key.state == .active || key.state == .rotating {
            let seen = key.source == .declared ? unsaid[key.id].map { age(since: $0) } : nil
            guard let age = key.ageDays ?? seen, isTooOld(days: age) else { continue }
            let name = key.name.isEmpty ? key.id : "\(key.id) (\(key.name))"
            let remedy =
                key.source == .store
                ? "Change it with 'glovebox keys rotate \(key.id)'."
                : "Declare another, and take this one away."
            warnings.append(
                "The key \(name) is \(age) days old, and keys_max_age is \(days) days. \(remedy)")
        }
        guard withPairs else { return warnings }
        let pairs = rules.pairs.enumerated().map { index, pair in
            (
                "\(index + 1)",
                Array("pair \(pair.key.count) ".utf8) + pair.key + pair.salt
            )
        }
        let first = try firstSeen(pairs)
        for (name, _) in pairs {
            guard let age = first[name].map({ age(since: $0) }), isTooOld(days: age) else {
                continue
            }
            warnings.append(
                "The pair \(name) of key and salt is in use for \(age) days, and keys_max_age is "
                    + "\(days) days. Make another with 'glovebox sign --new-pair'.")
        }
        return warnings
    }

    private func age(since first: Int64) -> Int { Int(max(0, now - first) / 86_400) }

    private func isTooOld(days: Int) -> Bool {
        .seconds(86_400) * days >= rules.oldest
    }

    private func firstSeen(
        _ things: [(name: String, bytes: [UInt8])]
    ) throws(KeyStore.Failure) -> [String: Int64] {
        guard let store, !things.isEmpty else { return [:] }
        let times = try store.firstSeen(things.map(\.bytes), now: now)
        return Dictionary(zip(things.map(\.name), times)) { first, _ in first }
    }
}

extension KeyAges {
    /// What a start with a configuration would warn of, as far as this account may read the store.
    ///
    /// - Parameter now: seconds since 1970.
    static func warnings(_ configuration: ServiceConfiguration, now: Int64) -> [String] {
        let rules = KeyDesk.Rules(configuration)
        do throws(KeyStore.Failure) {
            let store = try readable(configuration.state)
            let reports =
                try (store?.records() ?? []).map { KeyReport($0, now: now) }
                + rules.declared.entries.map { KeyReport(declared: $0.key, now: now) }
            return try KeyAges(rules, store, now: now).warnings(of: reports, withPairs: true)
        } catch {
            return [error.text]
        }
    }

    /// Refuses keys of a configuration that a start would refuse, as far as this account may read the
    /// store.
    static func check(_ configuration: ServiceConfiguration) throws(KeyStore.Failure) {
        guard let store = try? readable(configuration.state) else { return }
        try configuration.keys.check(against: try store.records())
    }

    /// nil where there is no store yet.
    private static func readable(_ folder: String) throws(KeyStore.Failure) -> KeyStore? {
        do throws(KeyStore.Failure) {
            return try KeyStore(in: folder, isReadOnly: true)
        } catch {
            if error == .missing { return nil }
            throw error
        }
    }
}
