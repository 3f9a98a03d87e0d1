import SandboxPolicy

/// The program that a policy becomes: whether there is one, how long it is, and whether it stops the
/// calls of other architectures.
enum ProgramSizeCheck {
    /// Every call of a child runs through the program, and the kernel takes four times as many.
    static let longProgram = 1_024

    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        var found: [PolicyDiagnostic] = []
        for architecture in subject.architectures {
            guard let rules = subject.decided[architecture] else { continue }
            let covering = SeccompRules(
                defaultAction: rules.defaultAction, architectures: subject.architectures,
                rules: rules.rules)
            do throws(PolicyError) {
                let filter = try PolicyCompiler.compile(
                    covering, for: architecture, path: subject.document.path)
                found += look(at: filter, for: architecture, subject)
            } catch {
                // What is wrong with the rules is mostly wrong on both.
                found += error.diagnostics.filter { one in
                    !found.contains { $0.check == one.check && $0.position == one.position }
                }
            }
        }
        return found
    }

    /// What there is to say about a program. x32 shares x86-64's AUDIT_ARCH value, and its numbers
    /// have a bit of their own.
    static func look(
        at filter: CompiledFilter, for architecture: SeccompArchitecture, _ subject: LintSubject
    ) -> [PolicyDiagnostic] {
        var found: [PolicyDiagnostic] = []
        let count = filter.instructions.count
        if count > longProgram {
            found.append(
                subject.diagnostic(
                    .warning, .programLength,
                    at: subject.defaultPlace,
                    "the program for \(architecture.rawValue) has \(count) instructions, and "
                        + "every call of a child runs through it",
                    "join rules by masks, or leave conditions out that decide nothing"))
        }
        let foreign = SeccompArchitecture.allCases.filter { $0 != architecture }.map {
            SeccompCall(0, on: $0)
        }
        let x32 = SeccompCall(0x4000_0000, on: .amd64)
        for call in architecture == .amd64 ? foreign + [x32] : foreign
        where SeccompAction(returnValue: filter.answer(to: call)) != .killProcess {
            found.append(
                subject.diagnostic(
                    .error, .architecture,
                    call == x32
                        ? "the program does not stop calls of x32"
                        : "the program does not stop calls of other architectures",
                    "report it with the file, no rule can cause this"))
        }
        return found
    }
}
