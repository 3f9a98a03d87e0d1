import ArgumentParser
import ImageVocabulary
import NIOCore
import RequestSyntax
import WireProtocol

/// `glovebox process IN -o OUT -O rs:fill:300:200 -O q:80`
struct ProcessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "process", abstract: "Processes images.",
        usage: """
            glovebox process <input> -o <file> [-O <name:value>]... [<options>]
            glovebox process <input>... -o <dir>/ [-O <name:value>]... [<options>]
            """,
        discussion: """
            Options are written as in a URL: a name, a colon and a value; 'glovebox options' lists \
            them. Later options win over earlier ones. The format is the one that an option names, \
            else that of the output's extension; in a folder the source's, or png or jpeg where \
            that is not written.

            Several images, and folders with all that is below them, go into a folder, under the \
            names they have: as many at a time as the setting workers says, each in a child of its \
            own. Links, hidden files and what is no image are left out of folders. Results replace \
            files of their names, but never a source. After a failure no further image is begun, \
            unless --keep-going is given.

            Exits with 1 when an image failed. --json prints one object in one line for each image:
              input         the source's path
              status        done, failed, or skipped for what is no image
              output        the result's path
              format        its format
              width         in pixels
              height        in pixels
              input_bytes   of the source
              output_bytes  of the result
              reason        why it failed

            \(SandboxOptions.discussion)
            """)

    @Argument(help: "Images, or folders with images; - alone is standard input.")
    var inputs: [String]

    @Option(
        name: [.short, .long],
        help: .init(
            "Where the result goes; - is standard output. For several images a folder.",
            valueName: "file|dir"))
    var output: String

    @Option(
        name: [.customShort("O"), .customLong("option")],
        help: .init("A processing option; may be repeated.", valueName: "name:value"))
    var options: [String] = []

    @Flag(name: .customLong("keep-going"), help: "Process the other images after a failure.")
    var keepGoing = false

    @Flag(help: "Print JSON on standard output.")
    var json = false

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    func run() async throws {
        let configuration = try sandbox.configuration()
        let plan = try plan(configuration)
        if try isIntoFolder {
            try await processAll(plan, configuration)
        } else {
            try await processOne(plan, configuration)
        }
    }

    /// What the service would do, but for what it leaves to its clients' header fields. Whoever may run
    /// this may use any option.
    private func plan(_ configuration: ServiceConfiguration) throws(CommandFailure) -> Plan {
        let start = configuration.results.start
        var rules = OptionRules()
        rules.presets = configuration.options.rules.presets
        var read: RequestOptions
        do throws(OptionError) {
            read = try OptionParser.options(options, startingAt: start, under: rules)
        } catch {
            throw .usage("The option \"\(error.option)\": \(error.reason)")
        }
        var plan = read.plan
        read.plan = start.plan
        guard read == start, plan.watermark == nil else {
            throw .usage(
                "Options about delivery, such as filename, and about watermarks are for the "
                    + "service. Leave them out.")
        }
        plan.frames = UInt32(clamping: configuration.limits.frames)
        plan.largestSide = UInt32(clamping: configuration.limits.resultSide ?? 0)
        return plan
    }

    private func checkTogether(_ plan: Plan) throws(CommandFailure) {
        do throws(OptionError) {
            try plan.checkTogether()
        } catch {
            throw .usage("The option \"\(error.option)\": \(error.reason)")
        }
    }

    private var isIntoFolder: Bool {
        get throws(CommandFailure) {
            if output.hasSuffix("/") || FileIdentity(output)?.isFolder == true { return true }
            guard inputs.count == 1, FileIdentity(inputs[0])?.isFolder != true else {
                throw .usage("Several images go into a folder. Name one: -o \(output)/.")
            }
            return false
        }
    }

    private func processOne(
        _ plan: Plan, _ configuration: ServiceConfiguration
    ) async throws(CommandFailure) {
        let file = OutputFile(path: output)
        var plan = plan
        if plan.format == nil, !plan.keepsDrawing { plan.format = try file.format() }
        configuration.results.choose(for: &plan, accepting: AcceptField(nil))
        try checkTogether(plan)
        guard !json || output != "-" else {
            throw .usage("Standard output is for the image or for --json. Name a file with -o.")
        }
        if let source = FileIdentity(inputs[0]), source == FileIdentity(output) {
            throw .usage(
                "\(output) is the source, which is never replaced. Name another file with -o.")
        }
        do throws(CommandFailure) {
            try await processOne(plan, to: file, configuration)
        } catch {
            if json {
                try Self.print(
                    FileOutcome.Ending.failed(error.message).json(of: inputs[0], bytes: 0))
            }
            throw error
        }
    }

    private func processOne(
        _ plan: Plan, to file: OutputFile, _ configuration: ServiceConfiguration
    ) async throws(CommandFailure) {
        let wasRoot = Privileges.isRoot
        let (result, inputBytes) = try await OneShot(
            configuration: configuration, keepsSavedRoot: true
        ).run(.process, input: inputs[0], plans: [plan])
        if wasRoot { try Privileges.restore() }
        let image = result.images[0]
        try file.write(image.bytes)
        if json {
            let outcome = FileOutcome.Ending.done(path: output, image)
            try Self.print(outcome.json(of: inputs[0], bytes: inputBytes))
        } else if StandardStreams.errorIsTerminal {
            StandardStreams.writeError(
                "\(output): \(image.format.name), \(image.width) × \(image.height), "
                    + "\(image.bytes.readableBytes) bytes\n")
        }
    }

    private func processAll(
        _ plan: Plan, _ configuration: ServiceConfiguration
    ) async throws(CommandFailure) {
        var plan = plan
        configuration.results.choose(for: &plan, accepting: AcceptField(nil))
        try checkTogether(plan)
        var oneShot = OneShot(
            configuration: configuration, keepsSavedRoot: true, workers: configuration.workers)
        // A child that died says nothing about the next image, but its siblings have its addresses.
        oneShot.rotation = .afterEachDeath
        let prepared = try oneShot.prepare()
        let limits: JobLimits
        do throws(ConfigurationError) {
            limits = try configuration.limits(within: prepared.limits)
        } catch {
            throw CommandFailure(error)
        }
        let files = try SourceFile.all(inputs)
        let folder = try ResultFolder(output, for: files)
        try oneShot.giveUpRoot()
        let jobs: JobRunner
        switch await oneShot.start(prepared) {
        case .success(let started): jobs = started
        case .failure(let failure): throw CommandFailure(failure)
        }
        let run = FileRun(
            jobs: jobs, plan: plan, folder: folder, limits: limits,
            timeout: configuration.timeout, workers: configuration.workers, keepsGoing: keepGoing)
        let summary = await process(files, run)
        await jobs.stop()
        if !json { try PolicyOutput.print(summary.text(PolicyOutput.width)) }
        guard !summary.isEmpty else { throw .failed("There is no image among the files.") }
        if summary.hasFailures { throw CommandFailure(status: .failed, message: "") }
    }

    private func process(_ files: [SourceFile], _ run: FileRun) async -> FileSummary {
        var summary = FileSummary(of: files.count)
        // Two lines cannot have one terminal.
        let isShown =
            StandardStreams.errorIsTerminal && !(json && StandardStreams.outputIsTerminal)
        var bar = ProgressBar("processing", total: files.count, isShown: isShown)
        await run.process(files) { outcome in
            summary.add(outcome)
            bar.advance()
            // A reader that went away does not stop the work.
            if json { try? Self.print(outcome.json) }
        }
        bar.finish()
        return summary
    }

    private static func print(_ value: JSONValue) throws(CommandFailure) {
        try PolicyOutput.print(value.text + "\n")
    }
}
