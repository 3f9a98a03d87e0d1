import ImageVocabulary
import RequestSyntax
import WireProtocol

/// What is refused when it has killed children: an input, whatever is asked of it, or one use of it.
///
/// What was asked tells apart who dies of the image from who dies of what is made of it: any image
/// becomes too large for a child when somebody asks for that.
struct PoisonKey: Hashable, Sendable {
    /// Of the input, in lower-case hex.
    let sha256: String
    /// The operation and its options in their fixed form; nil for whatever is asked.
    let use: String?
    /// SHA-256 of the other inputs that the same child reads.
    let companions: [String]
    /// Whether the other inputs are the operator's, and for many requests.
    let hasConfiguredCompanions: Bool

    /// One use of an input.
    ///
    /// - Parameter named: whether the request names the other inputs.
    init(
        _ input: SourceBytes, _ operation: JobMessage.Operation, _ plans: [Plan],
        _ wishes: InfoWishes = [], beside companions: [SourceBytes] = [], named: Bool = true
    ) {
        sha256 = input.sha256
        self.companions = companions.map(\.sha256)
        hasConfiguredCompanions = !named
        use =
            operation == .info
            ? "info \(wishes.query)" : "process \(plans.map(\.use).joined(separator: " "))"
    }

    private init(_ sha256: String) {
        self.sha256 = sha256
        use = nil
        companions = []
        hasConfiguredCompanions = false
    }

    /// The input, whatever is asked of it.
    var anyUse: PoisonKey { PoisonKey(sha256) }

    /// What it is refused for: itself, and each of its inputs by itself. Not the operator's: whoever has
    /// the bytes of a configured watermark could have all images refused that carry it.
    var all: [PoisonKey] {
        [self, anyUse] + (hasConfiguredCompanions ? [] : companions.map { PoisonKey($0) })
    }

    /// What is to be remembered of a death: the whole input where the child was broken, and the one
    /// use of it where the child was only stopped at a limit. Of several inputs nobody knows which
    /// one broke it, and nobody may have others' images refused by putting a bad one beside them.
    func blamed(for ending: ChildEnding) -> PoisonKey {
        ending.isBreakage && companions.isEmpty ? anyUse : self
    }
}

extension Plan {
    /// Its options, and the formats that the result may have by the client's choice.
    fileprivate var use: String {
        format == nil ? "\(query) \(choice.accepted.map(\.name).joined(separator: ","))" : query
    }
}
