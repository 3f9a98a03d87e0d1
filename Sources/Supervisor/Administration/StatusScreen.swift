/// A report on one screen of 80 columns and 24 rows, for people.
struct StatusScreen: Sendable {
    /// Nothing is wider, so that nothing wraps.
    static let columns = 80
    /// Nothing is longer; the last row of a terminal is left to the prompt.
    static let rows = 23

    let report: StatusReport
    /// An earlier report, for rates; one of another process counts as none.
    let earlier: StatusReport?
    let usesColour: Bool

    init(_ report: StatusReport, after earlier: StatusReport? = nil, usesColour: Bool = false) {
        self.report = report
        let isSame = earlier?.pid == report.pid && earlier?.started == report.started
        self.earlier = isSame ? earlier : nil
        self.usesColour = usesColour
    }

    /// Lines, each ended by a line feed.
    var text: String {
        var lines = [heading, listeners, requests, images, change].compactMap { $0 }
        lines.append(StyledLine())
        let notices = StatusNotices(report).all.map { $0.lines(columns: Self.columns) }
        // What is wrong comes before what is well: the table gives way, then the notices.
        let most = max(4, Self.rows - lines.count - 1 - notices.joined().count)
        lines += table(rows: min(most, report.policies.count + 1))
        if !notices.isEmpty { lines.append(StyledLine()) }
        for (index, notice) in notices.enumerated() {
            let isLast = index == notices.count - 1
            guard lines.count + notice.count + (isLast ? 0 : 1) <= Self.rows else {
                lines.append(StyledLine("and \(notices.count - index) more: see --json"))
                break
            }
            lines += notice
        }
        return lines.map { $0.text(columns: Self.columns, usesColour: usesColour) + "\n" }.joined()
    }

    private var heading: StyledLine {
        var line = StyledLine("glovebox \(report.version)", .bold)
        line += "   process \(report.pid)   up \(Self.span(report.uptime))"
        line += "   posture \(report.posture)   "
        switch report.health {
        case .ok: line.add("ok", .good)
        case .degraded: line.add("degraded", .warning)
        case .unavailable: line.add("unavailable", .bad)
        }
        return line
    }

    private var listeners: StyledLine {
        let all = report.listeners.map { "\($0.name) \($0.address)" }
        return StyledLine("listening   " + (all.isEmpty ? "nowhere" : all.joined(separator: "   ")))
    }

    private var requests: StyledLine {
        let now = report.counters
        var line = StyledLine("requests    ")
        if let requests = rate(\.requests), let client = rate(\.clientErrors),
            let server = rate(\.serverErrors)
        {
            line += "\(requests)/s, 4xx \(client)/s, "
            line.add("5xx \(server)/s", server == "0" ? .plain : .bad)
            line += "; "
        }
        line += "\(now.requests) in all, \(now.clientErrors) of them 4xx, "
        line += "\(now.serverErrors) 5xx"
        return line
    }

    private var images: StyledLine {
        let jobs = report.jobs
        var line = StyledLine("images      ")
        if let done = rate(\.jobs) { line += "\(done)/s; " }
        line += "\(report.counters.jobs) in all; \(jobs.running) of \(jobs.workers) in work, "
        line.add("\(jobs.waiting) of \(jobs.queue) waiting", jobs.isFull ? .bad : .plain)
        return line
    }

    private var change: StyledLine? {
        report.lastChange.map {
            StyledLine(
                "zygotes     last change \(Self.span($0.age)) ago: \($0.policy), "
                    + $0.reason.inWords)
        }
    }

    /// What was counted since the earlier report, each second.
    private func rate(_ counter: KeyPath<StatusReport.Counters, Int>) -> String? {
        guard let earlier, report.uptime > earlier.uptime else { return nil }
        let (difference, overflow) = report.counters[keyPath: counter]
            .subtractingReportingOverflow(earlier.counters[keyPath: counter])
        guard !overflow, difference >= 0 else { return nil }
        let tenths = (Double(difference) / (report.uptime - earlier.uptime) * 10).rounded()
        return tenths == 0 && difference == 0 ? "0" : "\(tenths / 10)"
    }

    private func table(rows: Int) -> [StyledLine] {
        func row(_ cells: [String]) -> String {
            zip(cells, [15, 9, 9, 8, 12, 10, 6]).map { Self.cell($0, $1) }.joined()
                + (cells.last ?? "")
        }
        var lines = [
            StyledLine(
                row([
                    "policy", "state", "libvips", "zygote", "age", "forked", "warm", "working",
                ]), .bold)
        ]
        let isCut = report.policies.count > rows - 1
        for policy in report.policies.prefix(isCut ? rows - 2 : rows - 1) {
            let zygote = policy.generations.first { $0.role == .current }
            lines.append(
                StyledLine(
                    row([
                        policy.policy, policy.state.rawValue, policy.libvips ?? "-",
                        zygote.map { "\($0.number)" } ?? "-",
                        zygote.map { Self.span($0.age) } ?? "-",
                        zygote.map { "\($0.forks)" } ?? "-",
                        "\(policy.children.warm)", "\(policy.children.working)",
                    ]), policy.state == .failed ? .bad : .plain))
        }
        if isCut {
            lines.append(StyledLine("and \(report.policies.count - (rows - 2)) more: see --json"))
        }
        return lines
    }

    /// Text in so many columns, the last of them empty.
    private static func cell(_ text: String, _ width: Int) -> String {
        let clean = StyledLine.printable(text)
        let cut = clean.count < width ? clean : clean.prefix(width - 2) + "~"
        return cut + String(repeating: " ", count: width - cut.count)
    }

    /// A time in the two largest units that matter.
    static func span(_ seconds: Double) -> String {
        // A report is somebody else's: its numbers may be anything.
        let all = Int(min(max(0, seconds.isFinite ? seconds : 0), 1e10))
        let (days, hours) = (all / 86_400, all / 3_600 % 24)
        let (minutes, rest) = (all / 60 % 60, all % 60)
        if days > 0 { return "\(days) d \(hours) h" }
        if hours > 0 { return "\(hours) h \(minutes) min" }
        return minutes > 0 ? "\(minutes) min \(rest) s" : "\(rest) s"
    }
}

extension StatusReport.Jobs {
    /// Whether the next request is turned away.
    var isFull: Bool { waiting >= queue && running >= workers }
}

extension GenerationReason {
    /// For a sentence.
    fileprivate var inWords: String {
        switch self {
        case .start: "the service started"
        case .crash: "a child crashed"
        case .violation: "a child made a call that its policy denies"
        case .protocolError: "a child broke the protocol"
        case .forks: "the old one had forked its share"
        case .age: "the old one was old enough"
        case .died: "the old one died"
        case .unresponsive: "the old one no longer answered"
        case .demand: "an operator asked"
        case .reload: "the configuration was reloaded"
        }
    }
}
