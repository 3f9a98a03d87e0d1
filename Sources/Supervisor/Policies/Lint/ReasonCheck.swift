import SandboxPolicy

/// Rules that do not say what needs them: nobody can take such a rule away again.
enum ReasonCheck {
    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        // A rule that must have a reason is told about where the danger is.
        let told = Set(
            GrantCheck.grants(of: subject).filter { !$0.breaksPromise }.map {
                LintSubject.Place($0.rule)
            })
        return subject.rules.filter { entry in
            !entry.rule.hasReason && !told.contains(LintSubject.Place(entry.rule))
        }.map { entry in
            subject.diagnostic(
                .warning, .missingReason, entry.rule,
                "the rule for \(entry.rule.names.map(\.text).shortList) does not say what needs it",
                "add a comment that names the code path")
        }
    }
}

extension SyscallRule {
    /// Whether its author wrote down why it is there.
    var hasReason: Bool { comment?.contains { $0.isLetter } == true }
}
