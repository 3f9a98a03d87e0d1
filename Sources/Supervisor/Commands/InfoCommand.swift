import ArgumentParser
import ImageVocabulary
import RequestSyntax
import WireProtocol

/// `glovebox info IN`
struct InfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Shows what an image says of itself, as JSON.",
        usage: "glovebox info <input> [<options>]",
        discussion: """
            The members of the answer are in docs/info.schema.json. Options are written as a name, a \
            colon and 1 or 0:

            \(optionList)

            \(SandboxOptions.discussion)
            """)

    private static var optionList: String {
        InfoOption.all.map { "  \($0.name)\n      \($0.summary)" }.joined(separator: "\n")
    }

    @Argument(help: "The image; - is standard input.")
    var input: String

    @Option(
        name: [.customShort("O"), .customLong("option")],
        help: .init("What the answer is to have besides; may be repeated.", valueName: "name:value")
    )
    var options: [String] = []

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let wishes: InfoWishes
        do throws(OptionError) {
            wishes = try InfoOption.wishes(options)
        } catch {
            throw .usage("The option \"\(error.option)\": \(error.reason)")
        }
        let (result, bytes) = try await OneShot(configuration: try sandbox.configuration()).run(
            .info, input: input, plans: [], wishes: wishes)
        let text = result.json(bytes: bytes).text + "\n"
        guard StandardStreams.writeOutput(Array(text.utf8)) else {
            throw .failed("Standard output cannot be written to.")
        }
    }
}
