extension SettingTable {
    static let keys = SettingGroup(
        title: "Keys of clients",
        settings: [
            Setting(
                "keys", \.keys, .declaredKeys, reloads: true, variable: "GLOVEBOX_API_KEYS",
                option: .none, isSecret: true, isStructured: true,
                help: "Keys that are accepted beside those of the state directory, by their "
                    + "hashes: what several instances share."),
            Setting(
                "keys_max_age", \.keysMaxAge, .time(.zero...(.seconds(3_650 * 86_400))),
                reloads: true, option: .none,
                why: "a key that is ten years old has been everywhere",
                help: "Age from which keys, and pairs of key and salt, are warned of; 0 for none."),
        ])
}
