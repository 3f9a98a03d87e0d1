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
                // It says so itself, and such a machine refuses it.
                .note, .architecture, at: place,
                "the policy does not cover \(architecture.rawValue), so no such machine serves it",
                "add \(architecture.rawValue) to linux.seccomp.architectures")
        }
    }

    /// One diagnostic a rule and a set of architectures: profiles for many machines have many names.
    private static func names(_ subject: LintSubject) -> [PolicyDiagnostic] {
        subject.rules.flatMap { entry in
            var groups: [(lacking: [SeccompArchitecture], names: [String])] = []
            for name in entry.rule.names {
                let lacking = entry.architectures.filter { isMissing(name.text, on: $0) }
                if lacking.isEmpty { continue }
                if let index = groups.firstIndex(where: { $0.lacking == lacking }) {
                    groups[index].names.append(name.text)
                } else {
                    groups.append((lacking, [name.text]))
                }
            }
            return groups.compactMap { describe($0.names, $0.lacking, entry, subject) }
        }
    }

    private static func describe(
        _ names: [String], _ lacking: [SeccompArchitecture], _ entry: LintSubject.Rule,
        _ subject: LintSubject
    ) -> PolicyDiagnostic? {
        let rule = entry.rule
        let isNowhere = lacking.count == entry.architectures.count
        let what =
            "there is no \(names.shortList) on "
            + lacking.map(\.rawValue).joined(separator: " and ")
        switch (rule.action.permits, isNowhere) {
        case (true, true):
            return subject.diagnostic(
                .note, .unknownSyscall, rule, naming: names[0], what,
                "remove it, nothing is allowed by it")
        case (true, false):
            return subject.diagnostic(
                .note, .unknownSyscall, rule, naming: names[0], what,
                "allow what that architecture has instead, where it is needed")
        case (false, true):
            return subject.diagnostic(
                .warning, .unknownSyscall, rule, naming: names[0],
                "\(what), so nothing is denied by it", "remove it, or name the call that was meant")
        // A call that an architecture lacks need not be answered there.
        case (false, false): return nil
        }
    }

    /// Whether other architectures have a call and this one does not. What nobody has is told about
    /// when the file is read.
    private static func isMissing(_ name: String, on architecture: SeccompArchitecture) -> Bool {
        SyscallNames.lookup(name, on: architecture) == .elsewhere
    }
}

extension [String] {
    /// `'a', 'b', 'c' and 4 more`.
    var shortList: String {
        let shown = prefix(3).map { "'\($0)'" }.joined(separator: ", ")
        return count > 3 ? "\(shown) and \(count - 3) more" : shown
    }
}
