import ArgumentParser
import Descriptors
import Glibc

/// `glovebox crashes quarantine`
struct CrashesQuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Lists the inputs that are kept, encrypted, since children died of them.",
        usage: "glovebox crashes quarantine [--json] [<options>]",
        discussion: """
            They are there when quarantine.size is above 0. 'glovebox crashes replay' runs one \
            again, 'glovebox crashes purge --input' removes one. --json prints one object a line \
            with sha256, bytes (on the disk) and stored.

            \(AdminOptions.discussion)
            """)

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @OptionGroup(title: "Service")
    var service: AdminOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let inputs = try await inputs()
        if json {
            let lines = inputs.map { ((try? OrderedJSON.value(of: $0).text) ?? "") + "\n" }
            return try PolicyOutput.print(lines.joined())
        }
        guard !inputs.isEmpty else {
            return try PolicyOutput.print("No input is in quarantine.\n")
        }
        var table = TextTable("SHA-256", "BYTES", "STORED")
        for input in inputs {
            table.add(
                CrashTable.safe(input.sha256), "\(input.bytes)", CrashTable.time(input.stored))
        }
        try PolicyOutput.print(table.text())
    }

    private func inputs() async throws(CommandFailure) -> [QuarantinedInput] {
        if service.admin == nil {
            for state in CrashAccess.folders(service) {
                let folder: QuarantineFolder
                do throws(SystemError) {
                    folder = try QuarantineFolder(inState: state)
                } catch {
                    // No service has ever kept one there, or only its account may look.
                    guard error.code == ENOENT else { break }
                    if unsafe access("\(state)/\(CrashFolder.name)", F_OK) == 0 { return [] }
                    continue
                }
                try AuditAccess(state: state).record(.quarantineRead)
                return folder.entries().map(QuarantinedInput.init)
            }
        }
        let client = try AdminClient(service)
        let answer: QuarantinedInput.Answer = try await client.decoded("/cmd/crashes/quarantine")
        return answer.inputs
    }
}
