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
        let first = try await access.newest(
            CrashOptions(filter.values + [("limit", lines ?? "10")]))
        guard show(first.found), follow else { return }
        // By the place in the log, whatever time the lines say.
        var options = try CrashOptions(filter.values)
        var place = first.newer ?? .beginning
        var isBehind = false
        while true {
            if !isBehind {
                do { try await Task.sleep(for: Self.pause) } catch { return }
            }
            options.set("after", place.description)
            let page = try await access.page(options)
            guard show(page.found) else { return }
            place = page.newer ?? place
            isBehind = page.isCut
        }
    }

    /// - Returns: whether somebody still reads.
    private func show(_ lines: [[UInt8]]) -> Bool {
        if json { return StandardStreams.writeOutput(lines.flatMap { $0 + [UInt8(ascii: "\n")] }) }
        let text = lines.compactMap { CrashEntry(line: $0) }.map { Self.line($0) }.joined()
        return StandardStreams.writeOutput(Array(text.utf8))
    }

    /// As a table would have it, for lines that come one by one.
    private static func line(_ entry: CrashEntry) -> String {
        let table = CrashTable.text([entry], width: nil)
        return table.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"
    }
}
