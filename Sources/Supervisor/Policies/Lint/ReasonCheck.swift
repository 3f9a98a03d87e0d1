import SandboxPolicy

/// Rules that do not say what needs them: nobody can take such a rule away again.
enum ReasonCheck {
    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        // A rule that must have a reason is told about where the danger is.
        subject.rules.filter { entry in
            !entry.rule.hasReason && !GrantCheck.needsReason(entry.rule, subject)
        }.map { entry in
            let names = entry.rule.names.map { "'\($0.text)'" }
            let shown = names.prefix(3).joined(separator: ", ")
            let rest = names.count > 3 ? " and \(names.count - 3) more" : ""
            return subject.diagnostic(
                .warning, .missingReason, entry.rule,
                "the rule for \(shown)\(rest) does not say what needs it",
                "add a comment that names the code path")
        }
    }
}

extension SyscallRule {
    /// Whether its author wrote down why it is there.
    var hasReason: Bool { comment?.contains { $0.isLetter } == true }
}
