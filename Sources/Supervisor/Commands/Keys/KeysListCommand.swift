import ArgumentParser

/// `glovebox keys list`
struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists keys: those of the store, and those that the configuration declares.",
        usage: "glovebox keys list [--json] [<options>]",
        discussion: """
            Warns of keys, and of pairs of key and salt, that are older than keys_max_age.

            --json prints one object a line:
            \(KeysCommand.members)

            \(AdminOptions.discussion)
            """)

    @OptionGroup
    var options: KeyOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let answer = try await KeyAccess(options.place, makes: false).list(nil)
        if options.json {
            for key in answer.keys { try PolicyOutput.print(key.json.text + "\n") }
        } else if answer.keys.isEmpty {
            try PolicyOutput.print("There is no key. Make one with 'glovebox keys create'.\n")
        } else {
            try PolicyOutput.print(KeyOutput.table(answer.keys, width: PolicyOutput.width))
        }
        KeyOutput.warn(answer.warnings)
    }
}

/// `glovebox keys show`
struct KeysShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a key: everything but its text, which nobody has.",
        usage: "glovebox keys show <key> [--json] [<options>]",
        discussion: """
            --json prints one object for each key of that id or name:
            \(KeysCommand.members)

            \(AdminOptions.discussion)
            """)

    @Argument(help: "Its id, or its name.")
    var key: String

    @OptionGroup
    var options: KeyOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let answer = try await KeyAccess(options.place, makes: false).list(key)
        for key in answer.keys {
            try PolicyOutput.print(options.json ? key.json.text + "\n" : KeyOutput.lines(key))
        }
        KeyOutput.warn(answer.warnings)
    }
}
