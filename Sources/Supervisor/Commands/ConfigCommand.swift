import ArgumentParser

/// `glovebox config`
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Checks and shows what serve would be configured with.",
        subcommands: [
            ConfigCheckCommand.self, ConfigShowCommand.self, ConfigDocsCommand.self,
            ConfigEnvCommand.self, ConfigImportCommand.self,
        ])
}

/// `glovebox config check`
struct ConfigCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Says OK, or everything that is wrong with the configuration.",
        discussion: """
            Reads what serve would read, with the same options: configuration, policies, folders. \
            Starts nothing. Exits with 1 when something is wrong, with 2 when it is an option or \
            a variable.

            \(SandboxOptions.discussion)
            """)

    @OptionGroup
    var options: ServiceOptions

    func run() throws {
        let loader = ConfigurationLoader(options: options.given)
        let configuration: ServiceConfiguration
        do throws(ConfigurationError) {
            configuration = try loader.load(for: .checking)
        } catch {
            throw CommandFailure.failed(error.description)
        }
        let policyWarnings = try ServiceRun(configuration, loader: loader).check()
        let ages = KeyAges.warnings(configuration, now: RequestPath.now)
        for warning in configuration.warnings + policyWarnings.map({ "\($0)" }) + ages {
            StandardStreams.writeError("warning: \(warning)\n")
        }
        try StandardStreams.print("OK: \(configuration.file ?? "no configuration file")\n")
    }
}

/// `glovebox config show`
struct ConfigShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows every setting, its value, and where that comes from.",
        discussion: """
            Secrets are shown as (set). --json prints one object:
              file      the configuration file that was read, null when there was none
              settings  a list with one object for each setting:
                key       its name in configuration files
                value     a number, text, true, false or null for none; times in seconds,
                          sizes in bytes
                source    default, option, variable, .env or file
                origin    the option, the variable, or the file and the key
                reload    whether a reload may change it

            \(SandboxOptions.discussion)
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup
    var options: ServiceOptions

    func run() throws {
        // What is wrong with the whole is for check: whoever looks for the mistake has to see it.
        let loader = ConfigurationLoader(options: options.given)
        let configuration = try loader.configuration(for: .command)
        let shown = ShownConfiguration(configuration)
        try StandardStreams.print(json ? shown.json.text + "\n" : shown.text)
    }
}

/// `glovebox config docs`: the text of `docs/configuration.md`.
struct ConfigDocsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs", abstract: "Prints docs/configuration.md.", shouldDisplay: false)

    func run() throws { try StandardStreams.print(SettingDocumentation.markdown) }
}

/// `glovebox config env`: the text of `.env.example`.
struct ConfigEnvCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Prints .env.example.", shouldDisplay: false)

    func run() throws { try StandardStreams.print(SettingDocumentation.environmentExample) }
}

extension StandardStreams {
    /// Writes text to standard output, or fails the command.
    fileprivate static func print(_ text: String) throws(CommandFailure) {
        guard writeOutput(Array(text.utf8)) else {
            throw .failed("Standard output cannot be written to.")
        }
    }
}
