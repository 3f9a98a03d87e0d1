import ArgumentParser
import NIOCore

/// `glovebox forget`
struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Removes what is kept of an API key's requests, of an input or of a source.",
        usage: """
            glovebox forget (--key <id> | --input-hash <sha256> | --source <url>) [--dry-run] \
            [--json]
            """,
        discussion: """
            Removes crash records and quarantined inputs: of the requests with that key, of that \
            input, or of the image at that address, whose query does not count. An input that was \
            quarantined is removed too where others have sent it as well; their records stay. Where \
            a service runs it does the work. It asks nothing; --dry-run says what would be removed.

            Counts of crashes that have no record of their own name no key and no source; the ones \
            that name the input go with it. The audit log keeps that it was done, with the id of \
            the key or a hash, and how much was removed.

            --json prints one object with crashes, inputs and unreadable, as 'glovebox crashes \
            purge' does.

            \(AdminOptions.discussion)
            """)

    @Option(help: ArgumentHelp("The id of an API key, or its name.", valueName: "id"))
    var key: String?

    @Option(
        name: .customLong("input-hash"),
        help: ArgumentHelp("The SHA-256 of an input.", valueName: "sha256"))
    var input: String?

    @Option(help: ArgumentHelp("The address of an image.", valueName: "url"))
    var source: String?

    @Flag(name: .customLong("dry-run"), help: "Remove nothing.")
    var isTrial = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Service")
    var service: AdminOptions

    func run() async throws { try await perform() }

    /// A log of the largest size is rewritten in it.
    private static let time = TimeAmount.seconds(120)

    private func perform() async throws(CommandFailure) {
        let options = [
            ("key", key), ("input", input), ("source", source),
            ("dry-run", isTrial ? "true" : nil),
        ].compactMap { name, value in value.map { (name: name, value: $0) } }
        let order: ForgetOrder
        do throws(CrashFilter.Failure) {
            order = try ForgetOrder(options)
        } catch {
            throw Self.refused(error)
        }
        let result: CrashPurge.Result
        if let state = CrashRemoval.stateWithoutService(service) {
            // What else is kept of requests belongs here, and into what the service does.
            let order = try Self.resolved(order, in: state)
            result = try CrashRemoval.remove(CrashPurge.Order(order), in: state) {
                audit, fields throws(CommandFailure) in
                try audit.record(.forgotten, on: order.subject, fields: fields)
            }
        } else {
            let client = try AdminClient(service)
            let answer = try await client.post(
                "/cmd/forget" + CrashAccess.query(options), within: Self.time, expecting: [200])
            result = try client.decode(answer.body)
        }
        if json {
            let text = (try? OrderedJSON.value(of: result).text) ?? ""
            return try PolicyOutput.print(text + "\n")
        }
        try PolicyOutput.print(
            (isTrial ? "Nothing was removed. It would be: " : "") + result.text + "\n")
    }

    private static func refused(_ failure: CrashFilter.Failure) -> CommandFailure {
        switch failure.option {
        case "": .usage("Give one of --key, --input-hash and --source.")
        case "source": .failed(failure.reason)
        case "input": .usage("--input-hash cannot be used. \(failure.reason)")
        default: .usage("--\(failure.option) cannot be used. \(failure.reason)")
        }
    }

    /// With the id of a key of the store or of the configuration, while this may still read both.
    private static func resolved(
        _ order: ForgetOrder, in state: String
    ) throws(CommandFailure) -> ForgetOrder {
        // A configuration that cannot be read has another place to be told of.
        let configuration = try? ConfigurationLoader(options: GivenOptions()).load(for: .command)
        var keys = (configuration?.keys.entries ?? []).map(\.key)
        do throws(KeyStore.Failure) {
            keys += try KeyStore(in: state, isReadOnly: true).records().map(\.key)
        } catch {
            if error != .missing { throw .failed(error.text) }
        }
        do throws(KeyDesk.Refusal) {
            return try order.resolved(among: keys.map { ($0.id, $0.name) })
        } catch {
            throw .failed(error.text)
        }
    }
}
