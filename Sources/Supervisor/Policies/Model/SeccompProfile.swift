import SandboxPolicy

/// The seccomp part of a file as it stands there: nothing in it is decided yet about the
/// architecture, the kernel or the capabilities of who is to be filtered.
struct SeccompProfile: Equatable, Sendable {
    /// One entry of `syscalls`, and for whom it is meant.
    struct Rule: Equatable, Sendable {
        var rule: SyscallRule
        /// Docker's `includes` and `excludes`.
        var includes = Audience()
        var excludes = Audience()
    }

    /// Whom a rule is meant for, or not: each list that is there must hold.
    struct Audience: Equatable, Sendable {
        /// Capabilities such as `CAP_SYS_ADMIN`. A child has none.
        var capabilities: [String] = []
        /// The architectures it names, nil where it names none. Those that no child can have are
        /// not among them.
        var architectures: [SeccompArchitecture]?
        var minimumKernel: KernelVersion?
    }

    var defaultAction: SeccompAction
    /// Where the file names it.
    var defaultPosition: SourcePosition
    /// Those that children can have.
    var architectures: [SeccompArchitecture]
    var rules: [Rule]

    /// What of it concerns a child without capabilities on an architecture and a kernel.
    func rules(for architecture: SeccompArchitecture, kernel: KernelVersion) -> SeccompRules {
        SeccompRules(
            defaultAction: defaultAction, architectures: architectures,
            rules: rules.filter { entry in
                entry.includes.admits(architecture, kernel)
                    && !entry.excludes.excludes(architecture, kernel)
            }.map(\.rule))
    }
}

extension SeccompProfile.Audience {
    fileprivate func admits(_ architecture: SeccompArchitecture, _ kernel: KernelVersion) -> Bool {
        capabilities.isEmpty && architectures?.contains(architecture) != false
            && minimumKernel.map { kernel >= $0 } != false
    }

    fileprivate func excludes(
        _ architecture: SeccompArchitecture, _ kernel: KernelVersion
    ) -> Bool {
        architectures?.contains(architecture) == true || minimumKernel.map { kernel >= $0 } == true
    }
}
