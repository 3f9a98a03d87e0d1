import RequestSyntax

/// Who asks for something, and by which right.
struct Caller: Sendable {
    /// Why a request is answered.
    enum Right: Sendable {
        /// The route asks nobody, or finds out by itself.
        case open
        /// The service was started with --dev.
        case development
        /// The request as a whole is signed.
        case signature
        case key(APIKey)
    }

    let sender: Sender
    let right: Right

    /// Whom limits count for: a key wherever it is sent from, else the client's address.
    enum Party: Hashable, Sendable {
        case key(String)
        /// nil for an address that is not known.
        case address(AddressBlock?)
    }

    var party: Party {
        if case .key(let key) = right { .key(key.id) } else { .address(sender.block) }
    }

    var key: APIKey? {
        if case .key(let key) = right { key } else { nil }
    }

    func may(_ scope: KeyScope) -> Bool {
        switch right {
        case .development: true
        case .open: false
        // Whoever signed it named everything in it.
        case .signature: [.process, .info, .sources].contains(scope)
        case .key(let key): key.permits(scope)
        }
    }

    /// The rules that its options are read under.
    func narrowed(_ rules: OptionRules) -> OptionRules {
        guard let key, key.isForPresets else { return rules }
        var rules = rules
        rules.onlyPresets = true
        rules.needsPreset = true
        if !key.presets.isEmpty { rules.nameable = key.presets }
        return rules
    }
}
