import SandboxPolicy

/// Rules for one call that contradict each other.
enum ConflictCheck {
    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        var found: [PolicyDiagnostic] = []
        for architecture in subject.architectures {
            for conflict in subject.decided[architecture]?.conflicts() ?? [] {
                let diagnostic = describe(conflict, subject)
                found.append(diagnostic)
            }
        }
        return found
    }

    private static func describe(
        _ conflict: SeccompRules.Conflict, _ subject: LintSubject
    ) -> PolicyDiagnostic {
        let name = "'\(conflict.name.text)'"
        let earlier = "line \(conflict.earlier.line)"
        let (what, hint) =
            switch conflict.kind {
            case .twoActions:
                ("\(name) has another action in \(earlier)", "keep one of the two rules")
            case .conditionsWithoutEffect:
                (
                    "\(name) has a rule without args and one with args, here and in \(earlier)",
                    "give both args; for what the others leave of an int write 'value: "
                        + "0x80000000, valueTwo: 0, op: SCMP_CMP_MASKED_EQ'"
                )
            case .bothCanMatch:
                (
                    "a call of \(name) can match this rule and the one in \(earlier)",
                    "write args that exclude each other"
                )
            }
        return PolicyDiagnostic(
            .error, .contradiction, file: conflict.file ?? subject.document.path,
            at: conflict.name.position, what: what, hint: hint)
    }
}
