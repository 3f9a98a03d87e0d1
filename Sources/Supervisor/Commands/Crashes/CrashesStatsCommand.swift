import ArgumentParser

/// `glovebox crashes stats`
struct CrashesStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Counts crashes by class, policy and signature, and over time.",
        usage: "glovebox crashes stats [<filters>] [--json] [<options>]",
        discussion: """
            The time from --since, or from the oldest crash, to --until, or now, is divided into \
            \(CrashStats.pieces) pieces; each character of a line is one. Crashes that were only \
            counted count as many as they are.

            --json prints one object with count, records, since, until, piece_seconds, over_time, \
            and classes, policies and signatures: lists with name, count, first, last and \
            over_time, and for a signature class, policy and newest, the id of its newest record. \
            The lists have the \(CrashStats.mostListed) most frequent; more_signatures says how many \
            there are beyond.

            \(AdminOptions.discussion)
            """)

    @OptionGroup(title: "Filters")
    var filter: CrashFilterOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Service")
    var service: AdminOptions

    /// Signatures that are shown; the rest is many that came once.
    private static let mostSignatures = 20

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let stats = try await CrashAccess(service).stats(CrashOptions(filter.values))
        for warning in stats.warnings {
            StandardStreams.writeError("warning: \(UntrustedText.printable(warning))\n")
        }
        if json {
            let text = (try? OrderedJSON.value(of: stats).text) ?? ""
            return try PolicyOutput.print(text + "\n")
        }
        guard stats.count > 0 else {
            return try PolicyOutput.print(
                filter.values.isEmpty ? "No crash is recorded.\n" : "No crash matches.\n")
        }
        try PolicyOutput.print(Self.text(stats, width: PolicyOutput.width))
    }

    static func text(_ stats: CrashStats, width: Int?) -> String {
        var text =
            "\(stats.count) crash\(stats.count == 1 ? "" : "es"), \(stats.records) of them in full, "
            + "from \(CrashTable.time(stats.since ?? "")) to \(CrashTable.time(stats.until ?? "")); "
            + "one bar is \(span(stats.piece)).\n\n"
        var table = TextTable("", "COUNT", "LAST", "OVER TIME", "NEWEST", flexible: [])
        func add(_ title: String, _ groups: [CrashStats.Group]) {
            table.addSection(title)
            for group in groups {
                let of = [group.class, group.policy].compactMap { $0 }.joined(separator: ", ")
                table.add(
                    CrashTable.safe(group.name + (of.isEmpty ? "" : " (\(of))")),
                    "\(group.count)", CrashTable.time(group.last),
                    Sparkline.text(group.overTime, isPlain: width == nil),
                    CrashTable.safe(group.newest ?? ""))
            }
        }
        add("By class", stats.classes)
        add("By policy", stats.policies)
        add("By signature", Array(stats.signatures.prefix(mostSignatures)))
        text += table.text(width: width)
        let more = max(0, stats.signatures.count - mostSignatures).addingClamped(
            stats.moreSignatures)
        if more > 0 { text += "\n\(more) more signatures. Show more of them with --json.\n" }
        return text
    }

    private static func span(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(Int(seconds.rounded())) s"
        case ..<5_400: "\(Int((seconds / 60).rounded())) min"
        case ..<129_600: "\(Int((seconds / 3_600).rounded())) h"
        default: "\(Int((seconds / 86_400).rounded())) days"
        }
    }
}
