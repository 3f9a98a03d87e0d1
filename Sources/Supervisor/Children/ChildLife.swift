import ImageVocabulary
import SandboxPolicy
import WireProtocol

/// A child's life as its supervisor knows it: a pure value that takes in what happens and says what
/// is to be done about it. What the kernel observed and what the child reported stand apart in it.
///
/// asked → born → ready → given a job → answered → gone; from everywhere straight to gone.
struct ChildLife<C: Clock>: Sendable where C.Duration == Duration {
    enum Event: Equatable, Sendable {
        // By the zygote's word, who has it from the kernel.
        case born
        case observed(DeniedCall)
        case recorded(DeniedCall)
        case snapshot(Snapshot)
        case failed(SetupFailure)
        case exited(ChildExit)
        /// The zygote is dead, and so is the child; how it ended nobody can tell.
        case orphaned

        // By the child's word.
        case ready(Posture)
        /// A first byte after `ready`, whatever it means.
        case spoke
        case entered(Stage)
        /// A complete answer.
        case answered
        /// It would not do it.
        case refused(Verdict)
        case printed([UInt8])
        /// By its own signal handler, or by whoever writes as that does.
        case crashed(CrashReport)
        case resultEnded
        case errorsEnded

        // By our own.
        case given(deadline: C.Instant)
        /// The job could not be handed over.
        case undelivered
        /// The child is to be ended for this reason, which stays true when it has ended by itself.
        case condemned(KillReason)
        case abandoned
        /// As condemned, unless it has ended.
        case dismissed
        /// The job's owner has looked at the answer.
        case judged
        /// Time has passed.
        case ticked
    }

    enum Action: Equatable, Sendable {
        /// Send SIGKILL.
        case kill
        /// It can be given a job.
        case offer
        /// Answer the job's owner.
        case answer(Answer)
        /// No sibling should get a job any more.
        case taint(GenerationReason)
        /// The zygote has not even forked it in time.
        case replaceZygote
        /// Nothing more can be learnt of it: write down how it ended and let go of it.
        case finish
    }

    enum Answer: Equatable, Sendable {
        /// What it said was complete.
        case received
        case deadline
        case abandoned
        /// It gave no answer, or none that can be used.
        case lost(mayRestart: Bool)
    }

    /// What one child of the policy may use.
    struct Budget: Sendable {
        /// KiB.
        var memory: UInt64
        /// Microseconds.
        var processor: UInt64
    }

    /// What a child has to end by itself once its answer, or its pipe, is at its end: more than the
    /// kernel needs to take back what it held.
    static var grace: Duration { .seconds(1) }

    let budget: Budget
    private(set) var times: Times

    // By the kernel's word, which the zygote passes on.
    private(set) var deniedCall: DeniedCall?
    /// Calls beyond the program after which it went on.
    private(set) var recordedCalls: [DeniedCall] = []
    /// Of the thread that made the first of them.
    private(set) var snapshot: Snapshot?
    private(set) var exit: ChildExit?
    /// A step of the confinement that failed, before any image byte was there.
    private(set) var setupFailure: SetupFailure?

    // By the child's word.
    private(set) var posture: Posture?
    private(set) var standardError: [UInt8] = []
    private(set) var crashReport: CrashReport?
    private(set) var hasAnswered = false
    private(set) var refusal: Verdict?
    private var hasSpoken = false
    private var hasResultEnded = false
    private var hasErrorsEnded = false

    // By our own bookkeeping.
    private(set) var killReason: KillReason?
    private(set) var hasJob = false
    private var isUndelivered = false
    private var isOrphaned = false
    private var isResolved = false
    private var isJudged = false
    private var isTainted = false
    private var isFinished = false
    private let birthEnd: C.Instant
    private var jobEnd: C.Instant?
    private var graceEnd: C.Instant?

    /// - Parameter birth: what it has until it must be ready.
    init(asked: C.Instant, birth: Duration, budget: Budget) {
        self.budget = budget
        times = Times(asked: asked)
        birthEnd = asked.advanced(by: birth)
    }

    /// The last stage it said it entered.
    var stage: Stage? { times.stages.last?.stage }
    /// Whether it was given a job that reached it.
    var hadJob: Bool { hasJob && !isUndelivered }
    /// Whether the zygote has reaped it, or has died with it.
    var isGone: Bool { times.gone != nil }
    /// Whether it is gone and all that it said has been read.
    var hasEnded: Bool { isGone && hasResultEnded }
    /// Whether it waits for a job and nothing has happened to it.
    var isUsable: Bool {
        posture != nil && !hasJob && !isGone && killReason == nil && deniedCall == nil
    }

    /// When ``Event/ticked`` is due, if nothing else happens before.
    var nextDeadline: C.Instant? {
        // A job is answered in time also when its child's last word does not come.
        if isGone || killReason != nil { return hasJob && !isResolved ? jobEnd : nil }
        if posture == nil { return birthEnd }
        guard hasJob else { return nil }
        guard let jobEnd, !isResolved else { return graceEnd }
        return graceEnd.map { min($0, jobEnd) } ?? jobEnd
    }

    /// Takes in one event.
    ///
    /// - Returns: what is to be done now, in this order.
    mutating func handle(_ event: Event, at now: C.Instant) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .born:
            times.born = now
            if killReason != nil { actions.append(.kill) }
        case .observed(let call):
            // The first denied call is the one that counts, but for an abort that another thread's
            // violation follows.
            if deniedCall.map({ $0.isAbort && !call.isAbort }) ?? true { deniedCall = call }
        case .recorded(let call):
            recordedCalls.append(call)
        case .snapshot(let snapshot):
            self.snapshot = self.snapshot ?? snapshot
        case .failed(let failure):
            setupFailure = failure
        case .exited(let exit):
            self.exit = exit
            times.gone = times.gone ?? now
        case .orphaned:
            if !isGone { isOrphaned = true }
            times.gone = times.gone ?? now
        case .ready(let posture):
            self.posture = posture
            times.ready = now
            if killReason == nil, !isGone { actions.append(.offer) }
        case .spoke:
            hasSpoken = true
        case .entered(let stage):
            times.stages.append((stage, now))
        case .answered:
            answer(&actions, now)
        case .refused(let verdict):
            refusal = verdict
            answer(&actions, now)
        case .printed(let bytes):
            standardError += bytes
        case .crashed(let report):
            crashReport = report
        case .resultEnded:
            hasResultEnded = true
            graceEnd = graceEnd ?? now.advanced(by: Self.grace)
        case .errorsEnded:
            hasErrorsEnded = true
        case .given(let deadline):
            hasJob = true
            times.given = now
            jobEnd = deadline
            if isGone || killReason != nil { isUndelivered = true }
        case .undelivered:
            // Answered when it is gone: until then its siblings may be as dead as it is.
            if !isResolved { isUndelivered = true }
            kill(.dismissed, &actions, now)
        case .condemned(let reason):
            kill(reason, &actions, now)
            resolve(.lost(mayRestart: false), &actions)
        case .abandoned:
            if resolve(.abandoned, &actions) { kill(.abandoned, &actions, now) }
        case .dismissed:
            kill(.dismissed, &actions, now)
        case .judged:
            isJudged = true
        case .ticked:
            tick(&actions, now)
        }
        conclude(&actions)
        return actions
    }

    private mutating func answer(_ actions: inout [Action], _ now: C.Instant) {
        hasAnswered = true
        times.answered = now
        graceEnd = graceEnd ?? now.advanced(by: Self.grace)
        resolve(.received, &actions)
    }

    private mutating func tick(_ actions: inout [Action], _ now: C.Instant) {
        guard let due = nextDeadline, due <= now else { return }
        if posture == nil {
            kill(.setup, &actions, now)
            if times.born == nil { actions.append(.replaceZygote) }
        } else if let jobEnd, jobEnd <= now, resolve(.deadline, &actions) {
            kill(.deadline, &actions, now)
        } else {
            kill(.lingered, &actions, now)
            resolve(.lost(mayRestart: false), &actions)
        }
    }

    /// The first reason is the one that counts. One that has ended by itself is past killing, but
    /// what it said stays said.
    private mutating func kill(
        _ reason: KillReason, _ actions: inout [Action], _ now: C.Instant
    ) {
        guard killReason == nil, !isGone || reason.isAboutItsWords else { return }
        killReason = reason
        times.killed = now
        // One that is not born yet is ended when it is.
        if times.born != nil, !isGone { actions.append(.kill) }
    }

    /// The first answer is the one that counts.
    ///
    /// - Returns: whether it was this one.
    @discardableResult
    private mutating func resolve(_ answer: Answer, _ actions: inout [Action]) -> Bool {
        guard hasJob, !isResolved else { return false }
        isResolved = true
        actions.append(.answer(answer))
        return true
    }

    /// What follows from everything that is known.
    private mutating func conclude(_ actions: inout [Action]) {
        if !isTainted, let reason = taint {
            isTainted = true
            // Before its answer: whoever hears that it died finds no sibling of it any more.
            actions.insert(.taint(reason), at: 0)
        }
        guard hasEnded else { return }
        // Its last word has been read. Whoever still waits for one waits in vain.
        let diedInnocent = isOrphaned && !hasSpoken && deniedCall == nil && killReason == nil
        // A job that never reached its child cannot have done anything to it.
        let mayRestart = isUndelivered || diedInnocent
        resolve(.lost(mayRestart: mayRestart), &actions)
        guard !isFinished, hasErrorsEnded, !hasJob || isJudged else { return }
        isFinished = true
        actions.append(.finish)
    }
}
