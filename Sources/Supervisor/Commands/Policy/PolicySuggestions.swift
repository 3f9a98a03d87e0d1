import NIOCore
import SandboxPolicy

/// What becomes of one policy by the calls that its children ended by.
struct PolicySuggestions: Sendable {
    /// One call, and what to do about it.
    struct Item: Sendable {
        let reported: ReportedCalls.Reported
        let suggestion: RuleSuggestion
        /// Why the file itself is not changed; nil where it is, or needs no change.
        let refusal: PolicyInsertion.Refusal?
        /// The new lines of the file.
        let added: [String]
        /// What the rule changes; nil where there is no rule.
        let differences: PolicyDifferences?

        /// Whether the call no longer ends a child, once the file is written.
        var isSolved: Bool {
            switch suggestion.verdict {
            case .alreadyDecided: true
            case .permit, .answer: refusal == nil
            case .doNotPermit: false
            }
        }
    }

    let path: String
    let items: [Item]
    /// The file as it was.
    let before: [UInt8]
    /// The file with every rule that could be put into it.
    let after: [UInt8]

    var isSolved: Bool { items.allSatisfy(\.isSolved) }
    var isChanged: Bool { before != after }

    /// Each call is judged by the policy with the rules for the calls before it.
    init(
        _ calls: [ReportedCalls.Reported], path: String
    ) throws(CommandFailure) {
        self.path = path
        do throws(PolicyError) {
            before = try PolicyReader.bytes(path: path)
        } catch {
            throw .failed(error.description)
        }
        // Refuses what would mean something else than was read of it.
        var document = try PolicyInput(path, orEnd: .failed).document
        var bytes = before
        var items: [Item] = []
        for call in calls {
            let suggestion = RuleSuggestion(
                call.record.call, for: document, origin: call.origin)
            guard let rule = suggestion.rule, let outcome = suggestion.outcome else {
                items.append(
                    Item(
                        reported: call, suggestion: suggestion, refusal: nil, added: [],
                        differences: nil))
                continue
            }
            let old = PolicyInput(document: document, bytes: bytes)
            var refusal: PolicyInsertion.Refusal?
            var added: [String] = []
            do throws(PolicyInsertion.Refusal) {
                let insertion = try PolicyInsertion(rule, into: bytes, of: document)
                (document, bytes, added) = (insertion.document, insertion.bytes, insertion.added)
            } catch {
                refusal = error
                document = outcome
            }
            let new = PolicyInput(document: document, bytes: bytes)
            items.append(
                Item(
                    reported: call, suggestion: suggestion, refusal: refusal, added: added,
                    differences: try PolicyDifferences(comparing: old, new, orEnd: .failed)))
        }
        self.items = items
        after = bytes
    }
}

extension PolicyInput {
    fileprivate init(document: PolicyDocument, bytes: [UInt8]) {
        self.init(document: document, sha256: InputDigest.hex(of: ByteBuffer(bytes: bytes)))
    }
}
