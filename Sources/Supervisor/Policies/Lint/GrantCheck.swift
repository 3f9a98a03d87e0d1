import SandboxPolicy

/// Calls that give somebody who has taken a decoder over more than computing.
enum GrantCheck {
    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        subject.permittedNames().compactMap { rule, name in
            guard let grant = grant(of: name.text, by: rule, subject) else { return nil }
            let (severity, hint) = judge(grant, rule)
            return subject.diagnostic(
                severity, .dangerousGrant, rule, naming: name.text, "\(grant.what): \(grant.risk)",
                hint)
        }
    }

    /// Whether the rule allows something for which it has to say a reason.
    static func needsReason(_ rule: SyscallRule, _ subject: LintSubject) -> Bool {
        rule.names.contains { name in
            grant(of: name.text, by: rule, subject).map { !$0.breaksPromise } ?? false
        }
    }

    private struct Grant {
        let what: String
        let risk: String
        var breaksPromise = false
        var remedy: String
    }

    private static func judge(
        _ grant: Grant, _ rule: SyscallRule
    ) -> (PolicyDiagnostic.Severity, String) {
        if grant.breaksPromise || rule.hasReason {
            return (grant.breaksPromise ? .error : .warning, grant.remedy)
        }
        return (.error, "\(grant.remedy); if it is needed, say in a comment what needs it")
    }

    private static func grant(
        of name: String, by rule: SyscallRule, _ subject: LintSubject
    ) -> Grant? {
        if let promise = GrantTable.promise(brokenBy: name) {
            guard subject.carriedOut(name).contains(where: { $0.rule == rule }) else { return nil }
            return Grant(
                what: "'\(name)' is allowed", risk: promise, breaksPromise: true,
                remedy: "remove it, or answer it with SCMP_ACT_ERRNO")
        }
        if let byArgument = ArgumentGrant.all.first(where: { $0.name == name }) {
            return grant(byArgument, by: rule, subject)
        }
        guard let entry = SyscallCatalogue.entry(name), entry.exposure == .dangerous,
            !isCoveredElsewhere(name),
            subject.carriedOut(name).contains(where: { $0.rule == rule })
        else { return nil }
        return Grant(
            what: "'\(name)' is allowed", risk: entry.risk ?? entry.purpose,
            remedy: "remove it, or answer it with SCMP_ACT_ERRNO")
    }

    private static func grant(
        _ grant: ArgumentGrant, by rule: SyscallRule, _ subject: LintSubject
    ) -> Grant? {
        let remedy =
            "compare argument \(grant.index) with the one value that is needed, under the mask "
            + "0xffffffff"
        guard let value = dangerousValue(of: grant, by: rule, subject) else { return nil }
        return Grant(
            what: "'\(grant.name)' is allowed with 0x\(String(value, radix: 16)) as argument "
                + "\(grant.index)",
            risk: grant.risk, remedy: remedy)
    }

    /// A value that the rule lets through and that is not harmless; nil when all are.
    private static func dangerousValue(
        of grant: ArgumentGrant, by rule: SyscallRule, _ subject: LintSubject
    ) -> UInt32? {
        func value(where isSought: (UInt32) -> Bool) -> UInt32? {
            let found = subject.carriedOut(grant.name, index: grant.index) {
                isSought(UInt32(truncatingIfNeeded: $0))
            }
            return found.first { $0.rule == rule }.map {
                UInt32(truncatingIfNeeded: $0.call.arguments[grant.index])
            }
        }
        switch grant.harmless {
        case .these(let harmless): return value { !harmless.contains($0) }
        case .anyFixed(let refused):
            guard let first = value(where: { _ in true }) else { return nil }
            return refused.contains(first) ? first : value { $0 != first }
        }
    }

    /// Calls that checks of their own speak about.
    private static func isCoveredElsewhere(_ name: String) -> Bool {
        FileAccessCheck.covers(name)
            || ["fork", "vfork", "clone", "clone3", "personality", "shmat"].contains(name)
    }
}
