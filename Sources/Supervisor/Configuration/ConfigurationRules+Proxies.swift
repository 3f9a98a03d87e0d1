/// What settings about proxies and web pages have to be together.
extension ConfigurationRules {
    var proxyRules: [Rule] {
        [
            (["cors.origins", "cors.credentials"], credentialsForAll),
            (["proxies.trusted", "proxies.https"], encryptedByNobody),
        ]
    }

    private var credentialsForAll: ConfigurationProblem? {
        let settings = configuration.crossOrigin
        guard settings.credentials, settings.pages == .any else { return nil }
        return problem(
            "cors.credentials",
            "cors.origins is *, and then any page could read what only its visitor may see",
            "List the origins, or write cors.credentials: false.")
    }

    private var encryptedByNobody: ConfigurationProblem? {
        let proxies = configuration.proxies
        guard proxies.https, proxies.trust.trusted.isEmpty else { return nil }
        return problem(
            "proxies.https",
            "there is no trusted proxy that could speak TLS, and this service does not",
            "List its address as proxies.trusted, or write proxies.https: false.")
    }

    /// Where everybody is a proxy, whoever asks chooses an address.
    var trustOfAll: String? {
        guard let block = configuration.proxies.trust.trusted.first(where: { $0.prefix == 0 })
        else { return nil }
        return warning(
            "proxies.trusted",
            "\(block) is everybody, so that clients can name any address as theirs. List the "
                + "proxies alone.")
    }
}
