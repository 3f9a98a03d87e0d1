import ArgumentParser
import ImageVocabulary
import NIOCore
import RequestSyntax
import WireProtocol

/// `glovebox process IN -o OUT -O rs:fill:300:200 -O q:80`
struct ProcessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "process", abstract: "Processes one image.",
        usage: "glovebox process <input> -o <file> [-O <name:value>]... [<options>]",
        discussion: """
            Options are written as in a URL: a name, a colon and a value. The format is the one \
            that the extension of the output names, unless an option names another. Later options \
            win over earlier ones.

            \(optionList)

            \(SandboxOptions.discussion)
            """)

    /// Every processing option there is, from the table that reads them.
    private static var optionList: String {
        ProcessingOption.all.map { option in
            let aliases = option.aliases.joined(separator: ", ")
            return "  \(option.name):\(option.shape)" + (aliases.isEmpty ? "" : "  (\(aliases))")
                + "\n      \(option.summary)\n      Default: \(option.defaultValue)."
        }.joined(separator: "\n")
    }

    @Argument(help: "The image; - is standard input.")
    var input: String

    @Option(
        name: [.short, .long],
        help: .init("Where the result goes; - is standard output.", valueName: "file"))
    var output: String

    @Option(
        name: [.customShort("O"), .customLong("option")],
        help: .init("A processing option; may be repeated.", valueName: "name:value"))
    var options: [String] = []

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let file = OutputFile(path: output)
        var plan: Plan
        do throws(OptionError) {
            plan = try OptionParser.options(options).plan
        } catch {
            throw .usage("The option \"\(error.option)\": \(error.reason)")
        }
        if plan.format == nil, !plan.keepsDrawing { plan.format = try file.format() }
        let wasRoot = Privileges.isRoot
        let (result, _) = try await OneShot(
            configuration: try sandbox.configuration(), keepsSavedRoot: true
        ).run(
            .process, input: input, plans: [plan])
        if wasRoot { try Privileges.restore() }
        let image = result.images[0]
        try file.write(image.bytes)
        if StandardStreams.errorIsTerminal {
            StandardStreams.writeError(
                "\(output): \(image.format.name), \(image.width) × \(image.height), "
                    + "\(image.bytes.readableBytes) bytes\n")
        }
    }
}
