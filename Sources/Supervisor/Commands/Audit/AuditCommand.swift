import ArgumentParser

/// `glovebox audit`
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Shows and verifies the log of who did what to the service.",
        discussion: """
            The log is in the folder audit of the state directory; docs/audit-log.md describes it, \
            and how to verify it without this program.
            """,
        subcommands: [AuditShowCommand.self, AuditVerifyCommand.self])
}
