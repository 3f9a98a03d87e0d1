import SandboxPolicy

extension ObservedCalls {
    /// Why an earlier policy cannot be merged, as a sentence.
    struct MergeFailure: Error, Equatable, Sendable, CustomStringConvertible {
        let description: String
    }

    /// Adds what an earlier policy was learnt from.
    ///
    /// Its rules with evidence join those that are learnt now. Rules without evidence, which people
    /// wrote, stay as they are. Counts add up: an image that both runs had counts twice.
    mutating func merge(_ document: PolicyDocument) throws(MergeFailure) {
        let path = document.path
        guard let glovebox = document.glovebox else {
            throw MergeFailure(
                description: "\(path) is a bare profile. Only policies of Glovebox are merged.")
        }
        guard glovebox.root == root else {
            throw MergeFailure(
                description: "The children of \(path) have the root '\(glovebox.root.name)', and "
                    + "these have '\(root.name)'. Merge policies of one root only.")
        }
        guard document.profile.architectures.contains(architecture) else {
            throw MergeFailure(
                description: "\(path) does not cover \(architecture.label). Merge policies that "
                    + "were learnt on this architecture.")
        }
        let errors = document.diagnostics.filter { $0.severity == .error }
        guard errors.isEmpty else {
            throw MergeFailure(description: PolicyError(diagnostics: errors).description)
        }
        for rule in document.rules(for: architecture).rules {
            if rule.comment.map(LearntComment.isUnseen) == true { continue }
            guard let entry = entry(of: rule) else {
                if rule.action.permits, let objection = objection(to: rule) {
                    throw MergeFailure(
                        description: "\(rule.file ?? path):\(rule.position.line) cannot be merged: "
                            + "\(objection).")
                }
                keep(rule)
                continue
            }
            let objection = entry.errno == nil ? objection(to: entry.pattern) : nil
            if let objection {
                throw MergeFailure(
                    description: "\(rule.file ?? path):\(rule.position.line) cannot be merged: "
                        + "\(objection).")
            }
            guard enter(entry) else {
                throw MergeFailure(
                    description: "\(path) has more than \(Self.mostPatterns) rules for "
                        + "'\(entry.pattern.name)'. Join some of them by masks.")
            }
        }
        cover(glovebox.formats)
    }

    /// A rule as learning writes it; nil for one that people wrote or changed.
    private func entry(of rule: SyscallRule) -> Entry? {
        guard rule.names.count == 1, let comment = rule.comment,
            let evidence = Evidence(parsing: comment),
            let call = SyscallCatalogue.entry(rule.names[0].text),
            let pattern = CallPattern(rule.conditions, of: call)
        else { return nil }
        let errno: UInt16?
        switch rule.action {
        case .allow: errno = nil
        case .errno(let code): errno = code
        default: return nil
        }
        return Entry(
            pattern: pattern, errno: errno, earlier: evidence,
            words: (pattern, String(comment.dropLast(evidence.text.count))))
    }
}
