import ArgumentParser
import Logging
import SandboxPolicy

/// `glovebox doctor [--json]`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Starts a sandbox and shows which layers hold it, and what to do about the rest.",
        usage: "glovebox doctor [--json] [<options>]",
        discussion: """
            Exits with 3 when a layer that is required is not in force.

            --json prints one object:
              posture   the posture that was asked for: strict or container
              libvips   the version that was loaded, null when it did not come to that
              libmagic  its version as a number such as 546, or null
              layers    a list with one object for each layer there is:
                layer     its name in policy files
                title     its name for people
                state     enforced, unsupported or disabled
                required  whether nothing starts without it: true or false
                reason    what it is there for
                remedy    what to do about it, null when it is enforced
                detail    a number, 0 where there is none: of an enforced layer what
                          there is of it, such as Landlock's ABI, of another the
                          kernel's errno, of groups how many are held
                note      what the number means, or null
                lost      what the posture costs by doing without the layer, or null

            \(SandboxOptions.discussion)
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let configuration = try sandbox.configuration()
        let named = configuration.posture
        let oneShot = OneShot(configuration: configuration)
        let prepared = try oneShot.prepare()
        // Opened now, while it may still need root's rights: to look on where a start ends.
        let weaker = try oneShot.prepare(.container)
        let required = prepared.requiredLayers
        let machine = HostFacts.probe()
        func report(
            _ posture: Posture, _ libraries: (libvips: String, libmagic: UInt32)?
        ) -> DoctorReport {
            DoctorReport(
                named: named, posture: posture, required: required, libraries: libraries,
                machine: machine)
        }
        try oneShot.giveUpRoot()
        switch await oneShot.start(prepared) {
        case .success(let jobs):
            let found = await Self.found(jobs)
            await jobs.stop()
            try show(report(found.posture, found.libraries))
        case .failure(let error):
            guard let posture = error.posture else { throw CommandFailure(error) }
            var result = report(posture, nil)
            if named == .strict, let jobs = await quietStart(weaker) {
                let found = await Self.found(jobs)
                await jobs.stop()
                result = report(found.posture, found.libraries)
            }
            try show(result)
            throw CommandFailure(error, isDoctor: true)
        }
    }

    /// What the first policy that is served reports.
    private static func found(
        _ jobs: JobRunner
    ) async -> (posture: Posture, libraries: (libvips: String, libmagic: UInt32)?) {
        let pool = await jobs.status().pools.first { $0.posture != nil }
        let libraries = pool.flatMap { pool in
            pool.libvips.map { (libvips: $0, libmagic: pool.libmagic ?? 0) }
        }
        return (pool?.posture ?? Posture(), libraries)
    }

    /// A start whose failure is no news.
    private func quietStart(_ prepared: consuming JobRunner.Prepared) async -> JobRunner? {
        let quiet = LogOutput.standardError(level: .critical).logger
        return try? await JobRunner.start(
            prepared, metrics: NoMetrics(), logger: quiet)
    }

    private func show(_ report: DoctorReport) throws(CommandFailure) {
        let text = json ? report.json.text + "\n" : report.text
        guard StandardStreams.writeOutput(Array(text.utf8)) else {
            throw .failed("Standard output cannot be written to.")
        }
    }
}
