import ArgumentParser

/// `glovebox keys rotate`
struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Gives a key a new text and prints it, this once.",
        usage: "glovebox keys rotate <key> [--grace <time>] [--json] [<options>]",
        discussion: """
            The text before is accepted for a while longer; one before that, no longer. Id, scopes \
            and limits stay.

            --json prints one object:
            \(KeysCommand.members)

            \(AdminOptions.discussion)
            """)

    @Argument(help: "Its id, or its name where no other key has that.")
    var key: String

    @Option(
        help: ArgumentHelp(
            "How long the text before is accepted; 0s for no longer.", valueName: "time"))
    var grace = "24h"

    @OptionGroup
    var options: KeyOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        guard let time = KeyOrder.grace(grace) else {
            throw .usage(
                "--grace is \(ConfigurationProblem.quoted(grace)); \(KeyOrder.graceAdvice).")
        }
        let access = try KeyAccess(options.place, makes: true)
        let answer = try await access.carryOut(.rotate(key, grace: time))
        try KeyOutput.made(answer, isJSON: options.json)
    }
}

/// `glovebox keys revoke`
struct KeysRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Ends a key at once and for good.",
        usage: "glovebox keys revoke <key> [--json] [<options>]",
        discussion: """
            Requests with it are then answered as those with a key that never was. A key that is \
            declared is taken out of the configuration instead.

            --json prints one object:
            \(KeysCommand.members)

            \(AdminOptions.discussion)
            """)

    @Argument(help: "Its id, or its name where no other key has that.")
    var key: String

    @OptionGroup
    var options: KeyOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let access = try KeyAccess(options.place, makes: true)
        let answer = try await access.carryOut(.revoke(key))
        for key in answer.keys {
            try PolicyOutput.print(
                options.json ? key.json.text + "\n" : "Revoked \(KeyOutput.title(key)).\n")
        }
        KeyOutput.warn(answer.warnings)
    }
}
