import ImageVocabulary
import SandboxPolicy
import WireProtocol

/// A child's life as its supervisor knows it: a pure value that takes in what happens and says what
/// it came to. What the kernel observed and what the child reported stand apart in it.
///
/// born → confined → working → answered → gone; from everywhere straight to gone.
struct ChildLife: Sendable {
    /// Why the supervisor sent SIGKILL, when it did.
    enum KillReason: Equatable, Sendable {
        /// The job's deadline passed.
        case deadline
        /// The client went away.
        case abandoned
        /// What the child said is no conversation.
        case protocolError(String)
        /// More encoded bytes than the job allows.
        case output
        /// It was not ready in time.
        case setup
        /// Its result pipe had ended, or its answer was complete, and it went on.
        case lingered
        /// The pool shrinks or the service stops: nothing is wrong with the child.
        case dismissed
    }

    // By the kernel's word, which the zygote passes on.
    private(set) var deniedCall: DeniedCall?
    private(set) var exit: ChildExit?
    /// A step of the confinement that failed, before any image byte was there.
    private(set) var setupFailure: SetupFailure?

    // By the child's word.
    private(set) var posture: Posture?
    private(set) var stage: Stage?
    private(set) var standardError: [UInt8] = []

    // By our own bookkeeping.
    private(set) var killReason: KillReason?
    private(set) var hasAnswered = false
    private(set) var hasJob = false

    mutating func isReady(_ posture: Posture) { self.posture = posture }
    mutating func begin() { hasJob = true }
    mutating func entered(_ stage: Stage) { self.stage = stage }
    mutating func answered() { hasAnswered = true }
    mutating func printed(_ bytes: [UInt8]) { standardError += bytes }
    mutating func failed(_ failure: SetupFailure) { setupFailure = failure }

    /// The first denied call is the one that counts, but for an abort that another thread's
    /// violation follows.
    mutating func observed(_ call: DeniedCall) {
        if deniedCall.map({ $0.isAbort && !call.isAbort }) ?? true { deniedCall = call }
    }
    mutating func exited(_ exit: ChildExit) { self.exit = exit }

    /// The first reason is the one that counts.
    mutating func killed(_ reason: KillReason) { killReason = killReason ?? reason }

    /// What the child's end was, once it is gone; nil for one that did all that was asked of it.
    ///
    /// - Parameter budget: memory in KiB and processor time in microseconds that the policy gives.
    func ending(budget: Budget) -> ChildEnding? {
        if setupFailure != nil || killReason == .setup { return .setup }
        if let deniedCall {
            return deniedCall.isAbort ? ending(signal: 6, budget: budget) : .violation
        }
        switch killReason {
        case .deadline: return .deadline
        case .abandoned: return .abandoned
        case .protocolError: return .protocolError
        case .output: return .output
        case .dismissed: return nil
        // One that was dying of something else already died of that.
        case .lingered where exit?.ending == .signal(9): return .protocolError
        case .lingered, .setup, nil: break
        }
        switch exit?.ending {
        case .signal(let number): return ending(signal: number, budget: budget)
        case .status(0): return hasAnswered || !hasJob ? nil : .protocolError
        case .status where posture == nil: return .setup
        case .status, nil: return hasJob || exit != nil ? .protocolError : nil
        }
    }

    private func ending(signal: Int32, budget: Budget) -> ChildEnding {
        let spent = (exit?.userTime ?? 0) + (exit?.systemTime ?? 0)
        switch signal {
        case 24: return .cpu
        // The hard limit on processor time is a SIGKILL that nobody else sent.
        case 9 where spent >= budget.processor: return .cpu
        // A filter that kills at once, for a foreign architecture.
        case 31: return .violation
        default: break
        }
        // At the limit an allocation fails, and what follows is a crash. The kernel keeps no word of
        // the failed allocation, so the peak tells: within a fifth of the budget it was the limit.
        return (exit?.peakResident ?? 0) >= budget.memory / 10 * 8
            ? .memory(signal: signal) : .crash(signal: signal)
    }

    /// What one child of the policy may use.
    struct Budget: Sendable {
        /// KiB.
        var memory: UInt64
        /// Microseconds.
        var processor: UInt64
    }
}

/// The classes of a child that did not end well.
enum ChildEnding: Equatable, Sendable {
    /// A call its policy does not allow.
    case violation
    /// A signal of its own making.
    case crash(signal: Int32)
    /// The same, at its memory limit.
    case memory(signal: Int32)
    /// Its processor time was used up.
    case cpu
    /// The job's deadline passed.
    case deadline
    /// A result larger than the job allows.
    case output
    /// What it said, or that it ended before it had said it.
    case protocolError
    /// It was never confined, or not in time.
    case setup
    /// Its client went away.
    case abandoned

    /// The name in logs, records and metrics.
    var name: String {
        switch self {
        case .violation: "violation"
        case .crash: "crash"
        case .memory: "memory"
        case .cpu: "cpu"
        case .deadline: "deadline"
        case .output: "output"
        case .protocolError: "protocol"
        case .setup: "setup"
        case .abandoned: "abandoned"
        }
    }
}
