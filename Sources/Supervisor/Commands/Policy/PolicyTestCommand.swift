import ArgumentParser
import ImageVocabulary
import NIOCore
import SandboxPolicy

/// `glovebox policy test`
struct PolicyTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Shows which images fail under a policy, in which stage and on which call.",
        usage: "glovebox policy test <file> [--corpus <dir>] [--json] [<options>]",
        discussion: """
            Sends images through children that the policy confines, as the service would: of each \
            its facts are asked, and a result of at most 300 pixels in every format that is \
            written. Without --corpus they are tiny built-in images, one of each format that the \
            policy covers. Nothing of a running service is touched.

            Exits with 0 when every image came through, with 1 when one did not or the policy \
            cannot be served, with 3 when this machine lacks what the policy requires.

            --json prints one object:
              policy, sha256, program_sha256
                        the file's path and hash, and that of its program
              images, jobs
                        how many images were tried, and how often a child was asked
              failures  a list with one object for each time one failed:
                image, sha256, asked
                        which, and what for: facts, or "to FORMAT"
                class   how it failed: violation, crash, memory, cpu, deadline, output, protocol, \
            setup, lost, refused or unavailable
                stage   what the child said it was doing, or null
                verdict why the decoder refused it, or null
                syscall, syscall_number, arguments, text
                        the call that ended the child, as names and as people write it, or null
                file, line
                        the rule that decided it, or the default action, or null
              skipped   a list of file and reason: no images, or of other formats

            \(SandboxOptions.discussion)
            """)

    @Argument(help: "The policy.")
    var file: String

    @Option(
        help: .init("Folder with images to try, or one image.", valueName: "dir"))
    var corpus: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let observer = EndedChildren()
        let workers = max(2, System.coreCount)
        var oneShot = OneShot(configuration: try sandbox.configuration(), workers: workers)
        oneShot.policyFiles = [file]
        oneShot.formats = .all
        oneShot.rotation = .afterEachDeath
        // Whatever the posture: under audit every policy would pass.
        oneShot.learning = .end
        oneShot.observer = observer
        let input = try PolicyInput(file, orEnd: .failed)
        let prepared = try oneShot.prepare()
        let served = prepared.policies[0]
        try oneShot.giveUpRoot()
        let images =
            try corpus.map { path throws(CommandFailure) in try Corpus(path: path) }
            ?? Corpus(canariesOf: served.formats)
        let jobs: JobRunner
        switch await oneShot.start(prepared) {
        case .success(let started): jobs = started
        case .failure(let failure): throw CommandFailure(failure)
        }
        let run = CorpusRun(
            jobs: jobs, observer: observer, timeout: oneShot.configuration.timeout,
            workers: workers, hear: { _, _, _ in })
        let visits = await run.visit(images, "testing")
        await jobs.stop()
        let report = try PolicyTrial(input, visits)
        try PolicyOutput.print(
            json ? report.json().text + "\n" : report.text(PolicyOutput.width))
        if !report.isPassed { throw CommandFailure(status: .failed, message: "") }
    }
}
