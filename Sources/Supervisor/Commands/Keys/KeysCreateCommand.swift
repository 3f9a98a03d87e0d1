import ArgumentParser
import RequestSyntax
import SandboxPolicy

/// `glovebox keys create`
struct KeysCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Makes a key and prints it, this once.",
        usage: "glovebox keys create [--name <text>] [--scope <scopes>] [<limits>] [--json]",
        discussion: """
            The key is all that standard output gets. Without --scope it permits process and info. \
            Scopes are: process (images by any options), info, sources (images of other servers), \
            presets (images by presets alone), metrics, admin:read and admin (of the admin \
            listener: its metrics, what it tells, and everything).

            --json prints one object a line for each key:
            \(KeysCommand.members)

            With --print-hash nothing is kept: beside the key, what declares it in the setting keys \
            or in the file of GLOVEBOX_API_KEYS_FILE is printed. With --json that is one object with \
            id, key, hash and declaration.

            The service is found through its state directory, which its account and that account's \
            group can read.
            """)

    @Option(help: ArgumentHelp("What it is called, for people.", valueName: "text"))
    var name: String?

    @Option(
        name: .customLong("scope"),
        help: ArgumentHelp("What it permits, with commas between.", valueName: "scopes"))
    var scopes: [String] = []

    @Flag(help: "For the admin listener: the scope admin, and a key that begins with gbx_admin_.")
    var admin = false

    @Option(help: ArgumentHelp("Requests in a time, such as 1000/h.", valueName: "rate"))
    var rate: String?

    @Option(help: ArgumentHelp("Requests at a time.", valueName: "n"))
    var concurrent: String?

    @Option(help: ArgumentHelp("Bytes in a day of UTC, such as 10GB.", valueName: "size"))
    var dailyBytes: String?

    @Option(
        help: ArgumentHelp("Networks that it may be sent from.", valueName: "network,..."))
    var allow: [String] = []

    @Option(
        name: .customLong("preset"),
        help: ArgumentHelp("Presets, and nothing else, that it may name.", valueName: "name,..."))
    var presets: [String] = []

    @Option(
        help: ArgumentHelp(
            "When it ends: 90d, 2027-01-31 or RFC 3339 (default: never).", valueName: "time"))
    var expires: String?

    @Option(name: .customShort("n"), help: ArgumentHelp("So many of them.", valueName: "n"))
    var count = 1

    @Flag(help: "Keep nothing; print the hash, to declare the key.")
    var printHash = false

    @OptionGroup
    var options: KeyCreateOptions

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let now = RequestPath.now
        let terms = try terms(now: now)
        guard KeyOrder.counts.contains(count) else {
            throw .usage("-n is \(count). Write a number from 1 to \(KeyOrder.counts.upperBound).")
        }
        if printHash {
            for _ in 0..<count { try Self.declare(terms, now: now, isJSON: options.json) }
            return
        }
        let access = try KeyAccess(options.place, makes: true)
        let answer = try await access.carryOut(.create(terms, count: count))
        try KeyOutput.made(answer, isJSON: options.json)
    }

    private func terms(now: Int64) throws(CommandFailure) -> KeyTerms {
        guard !admin || scopes.isEmpty else {
            throw .usage("--admin is the scope admin. Give either --admin or --scope.")
        }
        let texts: [KeyTerms.Field: [String]] = [
            .name: name.map { [$0] } ?? [], .scopes: admin ? ["admin"] : scopes,
            .rate: rate.map { [$0] } ?? [], .concurrent: concurrent.map { [$0] } ?? [],
            .dailyBytes: dailyBytes.map { [$0] } ?? [], .allow: allow, .presets: presets,
            .expires: expires.map { [$0] } ?? [],
        ]
        do throws(KeyTerms.Failure) {
            return try KeyTerms(texts, now: now)
        } catch {
            throw .usage("\(Self.option(error.field)): \(error.what). \(error.advice)")
        }
    }

    private static func option(_ field: KeyTerms.Field) -> String {
        switch field {
        case .scopes: "--scope"
        case .presets: "--preset"
        case .dailyBytes: "--daily-bytes"
        case .name, .rate, .concurrent, .allow, .expires: "--\(field.rawValue)"
        }
    }

    /// Prints a key that nothing is kept of.
    private static func declare(
        _ terms: KeyTerms, now: Int64, isJSON: Bool
    ) throws(CommandFailure) {
        var generator = SystemRandomNumberGenerator()
        let text = APIKeyText(terms.kind, using: &generator)
        let id = KeyDesk.newID()
        let hash = KeyCode(plain: text).declaration ?? ""
        let members: [(String, JSONValue)] =
            [("id", .string(id)), ("hash", .string(hash))] + terms.members
            + [("created", .string(KeyTerms.time(now)))]
        if isJSON {
            let object: JSONValue = .object([
                ("id", .string(id)), ("key", .string(text.text)), ("hash", .string(hash)),
                ("declaration", .object(members)),
            ])
            return try PolicyOutput.print(object.text + "\n")
        }
        // JSON's values are YAML's too.
        let lines = members.enumerated().map { index, member in
            "\(index == 0 ? "- " : "  ")\(member.0): \(member.1.text)\n"
        }
        try PolicyOutput.print("# \(text.text)\n" + lines.joined())
        StandardStreams.writeError(
            "The key is in the first line, this once. Take that line away, and put the others into "
                + "the list keys of the configuration, or into the file of "
                + "GLOVEBOX_API_KEYS_FILE.\n")
    }
}
