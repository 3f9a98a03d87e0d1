import SandboxPolicy

/// Rules that change nothing: as the default action, or as another rule that covers them.
enum ShadowCheck {
    /// How many rules for one call are held against each other. Shipped policies have seven.
    private static let mostRules = 200

    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        var found: [PolicyDiagnostic] = []
        for entry in subject.rules where entry.rule.action == subject.defaultAction {
            found.append(
                subject.diagnostic(
                    .warning, .shadowedRule, entry.rule,
                    "\(entry.rule.action.name) is what happens to these calls without the rule",
                    "remove the rule, or write the action that was meant"))
        }
        var byName: [String: [LintSubject.Rule]] = [:]
        for entry in subject.rules where entry.rule.action != subject.defaultAction {
            for name in entry.rule.names { byName[name.text, default: []].append(entry) }
        }
        for (name, all) in byName {
            let entries = all.prefix(mostRules)
            for (index, entry) in entries.enumerated() {
                let cover = entries.enumerated().first { other, candidate in
                    other != index && candidate.covers(entry)
                        // Of two that say the same the later one is too many.
                        && (other < index || !entry.covers(candidate))
                }
                guard let cover = cover?.element.rule else { continue }
                found.append(
                    subject.diagnostic(
                        .warning, .shadowedRule, entry.rule, naming: name,
                        "the rule in line \(cover.position.line) covers this one for '\(name)'",
                        "remove one of the two"))
            }
        }
        return found
    }
}

extension LintSubject.Rule {
    /// Whether each call that the other rule decides is decided by this one in the same way.
    fileprivate func covers(_ other: LintSubject.Rule) -> Bool {
        guard rule.action == other.rule.action,
            other.architectures.allSatisfy(architectures.contains)
        else { return false }
        return rule.conditions.allSatisfy { condition in
            other.rule.conditions.contains { $0.implies(condition) }
        }
    }
}
