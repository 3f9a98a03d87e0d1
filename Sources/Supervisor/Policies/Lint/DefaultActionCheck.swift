import SandboxPolicy

/// What happens to a call that no rule names.
enum DefaultActionCheck {
    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        guard let consequence = consequence(of: subject.defaultAction) else { return [] }
        return [
            subject.diagnostic(
                .error, .openDefault, at: subject.defaultPlace,
                "a call that no rule names \(consequence)",
                "write SCMP_ACT_NOTIFY or SCMP_ACT_KILL_PROCESS and name in rules what may pass")
        ]
    }

    /// What an unnamed call leads to; nil where it ends the child.
    private static func consequence(of action: SeccompAction) -> String? {
        switch action {
        case .notify, .killProcess: nil
        case .allow: "is carried out"
        case .log: "is carried out, with a line in the audit log"
        case .errno: "is answered with an errno, and its caller goes on to try others"
        case .trace: "is answered with ENOSYS, as nothing traces a child"
        case .trap: "raises a signal, which its caller may handle and go on"
        case .killThread: "ends one thread, and leaves the others hanging until the deadline"
        }
    }
}
