import SandboxPolicy

/// Everything there is to say about a policy file before anything runs by it.
///
/// Pure: what it needs of a file is in the document. An error means that the file is not served.
enum PolicyLinter {
    /// One look at a policy, for one kind of defect.
    typealias Check = @Sendable (LintSubject) -> [PolicyDiagnostic]

    private static let checks: [Check] = [
        DefaultActionCheck.run, ArchitectureCheck.run, FormatCheck.run, LimitCheck.run,
        GrantCheck.run, ExecutableMemoryCheck.run, ProcessCreationCheck.run, FileAccessCheck.run,
        NeededCallCheck.run, ActionCheck.run, ConditionCheck.run, UpperHalfCheck.run,
        ConflictCheck.run, ShadowCheck.run, ReasonCheck.run,
    ]

    /// What reading found and what the checks find, in the order of the files.
    ///
    /// - Parameter kernel: The one that rules with `minKernel` are decided for.
    static func lint(
        _ document: PolicyDocument, kernel: KernelVersion = .running
    ) -> [PolicyDiagnostic] {
        let subject = LintSubject(document, kernel: kernel)
        var all = document.diagnostics + checks.flatMap { $0(subject) }
        // No program is made of rules that nobody can honour.
        if !all.contains(where: { $0.severity == .error }) { all += ProgramSizeCheck.run(subject) }
        var seen: Set<String> = []
        return all.filter {
            seen.insert("\($0.check) \($0.file) \($0.position) \($0.what)").inserted
        }
        .sortedByPlace()
    }
}

extension [PolicyDiagnostic] {
    /// By file and position; what concerns one place stays in the order it was found in.
    func sortedByPlace() -> [PolicyDiagnostic] {
        enumerated().sorted { one, other in
            (one.element.file, one.element.position, one.offset)
                < (other.element.file, other.element.position, other.offset)
        }.map(\.element)
    }
}
