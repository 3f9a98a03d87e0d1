import ArgumentParser
import SandboxPolicy

/// `glovebox keys`
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Makes, changes and lists the keys that clients send.",
        discussion: """
            Clients send a key as X-API-Key: KEY or as Authorization: Bearer KEY. Keys are kept as \
            hashes in the state directory, or declared in the configuration. Where a service runs \
            it does the work, and a change is in force when the command ends.
            """,
        subcommands: [
            KeysCreateCommand.self, KeysListCommand.self, KeysShowCommand.self,
            KeysRotateCommand.self, KeysRevokeCommand.self,
        ])

    /// What `--json` prints of a key.
    static let members = """
          id           names it in logs and commands
          key          its text, only where it was just made
          name         as it was given
          state        active, rotating (the text before is still accepted), expired, revoked
          source       store or declared
          scopes       a list
          rate         as 1000/h, null for none; concurrent, daily_bytes: a number, or null
          allow        networks that it may be sent from, none for all; presets: as --preset
          created      RFC 3339, as all times; null where a declaration does not say
          changed      when its text was made; age_days: since then
          expires      null for never
          last_used    null for never, and of a declared key for not since
                       the start of the instance that is asked; revoked, old_until: null for not
        """
}

/// Where keys are, and what is configured there.
struct KeyPlace {
    let service: AdminOptions
    let config: String?
}

/// Options of every command about keys.
struct KeyOptions: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: Self.configHelp)
    var config: String?

    @OptionGroup(title: "Service")
    var service: AdminOptions

    static let configHelp = ArgumentHelp(
        """
        Configuration file, or off for none (default: ./glovebox.yaml, else \
        /etc/glovebox/glovebox.yaml, where it is there) [GLOVEBOX_CONFIG]
        """, valueName: "file")

    var place: KeyPlace { KeyPlace(service: service, config: config) }
}

/// The same for `create`, whose `--admin` says what the key is for.
struct KeyCreateOptions: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: KeyOptions.configHelp)
    var config: String?

    @Option(
        name: .customLong("admin-url"),
        help: ArgumentHelp(
            """
            Ask the admin listener at this URL, as other commands do with --admin, with the key in \
            GLOVEBOX_ADMIN_KEY or in the file that GLOVEBOX_ADMIN_KEY_FILE names.
            """, valueName: "url"))
    var adminURL: String?

    @Option(
        help: ArgumentHelp(
            """
            State directory of the service (default: this account's, else /var/lib/glovebox). \
            [GLOVEBOX_STATE]
            """, valueName: "dir"))
    var state: String?

    var place: KeyPlace {
        get throws(CommandFailure) {
            let words = [("--admin", adminURL), ("--state", state)]
                .compactMap { name, value in value.map { "\(name)=\($0)" } }
            guard let service = try? AdminOptions.parse(words) else {
                throw .usage("--admin-url and --state cannot be read.")
            }
            return KeyPlace(service: service, config: config)
        }
    }
}

/// Keys as a command prints them.
enum KeyOutput {
    /// What was just made: the keys alone to standard output, the rest to standard error.
    static func made(_ answer: KeyAnswer, isJSON: Bool) throws(CommandFailure) {
        for key in answer.keys {
            if isJSON {
                try PolicyOutput.print(key.json.text + "\n")
            } else {
                try PolicyOutput.print((key.key ?? "") + "\n")
                StandardStreams.writeError(
                    "The key \(title(key)) is above. It is shown this once, and kept nowhere.\n")
                if let until = key.oldUntil {
                    StandardStreams.writeError("The one before it is accepted until \(until).\n")
                }
            }
        }
        warn(answer.warnings)
    }

    static func warn(_ warnings: [String]) {
        for warning in warnings {
            StandardStreams.writeError("warning: \(UntrustedText.printable(warning))\n")
        }
    }

    /// The id, and the name where it has one.
    static func title(_ key: KeyReport) -> String {
        key.name.isEmpty ? safe(key.id) : "\(safe(key.id)) (\(safe(key.name)))"
    }

    static func table(_ keys: [KeyReport], width: Int?) -> String {
        var table = TextTable(
            "ID", "NAME", "STATE", "FROM", "AGE", "USED", "EXPIRES", "SCOPES", "LIMITS",
            flexible: [7])
        for key in keys {
            table.add(
                safe(key.id), key.name.isEmpty ? "-" : safe(key.name), key.state.rawValue,
                key.source.rawValue, key.ageDays.map { "\($0)d" } ?? "-",
                minute(key.lastUsed) ?? neverUsed(key), minute(key.expires) ?? "never",
                safe(key.scopes.joined(separator: " ")), limits(key))
        }
        return table.text(width: width)
    }

    /// Every fact in a line of its own.
    static func lines(_ key: KeyReport) -> String {
        var table = TextTable("FACT", "VALUE")
        for (name, value) in facts(key) { table.add(name, value) }
        return table.text(width: PolicyOutput.width)
    }

    private static func facts(_ key: KeyReport) -> [(String, String)] {
        func list(_ values: [String], _ none: String) -> String {
            values.isEmpty ? none : values.map(safe).joined(separator: ", ")
        }
        return [
            ("id", safe(key.id)), ("name", key.name.isEmpty ? "-" : safe(key.name)),
            ("state", key.state.rawValue), ("from", key.source.rawValue),
            ("scopes", list(key.scopes, "-")), ("rate", safe(key.rate ?? "-")),
            ("concurrent", key.concurrent.map { "\($0)" } ?? "-"),
            ("daily bytes", key.dailyBytes.map { Size.text($0) } ?? "-"),
            ("sent from", list(key.allow, "anywhere")), ("presets", list(key.presets, "all")),
            ("created", safe(key.created ?? "-")), ("text made", safe(key.changed ?? "-")),
            ("age", key.ageDays.map { "\($0) days" } ?? "-"),
            ("expires", safe(key.expires ?? "never")),
            ("last used", safe(key.lastUsed ?? neverUsed(key))),
            ("revoked", safe(key.revoked ?? "-")),
            ("text before until", safe(key.oldUntil ?? "-")),
        ]
    }

    /// Uses of declared keys are kept by nobody for longer than an instance runs.
    private static func neverUsed(_ key: KeyReport) -> String {
        key.source == .declared ? "?" : "never"
    }

    private static func limits(_ key: KeyReport) -> String {
        let parts = [
            key.rate.map { safe($0) }, key.concurrent.map { "\($0) at a time" },
            key.dailyBytes.map { "\(Size.text($0)) a day" },
            key.allow.isEmpty ? nil : "from \(key.allow.map(safe).joined(separator: " "))",
            key.presets.isEmpty ? nil : "presets \(key.presets.map(safe).joined(separator: " "))",
        ]
        let text = parts.compactMap { $0 }.joined(separator: ", ")
        return text.isEmpty ? "-" : text
    }

    private static func minute(_ time: String?) -> String? {
        time.map { safe(String($0.prefix(16)).replacing("T", with: " ")) }
    }

    /// A name is checked where it is made; what a service says is checked once more.
    private static func safe(_ text: String) -> String {
        KeyTerms.isName(text) ? text : UntrustedText.printable(text)
    }
}
