import RequestSyntax

/// What serves, and is hardly meant.
extension ConfigurationRules {
    /// Fewest bytes of a key that nobody tries all of.
    private static let shortestKey = 16

    /// Whole sentences behind the names of settings; for a configuration without problems.
    var warnings: [String] {
        [
            openAdministration, unsignedService, guessableKey, bucketsWithoutKeys,
            endpointWithoutKeys,
        ]
        .compactMap { $0 } + unreachedPorts
    }

    private func warning(_ key: String, _ text: String) -> String {
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
        guard !configuration.dev, configuration.signing.keys.values.isEmpty else { return nil }
        return warning(
            "key",
            "there is none, so no signed URL is answered, and clients need keys. Make a pair with "
                + "'glovebox sign --new-pair' and set GLOVEBOX_KEY and GLOVEBOX_SALT, or make a key "
                + "with 'glovebox keys create'. To try things out, start with --dev.")
    }

    private var guessableKey: String? {
        let lengths = configuration.signing.keys.values.map(\.count)
        guard let shortest = lengths.min(), shortest < Self.shortestKey else { return nil }
        return warning(
            "key",
            "a key of \(shortest) \(shortest == 1 ? "byte" : "bytes") can be guessed, and whoever "
                + "has it makes URLs. Make another pair with 'glovebox sign --new-pair'.")
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
