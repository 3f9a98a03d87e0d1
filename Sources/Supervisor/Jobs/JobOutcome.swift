import NIOCore

/// What a job waits for.
enum JobOutcome: Sendable {
    case answered(ChildAnswer)
    case deadline
    case abandoned
}

extension TimeAmount {
    /// From now to an instant; nothing for one that has passed.
    static func until(_ instant: ContinuousClock.Instant) -> TimeAmount {
        let parts = (instant - .now).components
        let nanoseconds = parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
        return .nanoseconds(max(0, nanoseconds))
    }
}
