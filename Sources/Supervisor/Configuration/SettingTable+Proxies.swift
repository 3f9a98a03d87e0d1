extension SettingTable {
    static let proxies = SettingGroup(
        title: "Proxies and web pages",
        settings: [
            Setting(
                "proxies.trusted", \.proxies.trust.trusted, .blocks.asList(), reloads: true,
                variable: "GLOVEBOX_TRUSTED_PROXIES",
                help: "Reverse proxies that are believed about the addresses of clients."),
            Setting(
                "proxies.field", \.proxies.trust.field, .choice(ClientAddress.Field.allCases),
                reloads: true,
                help: "The field in which they write them: the one that they overwrite or add to. "
                    + "The other is not read."),
            Setting(
                "proxies.https", \.proxies.https, .flag, reloads: true,
                help: "Whether they speak TLS with clients, always; browsers are told to use "
                    + "nothing else for a year."),
            Setting(
                "cors.origins", \.crossOrigin.pages, .origins.asList(), reloads: true,
                help: "Origins whose web pages may read answers; * for all, none for none."),
            Setting(
                "cors.credentials", \.crossOrigin.credentials, .flag, reloads: true,
                help: "Let such pages send cookies and the like, which a proxy in front may ask "
                    + "for. Keys need no such permission."),
            Setting(
                "cors.max_age", \.crossOrigin.maxAge, .time(.zero...(.seconds(86_400))),
                reloads: true, why: "no browser remembers it for longer",
                help: "Time for which browsers may remember what pages may ask."),
        ])
}
