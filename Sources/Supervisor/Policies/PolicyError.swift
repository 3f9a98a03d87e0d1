import SandboxPolicy

/// A policy that cannot be served, and everything that is wrong with it.
struct PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// At least one error, in the order of the file; warnings may stand between them.
    let diagnostics: [PolicyDiagnostic]

    /// One diagnostic a line.
    var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}
