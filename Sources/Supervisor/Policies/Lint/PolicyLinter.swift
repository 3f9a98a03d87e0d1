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
        var found: [PolicyDiagnostic] = []
        for diagnostic in all where !found.contains(where: { $0.isSameDefect(as: diagnostic) }) {
            found.append(diagnostic)
        }
        return found.sortedByPlace()
    }
}

extension PolicyDiagnostic {
    /// Whether a reader would take both for the same thing said twice.
    fileprivate func isSameDefect(as other: PolicyDiagnostic) -> Bool {
        file == other.file && position == other.position && check == other.check
            && what == other.what
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
