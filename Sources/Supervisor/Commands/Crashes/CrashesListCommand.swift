import ArgumentParser

/// `glovebox crashes list`
struct CrashesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists crashes, the newest last.",
        usage: "glovebox crashes list [<filters>] [--limit <n>] [--json] [<options>]",
        discussion: """
            --json prints one JSON object a line, as it is in the crash log: a record as \
            docs/crash-record.schema.json describes it, or, of more equal crashes in a minute than \
            are written in full, one with "kind": "count". Without --json the last 50 are shown.

            \(AdminOptions.discussion)
            """)

    @OptionGroup(title: "Filters")
    var filter: CrashFilterOptions

    @Option(help: ArgumentHelp("At most so many, the newest ones.", valueName: "n"))
    var limit: String?

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @OptionGroup(title: "Service")
    var service: AdminOptions

    /// As many as people look at.
    private static let mostShown = "50"

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let access = try CrashAccess(service)
        if json, limit == nil {
            // In pages: a hundred thousand records are hundreds of megabytes.
            return try await access.forEach(CrashOptions(filter.values)) {
                line throws(CommandFailure) in try CrashTable.print(line)
            }
        }
        let reading = try await access.newest(
            CrashOptions(filter.values + [("limit", limit ?? Self.mostShown)]))
        if json {
            for line in reading.found { try CrashTable.print(line) }
            return
        }
        guard !reading.found.isEmpty else {
            return try PolicyOutput.print(
                filter.values.isEmpty ? "No crash is recorded.\n" : "No crash matches.\n")
        }
        let entries = reading.found.compactMap { CrashEntry(line: $0) }
        try PolicyOutput.print(CrashTable.text(entries, width: PolicyOutput.width))
        let others = reading.found.count - entries.count
        if others > 0 {
            StandardStreams.writeError(
                "warning: Lines that are no whole records, which only --json shows: \(others).\n")
        }
        if reading.isCut, limit == nil {
            StandardStreams.writeError(
                "There are older ones. Show more with --limit, or choose with --since.\n")
        }
    }
}

/// Crashes as lines of a table.
enum CrashTable {
    static func text(_ entries: [CrashEntry], width: Int?) -> String {
        var table = TextTable("ID", "TIME", "CLASS", "POLICY", "FORMAT", "SIGNATURE", "WHAT")
        for entry in entries {
            switch entry {
            case .record(let record):
                table.add(
                    safe(record.id), time(record.time), record.class.rawValue,
                    safe(record.policy.name), safe(record.input?.sniffed ?? "-"),
                    safe(record.signature), safe(record.summary))
            case .count(let count):
                table.add(
                    "-", time(count.time), count.class.rawValue, safe(count.policy), "-",
                    safe(count.signature),
                    "\(count.count) more of them from \(time(count.since)) to "
                        + "\(time(count.until)), counted and not written in full.")
            }
        }
        return table.text(width: width)
    }

    /// Prints a line of the log as it is.
    static func print(_ line: [UInt8]) throws(CommandFailure) {
        guard StandardStreams.writeOutput(line + [UInt8(ascii: "\n")]) else {
            throw .failed("Standard output cannot be written to.")
        }
    }

    /// To the second, without the letters.
    static func time(_ text: String) -> String {
        safe(String(text.prefix(19)).replacing("T", with: " "))
    }

    /// A log may have been written to by anybody who could: nothing in it moves a cursor.
    static func safe(_ text: String) -> String { UntrustedText.printableOnce(text) }
}

extension UntrustedText {
    /// As ``printable(_:)-String``, for text that was made printable before: its backslashes stay as
    /// they are.
    static func printableOnce(_ text: String) -> String {
        printable(text).replacing("\\\\", with: "\\")
    }
}
