extension SettingTable {
    static let clients = SettingGroup(
        title: "Clients",
        settings: [
            Setting(
                "clients.rate", \.clients.rate, .optional(.rate, word: "none", none: "none"),
                reloads: true, standard: "30/m, or none with --dev",
                help: "Requests of one address with neither a key nor a signature, all of them at "
                    + "once if need be; an IPv6 address counts with its /64, and its /48 may four "
                    + "times as much."),
            Setting(
                "clients.signed_rate", \.clients.signedRate,
                .optional(.rate, word: "none", none: "none"), reloads: true,
                help: "Signed URLs and signed queries of one address, right or wrong; a content "
                    + "network has few addresses."),
            Setting(
                "clients.concurrent", \.clients.concurrent,
                .optional(.number(1...100_000), word: "none", none: "none"), reloads: true,
                why: "without any nobody is served, and there are no more connections",
                help:
                    "Requests of one address without a key at the same time; signed ones count apart "
                    + "from others."),
            Setting(
                "penalty.errors", \.penalty.errors, .number(0...1_000), reloads: true,
                standard: "30, or 0 with --dev", why: "a higher number would stop nobody",
                help:
                    "Wrong requests of one key, or of one address without one, after which it has "
                    + "to wait; 0 for any number."),
            Setting(
                "penalty.window", \.penalty.window, upToAWeek, reloads: true, why: reasonOfWeek,
                help: "Time within which they are made, and after which all is forgiven."),
            Setting(
                "penalty.first", \.penalty.first, upToAWeek, reloads: true, why: reasonOfWeek,
                help: "The first wait; each one that follows is twice as long."),
            Setting(
                "penalty.longest", \.penalty.longest, upToAWeek, reloads: true,
                why: reasonOfWeek, help: "The longest wait."),
        ])
}
