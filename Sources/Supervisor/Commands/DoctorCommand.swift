import ArgumentParser
import SandboxPolicy

/// `glovebox doctor [--json]`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Starts a sandbox and shows which layers hold it, and what to do about the rest.",
        discussion: "Exits with 3 when a layer that is required is not in force.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let report: DoctorReport
        var failure: CommandFailure?
        let sandbox = OneShot(options: sandbox)
        switch try await sandbox.start(try sandbox.prepare()) {
        case .success(let jobs):
            report = DoctorReport(posture: jobs.posture, libraries: jobs.libraries)
            await jobs.stop()
        case .failure(let error):
            failure = CommandFailure(error)
            guard let posture = error.posture else { throw CommandFailure(error) }
            report = DoctorReport(posture: posture, libraries: nil)
        }
        let text = json ? report.json.text + "\n" : report.text
        guard StandardStreams.writeOutput(Array(text.utf8)) else {
            throw .failed("Standard output cannot be written to.")
        }
        if let failure { throw failure }
        let missing = report.missing
        guard missing.isEmpty else {
            let titles = missing.map(\.title).joined(separator: ", ")
            throw CommandFailure(
                status: .postureNotMet, message: "Required, but not in force: \(titles).")
        }
    }
}
