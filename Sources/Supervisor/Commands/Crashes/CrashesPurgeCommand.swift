import ArgumentParser
import FoundationEssentials
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
        if let state = try stateWithoutService() {
            result = try Self.purge(order, in: state)
        } else {
            let answer = try await AdminClient(service).post(
                "/cmd/crashes/purge" + CrashAccess.query(options), within: Self.time,
                expecting: [200])
            guard
                let told = try? JSONDecoder().decode(
                    CrashPurge.Result.self, from: Data(answer.body))
            else {
                throw .failed(
                    "The service says something that glovebox \(Version.current) cannot read. Use "
                        + "the service's own version.")
            }
            result = told
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

    /// The state directory to work in, when there is one that no service uses.
    private func stateWithoutService() throws(CommandFailure) -> String? {
        guard service.admin == nil else { return nil }
        for state in CrashAccess.folders(service) {
            guard unsafe access("\(state)/\(CrashFolder.name)", F_OK) == 0 else { continue }
            return StateDirectory.isInUse(state) ? nil : state
        }
        return nil
    }

    private static func purge(
        _ order: CrashPurge.Order, in state: String
    ) throws(CommandFailure) -> CrashPurge.Result {
        // What root would write anew would be root's.
        if let owner = StateDirectory.owner(of: state), owner.uid != 0 {
            try Privileges.drop(to: owner)
        }
        // Its lock is held until the end: no service can start meanwhile.
        let directory: StateDirectory
        do throws(StateDirectory.Failure) {
            directory = try StateDirectory(path: state, account: nil)
        } catch {
            switch error {
            case .unavailable(let why), .refused(let why): throw .failed(why)
            }
        }
        defer { withExtendedLifetime(directory) {} }
        let quarantine = try? QuarantineFolder(inState: state)
        do {
            var writer = CrashWriter(try CrashFolder(ofState: state), CrashWriter.Limits())
            var result = try writer.purge(order)
            result.inputs = quarantine?.purge(order.input, before: order.before) ?? 0
            return result
        } catch {
            throw .failed("The crash log in \(state) cannot be changed (\(error)).")
        }
    }
}
