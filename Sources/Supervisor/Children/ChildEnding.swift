import ImageVocabulary
import WireProtocol

/// The classes of a child that did not end well.
enum ChildEnding: Equatable, Sendable {
    /// A call its policy does not allow.
    case violation
    /// A signal of its own making.
    case crash(signal: Int32)
    /// The same, at its memory limit; without a signal when a library gave up there and the child
    /// said that the image is broken.
    case memory(signal: Int32?)
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
    /// It died with its zygote, and nobody is left to say how.
    case lost

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
        case .lost: "lost"
        }
    }
}

extension ChildLife {
    /// When what happened.
    struct Times: Sendable {
        var asked: C.Instant
        var born: C.Instant?
        var ready: C.Instant?
        var given: C.Instant?
        var stages: [(stage: Stage, at: C.Instant)] = []
        var answered: C.Instant?
        var killed: C.Instant?
        var gone: C.Instant?
    }

    /// What the child's end was, once it is gone; nil for one that did all that was asked of it.
    var ending: ChildEnding? {
        if setupFailure != nil || killReason == .setup { return .setup }
        if let deniedCall { return deniedCall.isAbort ? ending(signal: 6) : .violation }
        switch killReason {
        // One that was dying of something else already died of that; here and below.
        case .deadline where exit?.ending.isOwnSignal != true: return .deadline
        case .abandoned where exit?.ending.isOwnSignal != true: return .abandoned
        case .protocolError: return .protocolError
        case .output: return .output
        case .dismissed where exit?.ending == .signal(9): return nil
        case .lingered where exit?.ending == .signal(9): return .protocolError
        case .deadline, .abandoned, .dismissed, .lingered, .setup, nil: break
        }
        switch exit?.ending {
        case .signal(let number): return ending(signal: number)
        case .status(0) where isRefusalForMemory: return .memory(signal: nil)
        case .status(0): return hasAnswered || !hadJob ? nil : .protocolError
        case .status where posture == nil: return .setup
        case .status: return .protocolError
        case nil: return hadJob && !hasAnswered && isGone ? .lost : nil
        }
    }

    /// Why no sibling of the child should get a job any more: who can crash one child has learnt
    /// where things are in all that were forked from the same zygote. nil for an end that teaches
    /// nothing.
    var taint: GenerationReason? {
        if let deniedCall { return deniedCall.isAbort ? .crash : .violation }
        if case .protocolError = killReason { return .protocolError }
        if case .signal(let number) = exit?.ending {
            // Our own signal says nothing by itself, any other came before it.
            if number == 9, killReason != nil, killReason != .lingered { return nil }
            if number == 9, killReason == .lingered { return .protocolError }
            switch ending(signal: number) {
            case .violation: return .violation
            case .cpu: return nil
            default: return .crash
            }
        }
        return hasEnded && ending == .protocolError ? .protocolError : nil
    }

    private func ending(signal: Int32) -> ChildEnding {
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
        return isAtMemoryLimit ? .memory(signal: signal) : .crash(signal: signal)
    }

    private var isAtMemoryLimit: Bool { (exit?.peakResident ?? 0) >= budget.memory / 10 * 8 }

    /// At the limit a thread cannot be made and a decoder says what it likes of the image; the child
    /// then refuses it as broken.
    private var isRefusalForMemory: Bool {
        guard isAtMemoryLimit else { return false }
        return refusal == .brokenImage || refusal == .processingFailed
    }
}

extension ChildExit.Ending {
    /// A signal that the supervisor never sends.
    fileprivate var isOwnSignal: Bool {
        if case .signal(let number) = self { number != 9 } else { false }
    }
}
