import ArgumentParser
import ImageVocabulary
import NIOCore
import SandboxPolicy

/// `glovebox policy learn`
struct PolicyLearnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn",
        abstract: "Writes the smallest policy that a folder of trusted images needs.",
        usage: "glovebox policy learn --corpus <dir> [-o <file>] [--merge <file>]... [<options>]",
        discussion: """
            Sends each image through children whose calls are held, written down and let go on, or \
            answered as probes are; asks of each its facts and a result of at most 300 pixels in \
            every format that is written; makes rules of what was seen; and runs the images again \
            under them until nothing new is held. Each rule says in its comment what it is for and \
            how many calls, images and builds of the library it rests on.

            A call that is let go on is no security decision: whoever controls a child can make it \
            look like another. Learn from images that you trust, and read every rule before you \
            serve by it. What no policy may grant is not let go on, and makes no rule.

            The formats are those of the images; limits, root and layers are those of the policy \
            that covers them, by the folder of policies or by --policy. --merge adds the rules and \
            the evidence of policies that were learnt before, elsewhere or from other images.

            Exits with 1 when an image failed all the same, or asked for what no policy may grant; \
            the policy is written nevertheless, and does without it.

            \(SandboxOptions.discussion)
            """)

    @Option(help: .init("Folder with trusted images, or one image.", valueName: "dir"))
    var corpus: String

    @Option(
        name: [.short, .long],
        help: .init("Where the policy goes; - is standard output.", valueName: "file"))
    var output = "-"

    @Option(
        help: .init(
            "The policy whose images they are: its name in the folder of policies, or a file.",
            valueName: "name|file"))
    var policy: String?

    @Option(
        help: .init("A policy that was learnt before; may be repeated.", valueName: "file"))
    var merge: [String] = []

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let configuration = try sandbox.configuration()
        let images = try Corpus(path: corpus)
        let frame = try CorpusFrame(configuration, named: policy).document(for: images)
        var merged: [PolicyInput] = []
        for path in merge { merged.append(try PolicyInput(path, orEnd: .failed)) }
        let outcome = try await PolicyLearner(
            frame: frame, configuration: configuration, corpus: images, merged: merged
        ).learn()
        if output == "-" {
            try PolicyOutput.print(outcome.policy.text)
        } else {
            try OutputFile(path: output).write(ByteBuffer(string: outcome.policy.text))
        }
        let report = LearningReport(outcome, file: output)
        StandardStreams.writeError(report.text)
        if !report.isClean { throw CommandFailure(status: .failed, message: "") }
    }
}
