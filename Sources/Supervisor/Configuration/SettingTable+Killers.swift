extension SettingTable {
    static let killers = SettingGroup(
        title: "Inputs that kill children",
        settings: [
            Setting(
                "poison.count", \.poison.count, .number(0...1_000), reloads: true,
                why: "a higher number would protect nobody",
                help: "Children that one input may kill before it is refused at once; 0 for any "
                    + "number."),
            Setting(
                "poison.window", \.poison.window, upToAWeek, reloads: true, why: reasonOfWeek,
                help: "Time within which they die."),
            Setting(
                "poison.for", \.poison.duration, upToAWeek, reloads: true, why: reasonOfWeek,
                help: "Time for which such an input is refused."),
            Setting(
                "poison.size", \.poison.size, .number(1...100_000), reloads: true,
                why: "each is remembered in memory",
                help: "Inputs that are remembered, by their SHA-256 and in memory only."),
            Setting(
                "slowing.deaths", \.slowing.deaths, .number(0...1_000), reloads: true,
                standard: "10, or 0 with --dev", why: "a higher number would slow nobody",
                help: "Children that requests of one address may kill before it has to wait; 0 for "
                    + "any number. Behind a reverse proxy all clients have its address."),
            Setting(
                "slowing.window", \.slowing.window, upToAWeek, reloads: true, why: reasonOfWeek,
                help: "Time within which they die, and after which all is forgiven."),
            Setting(
                "slowing.first", \.slowing.first, upToAWeek, reloads: true, why: reasonOfWeek,
                help: "The first wait; each one that follows is twice as long."),
            Setting(
                "slowing.longest", \.slowing.longest, upToAWeek, reloads: true,
                why: reasonOfWeek, help: "The longest wait."),
            Setting(
                "quarantine.size", \.quarantine.size, .size(0...(1 << 50)),
                why: "more is no limit",
                help: "Space on the disk for inputs of which children died, encrypted under "
                    + "quarantine_key; 0 keeps none."),
            Setting(
                "quarantine.keep", \.quarantine.keep,
                .time(.seconds(60)...(.seconds(400 * 24 * 3_600))),
                why: "somebody has to find the time to look at them, and they are other people's "
                    + "images",
                help: "Time for which they are kept."),
            Setting(
                "quarantine_key", \.quarantineKey, .optional(.quarantineKey, none: "none"),
                option: .none, isSecret: true,
                help: "The key of the quarantine, 32 bytes in hex or base64."),
        ])

    static let upToAWeek = ValueShape.time(.milliseconds(100)...(.seconds(7 * 24 * 3_600)))
    static let reasonOfWeek =
        "less is over before anybody notices, and longer punishes for what is long mended"
}
