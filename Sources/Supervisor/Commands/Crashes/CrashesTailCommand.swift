import ArgumentParser
import FoundationEssentials

/// `glovebox crashes tail`
struct CrashesTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Shows the newest crashes, and with -f those that come.",
        usage: "glovebox crashes tail [-f] [-n <n>] [<filters>] [--json] [<options>]",
        discussion: AdminOptions.discussion)

    @Flag(name: [.customShort("f"), .customLong("follow")], help: "Go on until it is ended.")
    var follow = false

    @Option(
        name: [.customShort("n"), .customLong("lines")],
        help: ArgumentHelp("How many to begin with (default: 10).", valueName: "n"))
    var lines: String?

    @OptionGroup(title: "Filters")
    var filter: CrashFilterOptions

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @OptionGroup(title: "Service")
    var service: AdminOptions

    func run() async throws { try await perform() }

    /// Between two looks: a record shows within a second of its child's death.
    private static let pause = Duration.milliseconds(500)

    private func perform() async throws(CommandFailure) {
        let access = try CrashAccess(service)
        let first = try await access.entries(filter.values + [("limit", lines ?? "10")])
        guard show(first.found) else { return }
        guard follow else { return }
        var seen = Seen(first.found)
        while true {
            do { try await Task.sleep(for: Self.pause) } catch { return }
            // By time, and not behind the last id: a count has none.
            let since = seen.since.map { [(name: "since", value: $0)] } ?? []
            let options = filter.values.filter { $0.name != "since" || since.isEmpty } + since
            let new = seen.news(of: try await access.entries(options).found)
            guard show(new) else { return }
        }
    }

    /// - Returns: whether somebody still reads.
    private func show(_ entries: [CrashEntry]) -> Bool {
        let text = entries.map { json ? $0.line + "\n" : Self.line($0) }.joined()
        return StandardStreams.writeOutput(Array(text.utf8))
    }

    /// As a table would have it, for lines that come one by one.
    private static func line(_ entry: CrashEntry) -> String {
        let table = CrashTable.text([entry], width: nil)
        return table.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"
    }

    /// What was shown already.
    private struct Seen {
        /// Children end on several threads, so lines may be this much out of order.
        private static let disorder = 5.0
        /// The newest time.
        private var last: Date?
        /// Lines whose time is not long before that.
        private var lines: [String: Date] = [:]

        init(_ entries: [CrashEntry]) { _ = news(of: entries) }

        /// From when on to ask; nil where nothing was seen.
        var since: String? { last.map { Timestamp.text($0 - Self.disorder) } }

        mutating func news(of entries: [CrashEntry]) -> [CrashEntry] {
            let news = entries.filter { entry in
                guard let time = Timestamp.date(entry.time) else { return false }
                last = max(last ?? time, time)
                return lines.updateValue(time, forKey: entry.line) == nil
            }
            if let last { lines = lines.filter { $0.value >= last - 2 * Self.disorder } }
            return news
        }
    }
}

extension CrashEntry {
    /// RFC 3339.
    var time: String {
        switch self {
        case .record(let record): record.time
        case .count(let count): count.time
        }
    }
}
