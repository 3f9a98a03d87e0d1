/// What is not as it should be, in sentences that say what to do about it, the worst first.
struct StatusNotices: Sendable {
    struct Notice: Equatable, Sendable {
        let text: String
        let style: StyledLine.Style

        /// The text in lines of at most so many columns, those after the first indented.
        func lines(columns: Int) -> [StyledLine] {
            WrappedText.lines(text, columns: columns, first: "! ", rest: "  ")
                .map { StyledLine($0, style) }
        }
    }

    private let report: StatusReport

    init(_ report: StatusReport) { self.report = report }

    var all: [Notice] {
        var notices: [Notice] = []
        if report.health == .unavailable {
            notices.append(
                Notice(
                    text: "No image can be processed. The log has the reason, and 'glovebox "
                        + "doctor' tries a sandbox and says what it lacks.", style: .bad))
        }
        if report.jobs.isFull {
            notices.append(
                Notice(
                    text: "The queue is full: further requests are answered with 503. Give the "
                        + "service more workers (GLOVEBOX_WORKERS), or send it less.", style: .bad))
        }
        notices += report.policies.flatMap(Self.notices)
        notices += report.lastReload.map(Self.notices) ?? []
        if report.posture == "audit" {
            notices.append(
                Notice(
                    text:
                        "The posture 'audit' was chosen: calls that a policy denies are logged as "
                        + "'call recorded' and carried out. Start with strict as soon as the log "
                        + "has told what it can.", style: .warning))
        } else if report.posture != "strict" {
            notices.append(
                Notice(
                    text: "The posture '\(report.posture)' was chosen, which is weaker than "
                        + "strict: /cmd/posture says what is lost, 'glovebox doctor' how to have "
                        + "it.", style: .warning))
        }
        return notices.filter { $0.style == .bad } + notices.filter { $0.style != .bad }
    }

    /// What is in force is not what the files say, and a restart would end at them.
    private static func notices(of reload: StatusReport.Reload) -> [Notice] {
        guard reload.outcome == .refused else { return [] }
        let first = reload.reasons.first ?? "the log has the reason"
        let shown = first.count > mostOfReason ? first.prefix(mostOfReason) + "..." : first[...]
        let rest = reload.reasons.count - 1
        return [
            Notice(
                text:
                    "The reload of \(StatusScreen.span(reload.age)) ago was refused, and what was "
                    + "in force before is still: \(shown)"
                    + (rest > 0
                        ? " (and \(rest) more: see --json)." : shown.hasSuffix(".") ? "" : ".")
                    + " Mend it, then run 'glovebox policy reload'.", style: .bad)
        ]
    }

    /// Characters: about four lines of the screen.
    private static let mostOfReason = 300

    private static func notices(of policy: StatusReport.Policy) -> [Notice] {
        var notices: [Notice] = []
        let formats = policy.formats.joined(separator: ", ")
        switch policy.state {
        case .failed:
            notices.append(
                Notice(
                    text: "\(policy.policy) is not served (\(formats)): "
                        + "\(policy.reason ?? "the log has the reason"). Mend it, then run "
                        + "'glovebox policy reload'.", style: .bad))
        case .starting:
            notices.append(
                Notice(
                    text: "\(policy.policy) is starting (\(formats)): no child is ready yet.",
                    style: .warning))
        case .serving: break
        }
        if !policy.layersMissing.isEmpty {
            notices.append(
                Notice(
                    text: "\(policy.policy) runs without: "
                        + policy.layersMissing.joined(separator: ", ")
                        + ". 'glovebox doctor' says what that means and how to have it.",
                    style: .warning))
        }
        return notices
    }
}
