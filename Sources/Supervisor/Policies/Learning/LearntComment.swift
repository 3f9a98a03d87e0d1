import SandboxPolicy

/// The comment of a learnt rule: what the rule is for, and then what it rests on.
enum LearntComment {
    private static let unseen = "; not seen in an image: "

    /// - Parameters:
    ///   - action: What the rule does.
    ///   - reason: Straight behind the errno's name, where the rule answers.
    static func purpose(
        of entry: SyscallEntry, _ action: SeccompAction, _ conditions: [ArgumentCondition],
        reason: String?, on architecture: SeccompArchitecture
    ) -> String {
        if case .errno(let code) = action {
            let name = ErrnoNames.name(of: code) ?? "errno \(code)"
            return name + (reason ?? " instead of what \(entry.purpose)")
        }
        if conditions.isEmpty { return entry.purpose }
        let text = ConditionText.text(conditions, of: entry, on: architecture)
        return "\(entry.purpose); \(text)"
    }

    /// Behind a purpose, for a rule that is there although no image showed it.
    static func unseen(_ why: String) -> String { unseen + why }

    /// Whether a comment is one of such a rule.
    static func isUnseen(_ comment: String) -> Bool { comment.contains(unseen) }
}
