extension SettingTable {
    static let auditLog = SettingGroup(
        title: "Audit log",
        settings: [
            Setting(
                "audit_log.max_size", \.auditLog.maxSize, .size((1 << 20)...(1 << 40)),
                why: "less holds no month of a busy service, and more is no limit",
                help: "Bytes of the audit log, all of its files together; the oldest go first."),
            Setting(
                "audit_log.keep", \.auditLog.keep,
                .time(.seconds(86_400)...(.seconds(315_360_000))),
                why: "what was done is asked for months later, and ten years are no limit any more",
                help: "Time a file of the audit log is kept after its last line."),
            Setting(
                "audit_log.key", \.auditLogKey, .optional(.quarantineKey, none: "audit.secret"),
                standard: "the file audit.secret in the state directory", option: .none,
                isSecret: true,
                help: "The key that seals the audit log, 32 bytes in hex or base64. From another "
                    + "place than the state directory, whoever may write there cannot forge a "
                    + "line."),
        ])
}
