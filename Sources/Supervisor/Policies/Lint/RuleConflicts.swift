import SandboxPolicy

/// Rules that contradict each other in a way libseccomp would settle silently.
///
/// A rule without conditions makes it forget the call's other rules, and of two conditions that
/// can both hold it tests one first by an order of its own, whatever the order in the file. One such
/// overlap is settled in every case: two masked comparisons of one argument, of which one is
/// narrower than the other and has the larger result. The larger result is tested first.
extension SeccompRules {
    /// One contradiction: a name in the later rule, and the earlier rule it contradicts.
    struct Conflict: Equatable, Sendable {
        enum Kind: Equatable, Sendable {
            /// Two rules without conditions.
            case twoActions
            /// One of the two has no conditions.
            case conditionsWithoutEffect
            /// Both have conditions, and a call can meet both.
            case bothCanMatch
        }

        var kind: Kind
        var name: SyscallRule.Name
        /// The file of the later rule where it is not the policy's own.
        var file: String?
        var earlier: SourcePosition
    }

    /// All contradictions, in the order of the file.
    func conflicts() -> [Conflict] {
        var earlierRules: [String: [SyscallRule]] = [:]
        var found: [Conflict] = []
        for rule in rules {
            for name in rule.names {
                for earlier in earlierRules[name.text, default: []]
                where earlier.action != rule.action {
                    guard let kind = conflict(earlier, rule) else { continue }
                    found.append(
                        Conflict(
                            kind: kind, name: name, file: rule.file, earlier: earlier.position))
                }
                earlierRules[name.text, default: []].append(rule)
            }
        }
        return found
    }

    private func conflict(_ one: SyscallRule, _ other: SyscallRule) -> Conflict.Kind? {
        switch (one.conditions.isEmpty, other.conditions.isEmpty) {
        case (true, true): return .twoActions
        case (true, false), (false, true): return .conditionsWithoutEffect
        case (false, false): break
        }
        let exclusive = one.conditions.contains { condition in
            other.conditions.contains { $0.index == condition.index && $0.excludes(condition) }
        }
        if exclusive { return nil }
        // libseccomp has no instruction for "as the default", so such a rule cannot come first.
        if one.action == defaultAction || other.action == defaultAction { return .bothCanMatch }
        guard one.conditions.count == 1, other.conditions.count == 1 else { return .bothCanMatch }
        let (first, second) = (one.conditions[0], other.conditions[0])
        guard first.isTestedBefore(second) || second.isTestedBefore(first) else {
            return .bothCanMatch
        }
        return nil
    }
}
