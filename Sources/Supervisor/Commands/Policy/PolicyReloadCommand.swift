import ArgumentParser
import FoundationEssentials
import NIOCore

/// `glovebox policy reload`
struct PolicyReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Lets a running service read its policies and its configuration anew.",
        usage: "glovebox policy reload [--json] [<options>]",
        discussion: """
            All of it is put in force, or nothing: every policy that has changed is checked, \
            compiled, started, and tried with an image of each of its formats before it serves. No \
            request is lost. SIGHUP and POST /cmd/reload do the same.

            Exits with 0 when the service works by what its files say, also when nothing has \
            changed, and with 1 when the reload was refused. Then everything is as it was, and each \
            reason says on a line of its own where and what is wrong.

            --json prints one object with outcome (applied or refused), changed (names of settings \
            and policies) and reasons.

            \(AdminOptions.discussion)
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Service")
    var service: AdminOptions

    /// A reload may have to wait for another one. Each starts children, for which it gives twice
    /// birth_timeout, and sends images, the slowest of which may take the whole timeout: ten seconds
    /// each unless they are configured otherwise. The rest is for machines under load.
    private static let time = TimeAmount.seconds(120)

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let client = try AdminClient(service)
        let answer = try await client.post(
            "/cmd/reload", within: Self.time, expecting: [200, Self.refused])
        let told: Told = try client.decode(answer.body)
        let isRefused = answer.status == Self.refused
        let changed = (told.changed ?? []).map { UntrustedText.printable($0) }
        let reasons = (told.reasons ?? []).map { UntrustedText.printable($0) }
        if json {
            let outcome: StatusReport.Reload.Outcome = isRefused ? .refused : .applied
            let object: JSONValue = .object([
                ("outcome", .string(outcome.rawValue)), ("changed", .names(changed)),
                ("reasons", .names(reasons)),
            ])
            try PolicyOutput.print(object.text + "\n")
            if isRefused { throw CommandFailure(status: .failed, message: "") }
            return
        }
        guard !isRefused else {
            throw .failed(
                (["The reload was refused, and everything stays as it was:"] + reasons)
                    .joined(separator: "\n"))
        }
        try PolicyOutput.print(
            changed.isEmpty
                ? "Nothing has changed.\n" : changed.map { "changed: \($0)\n" }.joined())
    }

    /// 409 Conflict, with which a reload is refused.
    private static let refused = 409

    /// Both answers, as far as they are of use here.
    private struct Told: Decodable {
        var changed: [String]?
        var reasons: [String]?
    }
}
