import ImageVocabulary
import SandboxPolicy

/// What `policy learn` says when it is done.
struct LearningReport {
    private let outcome: PolicyLearner.Outcome
    private let file: String

    init(_ outcome: PolicyLearner.Outcome, file: String) {
        self.outcome = outcome
        self.file = file
    }

    private var failures: [CorpusRun.Failure] { outcome.visits.flatMap(\.failures) }
    private var skipped: [CorpusRun.Skipped] { outcome.visits.compactMap(\.skipped) }

    /// Whether every image came through, and the policy lets them.
    var isClean: Bool {
        failures.isEmpty && warnings.isEmpty && outcome.refused.isEmpty && outcome.isSettled
    }

    /// What the linter says of the result.
    private var warnings: [PolicyDiagnostic] {
        outcome.policy.diagnostics.filter { $0.severity != .note }
    }

    private var ruleCount: Int { outcome.policy.document.profile.rules.count }

    private static let mostNamed = 10

    var text: String {
        let images = outcome.visits.count { $0.jobs > 0 }
        var lines = [
            "Learnt from \(images) image\(images == 1 ? "" : "s") in \(outcome.runs) runs: "
                + "\(ruleCount) rules"
                + (file == "-" ? "." : ", written to \(file)."),
            "Calls were let go on while this was learnt, which was no security decision: read every "
                + "rule before you serve by it.",
        ]
        for refused in outcome.refused.prefix(Self.mostNamed) {
            lines.append("Not permitted: \(refused.text).")
        }
        for warning in warnings.prefix(Self.mostNamed) { lines.append("\(warning)") }
        for failure in failures.prefix(Self.mostNamed) {
            lines.append(
                "\(UntrustedText.printable(failure.image)) failed (\(failure.task.text)): "
                    + (failure.verdict.map { "\(failure.cause), \($0.name)" } ?? failure.cause)
                    + ".")
        }
        for skipped in skipped.prefix(Self.mostNamed) {
            lines.append(
                "\(UntrustedText.printable(skipped.image)) was left out. \(skipped.reason)")
        }
        for (count, what) in [
            (outcome.refused.count, "calls were not permitted"),
            (failures.count, "failures"), (skipped.count, "files were left out"),
        ] where count > Self.mostNamed {
            lines.append("In all \(count) \(what).")
        }
        if !outcome.isSettled {
            lines.append(
                "The last run still held calls that were new. Run it again with --merge and the "
                    + "policy that was written.")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
