import ArgumentParser
import Glibc
import Logging
import NIOCore

/// `glovebox crashes purge`
struct CrashesPurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Removes records, and quarantined inputs with them.",
        usage: "glovebox crashes purge (--older <time> | --input <sha256> | --all) [--json]",
        discussion: """
            Asks nothing. Where a service runs it does the work, so that no record is lost that it \
            is writing, and forgets that such an input has killed children: the next request with \
            it is tried again. Otherwise the files are rewritten here, as the account that they \
            belong to.

            --json prints one object with what was removed: crashes, those that were only counted \
            among them, and inputs; and with unreadable, how many lines of the log nobody can \
            read and were left. --all leaves none.

            \(AdminOptions.discussion)
            """)

    @Option(help: ArgumentHelp("What is older than this: 30d, 12h, RFC 3339.", valueName: "time"))
    var older: String?

    @Option(help: ArgumentHelp("What is about the input with this SHA-256.", valueName: "sha256"))
    var input: String?

    @Flag(help: "Everything.")
    var all = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Service")
    var service: AdminOptions

    func run() async throws { try await perform() }

    /// A log of the largest size is rewritten in it.
    private static let time = TimeAmount.seconds(120)

    private func perform() async throws(CommandFailure) {
        let options =
            [("older", older), ("input", input), ("all", all ? "true" : nil)]
            .compactMap { name, value in value.map { (name: name, value: $0) } }
        let order = try order(options)
        let result: CrashPurge.Result
        if let state = CrashRemoval.stateWithoutService(service) {
            result = try CrashRemoval.remove(order, in: state) {
                audit, fields throws(CommandFailure) in
                try audit.record(
                    .crashesPurged, on: order.input.map { "input:\($0)" },
                    fields: order.auditFields + fields)
            }
        } else {
            let client = try AdminClient(service)
            let answer = try await client.post(
                "/cmd/crashes/purge" + CrashAccess.query(options), within: Self.time,
                expecting: [200])
            result = try client.decode(answer.body)
        }
        if json {
            let text = (try? OrderedJSON.value(of: result).text) ?? ""
            return try PolicyOutput.print(text + "\n")
        }
        try PolicyOutput.print(result.text + "\n")
    }

    private func order(
        _ options: [(name: String, value: String)]
    ) throws(CommandFailure) -> CrashPurge.Order {
        do throws(CrashFilter.Failure) {
            return try CrashPurge.Order(options)
        } catch {
            throw .usage(
                error.option.isEmpty
                    ? "Give one of --older, --input and --all."
                    : "--\(error.option) cannot be used. \(error.reason)")
        }
    }
}
