extension KeyDesk {
    /// Why an order is not carried out.
    enum Refusal: Error, Equatable, Sendable {
        /// It cannot be, whoever asks: a sentence.
        case impossible(String)
        /// The store does not work: a sentence.
        case store(String)

        var text: String {
            switch self {
            case .impossible(let text), .store(let text): text
            }
        }
    }

    /// What the configuration says of keys.
    struct Rules: Sendable {
        var declared = DeclaredKeys()
        /// The presets that there are.
        var presets: Set<String> = []
        /// The age at which a key ought to be changed; zero for none.
        var oldest = Duration.zero
        /// The pairs that URLs are signed with.
        var pairs: [URLSignature.Pair] = []
        /// How long it is kept in the store that a key was revoked or has expired.
        var kept = AuditWriter.Limits().keep

        init() {}

        init(_ configuration: ServiceConfiguration) {
            declared = configuration.keys
            presets = Set(configuration.options.presets.map(\.name))
            oldest = configuration.keysMaxAge
            pairs = configuration.signing.signature.pairs
            kept = configuration.auditLog.keep
        }
    }
}
