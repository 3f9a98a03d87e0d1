import SandboxPolicy

/// Actions that do not do what people write them for.
enum ActionCheck {
    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        subject.rules.compactMap { entry in
            let rule = entry.rule
            // What equals the default action is told about there.
            guard rule.action != subject.defaultAction, let flaw = flaw(of: rule.action) else {
                return nil
            }
            return PolicyDiagnostic(
                flaw.severity, .unfitAction, file: rule.file ?? subject.document.path,
                at: rule.actionPosition ?? rule.position, what: flaw.what, hint: flaw.hint)
        }
    }

    private static func flaw(
        of action: SeccompAction
    ) -> (severity: PolicyDiagnostic.Severity, what: String, hint: String)? {
        switch action {
        case .killThread:
            (
                .error,
                "SCMP_ACT_KILL_THREAD ends one thread, and the others wait for it until the "
                    + "deadline",
                "write SCMP_ACT_KILL_PROCESS, or SCMP_ACT_NOTIFY for a record of the call"
            )
        case .trap:
            (
                .warning,
                "SCMP_ACT_TRAP raises SIGSYS, which leaves no record of the call and can be "
                    + "handled",
                "write SCMP_ACT_NOTIFY"
            )
        case .log:
            (
                .warning,
                "SCMP_ACT_LOG carries the call out, and its line in the audit log may be dropped",
                "write SCMP_ACT_ALLOW if the call is needed, else SCMP_ACT_NOTIFY"
            )
        // SCMP_ACT_TRACE is refused when the file is read.
        case .allow, .errno, .notify, .killProcess, .trace: nil
        }
    }
}
