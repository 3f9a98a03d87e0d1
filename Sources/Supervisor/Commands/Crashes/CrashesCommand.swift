import ArgumentParser

/// `glovebox crashes`
struct CrashesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crashes",
        abstract: "Finds, explains and replays what is recorded of children that did not end well.",
        discussion: """
            Without --admin the crash log in the state directory is read, whether or not a service \
            runs. Where it cannot be read, and with --admin, the running service is asked.

            docs/crashes.md is the guide.
            """,
        subcommands: [
            CrashesListCommand.self, CrashesShowCommand.self, CrashesStatsCommand.self,
            CrashesTailCommand.self, CrashesReplayCommand.self, CrashesExportCommand.self,
            CrashesPurgeCommand.self, CrashesQuarantineCommand.self,
        ])
}

/// Options that choose among crashes. Their values are read by ``CrashFilter``, here or in the service
/// that is asked.
struct CrashFilterOptions: ParsableArguments {
    @Option(
        name: .customLong("class"),
        help: ArgumentHelp(
            "Of these classes: \(CrashClass.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name,..."))
    var classes: [String] = []

    @Option(help: ArgumentHelp("Of this policy.", valueName: "name"))
    var policy: String?

    @Option(help: ArgumentHelp("Of inputs of this format.", valueName: "name"))
    var format: String?

    @Option(help: ArgumentHelp("Since then: 15m, 1h, 2d, or RFC 3339.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Until then, written as --since.", valueName: "time"))
    var until: String?

    @Option(help: ArgumentHelp("Whose signature begins with this.", valueName: "hex"))
    var signature: String?

    @Option(help: ArgumentHelp("Of the request, or the trace, with this id.", valueName: "id"))
    var request: String?

    @Option(help: ArgumentHelp("Of requests with the API key of this id.", valueName: "id"))
    var key: String?

    @Option(help: ArgumentHelp("Of the image at this address.", valueName: "url"))
    var source: String?

    @Option(
        help: ArgumentHelp("Of the input whose SHA-256 begins with this.", valueName: "hex"))
    var input: String?

    /// Names and values, as ``CrashFilter`` reads them.
    var values: [(name: String, value: String)] {
        let single = [
            ("policy", policy), ("format", format), ("since", since), ("until", until),
            ("signature", signature), ("request", request), ("input", input), ("key", key),
            ("source", source),
        ]
        return classes.map { ("class", $0) }
            + single.compactMap { name, value in value.map { (name, $0) } }
    }
}

extension CrashFilter {
    /// Reads the options of a command line.
    init(
        optionsOfCommand options: [(name: String, value: String)]
    ) throws(CommandFailure) {
        do throws(Failure) {
            self = try CrashFilter(options)
        } catch {
            let value = options.first { $0.name == error.option }?.value ?? ""
            throw .usage(
                "--\(error.option) is \(ConfigurationProblem.quoted(value)), which cannot be used. "
                    + error.reason)
        }
    }
}
