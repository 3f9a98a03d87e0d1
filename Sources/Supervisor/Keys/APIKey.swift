/// A key that clients send, without what is secret about it: what it permits, to whom and how much.
struct APIKey: Equatable, Sendable {
    /// Names it in logs, records and commands: nothing that has to be kept secret.
    let id: String
    /// For people; any printable text.
    var name: String
    var scopes: Set<KeyScope>
    var limits = KeyLimits()
    /// Where it may be sent from; empty for anywhere.
    var networks: [NetworkBlock] = []
    /// The only presets that it may name; empty for all.
    var presets: Set<String> = []
    /// Seconds since 1970; nil where a declaration does not say.
    var created: Int64?
    /// Seconds since 1970; nil for never.
    var expires: Int64?

    /// Whether requests with it name presets and nothing else.
    var isForPresets: Bool { !scopes.contains(.process) || !presets.isEmpty }

    /// Whether it permits something. Admin keys permit all that the admin listener does.
    func permits(_ scope: KeyScope) -> Bool {
        switch scope {
        case .process: scopes.contains(.process) || scopes.contains(.presets)
        case .adminRead: scopes.contains(.adminRead) || scopes.contains(.admin)
        case .metrics:
            scopes.contains(.metrics) || scopes.contains(.adminRead) || scopes.contains(.admin)
        case .info, .sources, .presets, .admin: scopes.contains(scope)
        }
    }

    /// Whether it may be sent from an address; one that is not known is none that it names.
    func admits(_ address: NetworkAddress?) -> Bool {
        guard !networks.isEmpty else { return true }
        return address.map { networks.cover($0) } ?? false
    }
}

/// How much may be done with a key; nil for any amount.
struct KeyLimits: Equatable, Sendable {
    /// Requests.
    var rate: Rate?
    /// Requests at the same time.
    var concurrent: Int?
    /// Bytes of inputs and results within a day of UTC.
    var dailyBytes: Int?
}
