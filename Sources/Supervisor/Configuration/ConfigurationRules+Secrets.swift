/// Secrets that are none.
extension ConfigurationRules {
    /// What a start refuses. Under `--dev`, where examples are tried out, weak secrets are warned of.
    var secretRules: [Rule] {
        let misplaced: [Rule] = [
            (["admin_key"], misplaced("admin_key", configuration.adminKey)),
            (["signed.bearer"], misplaced("signed.bearer", configuration.signing.bearer)),
        ]
        return refusesWeakness ? misplaced + weakSecrets : misplaced
    }

    /// What weak secrets are warned of where they are not refused.
    var weaknesses: [String] {
        refusesWeakness ? [] : weakSecrets.compactMap { $0.problem?.description }
    }

    private var refusesWeakness: Bool { !configuration.dev && purpose != .command }

    private var weakSecrets: [Rule] {
        let signing = configuration.signing
        return [
            (["key"], weak("key", signing.keys)), (["salt"], weak("salt", signing.salts)),
            (["admin_key"], weak("admin_key", configuration.adminKey)),
            (["signed.bearer"], weak("signed.bearer", signing.bearer)),
            (["quarantine_key"], weak("quarantine_key", configuration.quarantineKey)),
            (["audit_log.key"], weak("audit_log.key", configuration.auditLogKey)),
        ]
    }

    private func weak(_ key: String, _ secret: QuarantineKey?) -> ConfigurationProblem? {
        guard let secret, SecretStrength.weakness(of: secret.bytes) != nil else { return nil }
        return problem(
            key, "it repeats itself or counts, and can be guessed",
            "Make another with 'head -c 32 /dev/urandom | base64'.")
    }

    private func weak(_ key: String, _ secrets: HexSecrets) -> ConfigurationProblem? {
        guard
            let weakness = secrets.values.lazy.compactMap({ SecretStrength.weakness(of: $0) })
                .first
        else { return nil }
        return problem(
            key, "\(weakness), and whoever has key and salt makes URLs",
            "Make another pair with 'glovebox sign --new-pair'.")
    }

    private func weak(_ key: String, _ secret: Secret?) -> ConfigurationProblem? {
        guard let secret, !SecretStrength.isAPIKey(secret.text),
            let weakness = SecretStrength.weakness(of: secret.text)
        else { return nil }
        return problem(
            key, weakness, "Make another with 'head -c 32 /dev/urandom | base64'.")
    }

    private func misplaced(_ key: String, _ secret: Secret?) -> ConfigurationProblem? {
        guard let secret, SecretStrength.isAPIKey(secret.text) else { return nil }
        return problem(
            key,
            "there stands an API key of 'glovebox keys create', which is known without being "
                + "configured, and is not for this",
            "Make a text of its own with 'head -c 32 /dev/urandom | base64'.")
    }
}
