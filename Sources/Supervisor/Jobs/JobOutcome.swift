import NIOCore

/// What a job waits for.
enum JobOutcome: Sendable {
    /// A complete answer, or a refusal.
    case answered(ChildAnswer)
    case deadline
    case abandoned
    /// The child gave no answer that can be used. When it never got the job, or died with its
    /// zygote before it said a word, the job may be given to another one.
    case lost(mayRestart: Bool)
}

extension TimeAmount {
    /// From now to an instant, at most 34 years; nothing for one that has passed.
    static func until(_ instant: ContinuousClock.Instant) -> TimeAmount {
        let parts = (instant - .now).components
        let seconds = min(parts.seconds, 1 << 30)
        let nanoseconds = seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
        return .nanoseconds(max(0, nanoseconds))
    }
}
