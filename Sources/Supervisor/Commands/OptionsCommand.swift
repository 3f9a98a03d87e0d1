import ArgumentParser
import RequestSyntax

/// `glovebox options`
struct OptionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "options", abstract: "Lists the processing options.",
        subcommands: [OptionsListCommand.self, OptionsDocsCommand.self],
        defaultSubcommand: OptionsListCommand.self)
}

/// `glovebox options list`
struct OptionsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Prints them all, or those that are named.",
        discussion: "--json prints what GET /v1/options answers; docs/options.md describes it.")

    @Argument(help: "Names or aliases of options; all unless given.")
    var names: [String] = []

    @Flag(help: "Print JSON: always all of them.")
    var json = false

    func run() throws {
        let options = try chosen()
        try PolicyOutput.print(json ? OptionGuide.json.text + "\n" : Self.text(of: options))
    }

    private func chosen() throws(CommandFailure) -> [ProcessingOption] {
        guard !names.isEmpty else { return ProcessingOption.all }
        var options: [ProcessingOption] = []
        for name in names {
            guard let option = ProcessingOption.named(name) else {
                let nearest = NearestName.of(
                    name, among: ProcessingOption.all.flatMap(\.names))
                throw .usage(
                    "There is no option \(UntrustedText.printable(name)). "
                        + (nearest.map { "Did you mean \($0)?" } ?? "'glovebox options' lists all.")
                )
            }
            options.append(option)
        }
        return options
    }

    private static func text(of options: [ProcessingOption]) -> String {
        var table = TextTable("OPTION", "EXAMPLE", "WHAT IT DOES", flexible: [0])
        for option in options {
            let standard = option.defaultValue.isEmpty ? "" : " Default: \(option.defaultValue)."
            table.add(
                option.names.joined(separator: " ") + "\n  " + option.shape,
                "\(option.shortestName):\(option.example)",
                "\(option.summary)\(standard)\n\(option.takes)")
        }
        return table.text(width: PolicyOutput.width)
    }
}

/// `glovebox options docs`: the text of `docs/options.md`.
struct OptionsDocsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs", abstract: "Prints docs/options.md.", shouldDisplay: false)

    func run() throws { try PolicyOutput.print(OptionGuide.markdown) }
}
