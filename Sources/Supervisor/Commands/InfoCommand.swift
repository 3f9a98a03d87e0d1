import ArgumentParser
import ImageVocabulary
import WireProtocol

/// `glovebox info IN`
struct InfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Shows what an image's header says, as JSON.",
        usage: "glovebox info <input> [<options>]",
        discussion: SandboxOptions.discussion)

    @Argument(help: "The image; - is standard input.")
    var input: String

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let (result, bytes) = try await OneShot(configuration: try sandbox.configuration()).run(
            .info, input: input, plans: [])
        let text = result.facts.json(bytes: bytes).text + "\n"
        guard StandardStreams.writeOutput(Array(text.utf8)) else {
            throw .failed("Standard output cannot be written to.")
        }
    }
}
