import ArgumentParser

/// What commands that make signed URLs read their keys from.
struct SigningOptions: ParsableArguments {
    static let discussion = """
        Key and salt are what serve would use: the variables GLOVEBOX_KEY and GLOVEBOX_SALT, or \
        the settings key and salt, or files with them. Where there are several pairs the first \
        signs and all are accepted. To change a key put the new pair first in both lists, wait \
        until no URL of the old one is in use, then take that away. The settings options and \
        signed hold too: docs/configuration.md describes them.
        """

    @Option(
        help: .init(
            """
            Configuration file, or off for none (default: ./glovebox.yaml, else \
            /etc/glovebox/glovebox.yaml, where it is there) [GLOVEBOX_CONFIG]
            """, valueName: "file"))
    var config: String?

    @Option(
        name: .customLong("key-file"),
        help: .init("File with the keys. [GLOVEBOX_KEY_FILE]", valueName: "file"))
    var keyFile: String?

    @Option(
        name: .customLong("salt-file"),
        help: .init("File with the salts. [GLOVEBOX_SALT_FILE]", valueName: "file"))
    var saltFile: String?

    @Flag(help: "Read the file .env too, as serve --dev does. [GLOVEBOX_DEV]")
    var dev = false

    var given: GivenOptions {
        let values = ["key_file": keyFile, "salt_file": saltFile]
        return GivenOptions(values: values.compactMapValues { $0 }, config: config, dev: dev)
    }

    func configuration() throws(CommandFailure) -> ServiceConfiguration {
        try ConfigurationLoader(options: given).configuration(for: .command)
    }
}
