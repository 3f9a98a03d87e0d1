import ImageVocabulary
import SandboxPolicy
import WireProtocol

/// What happened to a child, in one sentence for people.
enum CrashSummary {
    static func text(_ report: ChildReport, _ ending: ChildEnding) -> String {
        let life = report.life
        let stage = life.stage.map { ", by its own word while \($0.name)" } ?? ""
        switch ending {
        case .violation:
            let answers = report.served.answers
            guard let call = life.deniedCall else {
                return "The child made \(answers.silentDenial)."
            }
            return
                "The child made a call that its policy denies\(stage): \(answers.denial(of: call))."
        case .crash(9):
            return
                "The child was killed by a SIGKILL that the service did not send\(stage): by the "
                + "kernel when memory ran out, or by somebody on this machine."
        case .crash(let signal):
            return "The child crashed with \(SignalText.name(signal))\(stage): "
                + "\(SignalText.meaning(signal))."
        case .memory(let signal):
            let how = signal.map { "ended with \(SignalText.name($0))" } ?? "gave the image up"
            return "The child used up its memory of \(Size.text(Int(clamping: memory(report)))) "
                + "and \(how)\(stage)."
        case .cpu:
            return "The child used up its \(report.served.configuration.cpuSeconds) s of processor "
                + "time\(stage)."
        case .deadline:
            return "The child was killed since its job took longer than it had\(stage)."
        case .output:
            return "The child was killed since it sent or printed more than it may\(stage)."
        case .protocolError:
            return protocolText(life, stage)
        case .setup:
            return setupText(report)
        case .abandoned:
            return "The child was killed since its client went away\(stage)."
        case .lost:
            return "The zygote died and its child with it\(stage); how it ended nobody can tell."
        }
    }

    private static func memory(_ report: ChildReport) -> UInt64 {
        report.served.configuration.memoryBudget
    }

    private static func protocolText(_ life: Child.Life, _ stage: String) -> String {
        switch life.killReason {
        case .protocolError(let label):
            return "The child was killed since what it sent was no answer "
                + "(\(UntrustedText.printable(label)))\(stage)."
        case .lingered: return "The child was killed since it did not end after its answer\(stage)."
        default: return "The child ended by itself without a complete answer\(stage)."
        }
    }

    private static func setupText(_ report: ChildReport) -> String {
        guard let failure = report.life.setupFailure else {
            return "The child was killed since it was not confined and ready within "
                + "\(Time.text(report.birth))."
        }
        let detail = UntrustedText.printable(failure.detail)
        return
            "The child could not be confined: the step '\(UntrustedText.printable(failure.stage))' "
            + "failed" + (detail.isEmpty ? "." : " (\(detail)).")
    }
}
