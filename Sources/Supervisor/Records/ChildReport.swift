import ImageVocabulary
import Logging
import SandboxPolicy
import WireProtocol

/// The log lines of a child that did not end well, or went beyond its policy and was let: what the
/// kernel observed, what the child reported, and what job it had.
struct ChildReport: Sendable {
    var child: UInt64
    /// nil for one that did all that was asked of it.
    var ending: ChildEnding?
    var life: Child.Life
    /// The job it had, when it had one.
    var job: JobIdentity?
    /// The number of the generation it was from, and how old that was.
    var generation: Int
    var generationAge: Duration
    /// Whether a sibling had crashed before it got its job, and the generation was used again.
    var isReused: Bool
    /// The policy that its generation was started with.
    var policy: PolicyIdentity
    var posture: NamedPosture

    /// What names a job in logs.
    struct JobIdentity: Sendable {
        var requestID: String
        var traceID: String?
        var sha256: String
        var bytes: Int
    }

    func log(to logger: Logger) {
        AuditedCalls(life.recordedCalls).log(identity, to: logger)
        guard let ending else { return }
        var fields = identity
        fields["class"] = "\(ending.name)"
        fields["generation_age_ms"] = .stringConvertible(generationAge.milliseconds)
        if isReused { fields["generation_reused_after_crash"] = .stringConvertible(true) }
        switch ending {
        case .crash(let signal), .memory(let signal): fields["signal"] = "\(Self.name(signal))"
        default: break
        }
        if let call = life.deniedCall {
            fields.merge(.init(call)) { own, _ in own }
        }
        if let exit = life.exit {
            switch exit.ending {
            case .status(let status): fields["exit_status"] = .stringConvertible(status)
            case .signal(let signal): fields["exit_signal"] = "\(Self.name(signal))"
            }
            fields["user_ms"] = .stringConvertible(exit.userTime / 1000)
            fields["system_ms"] = .stringConvertible(exit.systemTime / 1000)
            fields["peak_resident_kib"] = .stringConvertible(exit.peakResident)
            fields["minor_faults"] = .stringConvertible(exit.minorFaults)
            fields["major_faults"] = .stringConvertible(exit.majorFaults)
        }
        if let failure = life.setupFailure {
            fields["setup_stage"] = "\(failure.stage)"
            fields["setup_error"] = "\(failure.detail)"
        }
        switch life.killReason {
        case .protocolError(let label): fields["protocol_error"] = "\(label)"
        case .lingered: fields["protocol_error"] = "lingered"
        default: break
        }
        if let stage = life.stage { fields["stage"] = "\(stage.name)" }
        if !life.standardError.isEmpty {
            fields["stderr"] = "\(UntrustedText.printable(life.standardError))"
        }
        logger.warning("child ended", metadata: fields)
    }

    /// Which child it was, and whose.
    private var identity: Logger.Metadata {
        var fields: Logger.Metadata = [
            "child": .stringConvertible(child), "generation": .stringConvertible(generation),
            "policy_sha256": "\(policy.sha256)", "program_sha256": "\(policy.programSHA256)",
            "posture": "\(posture.rawValue)",
        ]
        if let base = policy.baseSHA256 { fields["policy_base_sha256"] = "\(base)" }
        if let job {
            fields["request_id"] = "\(job.requestID)"
            if let trace = job.traceID { fields["trace_id"] = "\(trace)" }
            fields["sha256"] = "\(job.sha256)"
            fields["bytes"] = .stringConvertible(job.bytes)
        }
        return fields
    }

    /// The names of signal(7) for the numbers that x86-64 and AArch64 share.
    private static func name(_ signal: Int32) -> String {
        switch signal {
        case 4: "SIGILL"
        case 5: "SIGTRAP"
        case 6: "SIGABRT"
        case 7: "SIGBUS"
        case 8: "SIGFPE"
        case 9: "SIGKILL"
        case 11: "SIGSEGV"
        case 13: "SIGPIPE"
        case 24: "SIGXCPU"
        case 25: "SIGXFSZ"
        case 31: "SIGSYS"
        default: "signal \(signal)"
        }
    }
}
