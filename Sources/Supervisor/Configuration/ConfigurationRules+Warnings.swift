import RequestSyntax

/// What serves, and is hardly meant.
extension ConfigurationRules {
    /// Whole sentences behind the names of settings; for a configuration without problems.
    var warnings: [String] {
        [
            openAdministration, unsignedService, bucketsWithoutKeys,
            endpointWithoutKeys, trustOfAll,
        ]
        .compactMap { $0 } + weaknesses + unreachedPorts + unknownPresets + expiredKeys
    }

    func warning(_ key: String, _ text: String) -> String {
        "\(configuration.origin(of: key).label): \(text)"
    }

    private var openAdministration: String? {
        guard let admin = configuration.adminListen, !admin.isLoopback, !configuration.dev else {
            return nil
        }
        return warning(
            "admin_listen",
            "operators' commands at \(admin.text) can be reached from other machines, and the "
                + "admin key travels unencrypted. Put TLS in front, or listen on loopback.")
    }

    private var unsignedService: String? {
        guard !configuration.dev, configuration.signing.keys.values.isEmpty,
            configuration.keys.entries.isEmpty
        else { return nil }
        return warning(
            "key",
            "there is none, so no signed URL is answered, and clients need keys. Make a pair with "
                + "'glovebox sign --new-pair' and set GLOVEBOX_KEY and GLOVEBOX_SALT, or make a key "
                + "with 'glovebox keys create'. To try things out, start with --dev.")
    }

    private var bucketsWithoutKeys: String? {
        let patterns = configuration.sources.allowed.patterns
        guard configuration.s3.keys == nil,
            let pattern = patterns.first(where: { $0.scheme == "s3" })
        else { return nil }
        return warning(
            "sources.allowed",
            "\(ConfigurationProblem.quoted(pattern.description)) is never read without "
                + "s3.access_key and s3.secret_key. Set both, or remove it.")
    }

    private var endpointWithoutKeys: String? {
        guard configuration.s3.endpoint != nil, configuration.s3.keys == nil else { return nil }
        return warning(
            "s3.endpoint",
            "it is never asked without s3.access_key and s3.secret_key. Set both, or remove it.")
    }

    /// One for each declared key that names presets which are not there.
    private var unknownPresets: [String] {
        let known = Set(configuration.options.presets.map(\.name))
        return configuration.keys.entries.compactMap { entry in
            let missing = entry.key.presets.subtracting(known).sorted()
            guard !missing.isEmpty else { return nil }
            return warning(
                "keys",
                "\(entry.key.id) may name presets that are not there: "
                    + "\(missing.joined(separator: ", ")). Add them to options.presets.")
        }
    }

    /// One for each declared key that is not accepted any more.
    private var expiredKeys: [String] {
        configuration.keys.entries.compactMap { entry in
            guard let expires = entry.key.expires, expires <= RequestPath.now else { return nil }
            return warning(
                "keys",
                "\(entry.key.id) has expired at \(KeyTerms.time(expires)). Take it out, or declare "
                    + "another.")
        }
    }

    /// One for each port that patterns name in vain.
    private var unreachedPorts: [String] {
        var reached: Set<UInt16> = [80, 443]
        reached.formUnion(configuration.sources.ports)
        var warnings: [String] = []
        for pattern in configuration.sources.allowed.patterns where pattern.scheme != "s3" {
            guard let port = pattern.port, reached.insert(port).inserted else { continue }
            warnings.append(
                warning(
                    "sources.allowed",
                    "\(ConfigurationProblem.quoted(pattern.description)) is never reached at port "
                        + "\(port). Add \(port) to sources.ports, or remove it."))
        }
        return warnings
    }
}
