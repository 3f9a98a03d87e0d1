import SandboxPolicy

/// Which machines the policy is for, and which of its names those machines know.
enum ArchitectureCheck {
    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        coverage(subject) + names(subject)
    }

    private static func coverage(_ subject: LintSubject) -> [PolicyDiagnostic] {
        let covered = subject.document.profile.architectures
        let place = subject.place(of: "linux.seccomp.architectures")
        if covered.isEmpty {
            let all = SeccompArchitecture.allCases.map(\.rawValue).joined(separator: ", ")
            return [
                subject.diagnostic(
                    .error, .architecture, at: place,
                    "the policy covers no architecture that children can have",
                    "write 'architectures: [\(all)]'")
            ]
        }
        return SeccompArchitecture.allCases.filter { !covered.contains($0) }.map { architecture in
            subject.diagnostic(
                .warning, .architecture, at: place,
                "the policy does not cover \(architecture.rawValue), so no such machine serves it",
                "add \(architecture.rawValue) to linux.seccomp.architectures")
        }
    }

    private static func names(_ subject: LintSubject) -> [PolicyDiagnostic] {
        subject.rules.flatMap { entry in
            entry.rule.names.compactMap { name in
                let lacking = entry.architectures.filter { isMissing(name.text, on: $0) }
                guard !lacking.isEmpty else { return nil }
                return describe(name.text, lacking, entry, subject)
            }
        }
    }

    private static func describe(
        _ name: String, _ lacking: [SeccompArchitecture], _ entry: LintSubject.Rule,
        _ subject: LintSubject
    ) -> PolicyDiagnostic? {
        let rule = entry.rule
        let isNowhere = lacking.count == entry.architectures.count
        let list = lacking.map(\.rawValue).joined(separator: " and ")
        if rule.action.permits {
            return subject.diagnostic(
                .note, .unknownSyscall, rule, naming: name,
                "there is no '\(name)' on \(list)",
                isNowhere
                    ? "remove it, nothing is allowed by it"
                    : "nothing, if what needs it does without there")
        }
        guard isNowhere else { return nil }
        return subject.diagnostic(
            .warning, .unknownSyscall, rule, naming: name,
            "there is no '\(name)' on \(list), so nothing is denied by it",
            "remove it, or name the call that was meant")
    }

    /// Whether other architectures have a call and this one does not. What nobody has is told about
    /// when the file is read.
    private static func isMissing(_ name: String, on architecture: SeccompArchitecture) -> Bool {
        SyscallNames.lookup(name, on: architecture) == .elsewhere
    }
}
