import SandboxPolicy

/// A policy file as it was read: what every tool works on. It need not be fit to be served.
struct PolicyDocument: Sendable {
    /// The file's name without its extension.
    let name: String
    /// The path it was read from, as it was given.
    let path: String
    /// The seccomp part, that of its base included.
    let profile: SeccompProfile
    /// What stands under `x-glovebox`; nil for a bare profile.
    let glovebox: GloveboxSection?
    let resourceLimits: [ResourceLimit]
    /// What reading it found, in the order of the file. One error makes the file unfit.
    let diagnostics: [PolicyDiagnostic]

    /// Its rules for a child on an architecture, without capabilities.
    func rules(
        for architecture: SeccompArchitecture, kernel: KernelVersion = .running
    ) -> SeccompRules {
        profile.rules(for: architecture, kernel: kernel)
    }
}
