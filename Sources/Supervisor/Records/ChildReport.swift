import FoundationEssentials
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
    var served: ServedPolicy
    var posture: NamedPosture
    /// What its zygote said of itself, if that was ever heard.
    var hello: ZygoteHello?
    /// What it had until it must be ready.
    var birth: Duration
    /// Whether a reload tried a policy with it that was not in force.
    var isTrial = false
    /// The same moment by two clocks.
    private let now = (date: Date(), instant: ContinuousClock.now)

    init(
        child: UInt64, ending: ChildEnding?, life: Child.Life, job: JobIdentity?,
        generation: Int, generationAge: Duration, isReused: Bool, served: ServedPolicy,
        posture: NamedPosture, hello: ZygoteHello?, birth: Duration
    ) {
        self.child = child
        self.ending = ending
        self.life = life
        self.job = job
        self.generation = generation
        self.generationAge = generationAge
        self.isReused = isReused
        self.served = served
        self.posture = posture
        self.hello = hello
        self.birth = birth
    }

    var policy: PolicyIdentity { served.identity }
    /// When it was gone.
    var died: Date { life.times.gone.map(date) ?? now.date }

    func date(of instant: ContinuousClock.Instant) -> Date {
        now.date - (now.instant - instant) / .seconds(1)
    }

    /// What names a job in logs.
    struct JobIdentity: Sendable {
        var requestID: String
        var traceID: String?
        var sha256: String
        var bytes: Int
        /// What the request said that the input is, and what its magic number says.
        var announced: ImageFormat?
        var sniffed: ImageFormat
        var operation: JobMessage.Operation
        var plans: [Plan]
        var wishes = InfoWishes()
        var limits: JobLimits
        var deadline: ContinuousClock.Instant
        /// Who asked for it first; nil for the service itself.
        var party: Caller.Party?
        /// The address of the image, without its query, where the request named one.
        var source: String?
        var charge: JobCharge?
        var others: OtherRequests?
    }

    /// - Parameter record: the id of the child's record; nil where there is none.
    func log(to logger: Logger, record: String?) {
        AuditedCalls(life.recordedCalls).log(identity, to: logger)
        guard let ending else { return }
        var fields = identity
        fields["class"] = "\(ending.name)"
        if let record { fields["record"] = "\(record)" }
        fields["generation_age_ms"] = .stringConvertible(generationAge.milliseconds)
        if isReused { fields["generation_reused_after_crash"] = .stringConvertible(true) }
        switch ending {
        case .crash(let signal), .memory(let signal?):
            fields["signal"] = "\(SignalText.name(signal))"
        default: break
        }
        if let call = life.deniedCall {
            fields.merge(.init(call)) { own, _ in own }
        }
        if let exit = life.exit {
            switch exit.ending {
            case .status(let status): fields["exit_status"] = .stringConvertible(status)
            case .signal(let signal): fields["exit_signal"] = "\(SignalText.name(signal))"
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
        logOthers(to: logger, ending, record: record)
    }

    /// A line for each request that waited for the same child, which is nowhere else under its id.
    private func logOthers(to logger: Logger, _ ending: ChildEnding, record: String?) {
        guard let job, let others = job.others else { return }
        for other in others.all {
            var fields: Logger.Metadata = [
                "request_id": "\(other.id)", "shared_with": "\(job.requestID)",
                "child": .stringConvertible(child), "class": "\(ending.name)",
            ]
            if let trace = other.traceID { fields["trace_id"] = "\(trace)" }
            if let record { fields["record"] = "\(record)" }
            logger.warning("shared child ended", metadata: fields)
        }
    }

    /// Which child it was, and whose.
    private var identity: Logger.Metadata {
        var fields: Logger.Metadata = [
            "child": .stringConvertible(child), "generation": .stringConvertible(generation),
            "policy_sha256": "\(policy.sha256)", "program_sha256": "\(policy.programSHA256)",
            "posture": "\(posture.rawValue)",
        ]
        if isTrial { fields["trial"] = .stringConvertible(true) }
        if let base = policy.baseSHA256 { fields["policy_base_sha256"] = "\(base)" }
        if let job {
            fields["request_id"] = "\(job.requestID)"
            if let trace = job.traceID { fields["trace_id"] = "\(trace)" }
            fields["sha256"] = "\(job.sha256)"
            fields["bytes"] = .stringConvertible(job.bytes)
        }
        return fields
    }
}
