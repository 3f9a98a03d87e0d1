import ArgumentParser
import SandboxPolicy

/// `glovebox doctor [--json]`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Starts a sandbox and shows which layers hold it, and what to do about the rest.",
        discussion: """
            Exits with 3 when a layer that is required is not in force.

            --json prints one object:
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

            \(Setting.discussion)
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let report: DoctorReport
        var failure: CommandFailure?
        let sandbox = OneShot(options: sandbox)
        let prepared = try sandbox.prepare()
        let required = prepared.requiredLayers
        switch try await sandbox.start(prepared) {
        case .success(let jobs):
            let pool = await jobs.status().pools.first { $0.posture != nil }
            report = DoctorReport(
                posture: pool?.posture ?? Posture(), required: required,
                libraries: pool.map { ($0.libvips ?? "unknown", $0.libmagic ?? 0) })
            await jobs.stop()
        case .failure(let error):
            failure = CommandFailure(error)
            guard let posture = error.posture else { throw CommandFailure(error) }
            report = DoctorReport(posture: posture, required: required, libraries: nil)
        }
        let text = json ? report.json.text + "\n" : report.text
        guard StandardStreams.writeOutput(Array(text.utf8)) else {
            throw .failed("Standard output cannot be written to.")
        }
        if let failure { throw failure }
    }
}
