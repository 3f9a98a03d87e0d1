import Synchronization

/// A clock that a test moves by hand while others read it.
final class MovedClock: Clock, Sendable {
    typealias Instant = ContinuousClock.Instant

    private let time = Mutex(ContinuousClock.now)

    var now: Instant { time.withLock { $0 } }
    var minimumResolution: Duration { .zero }

    func advance(by duration: Duration) { time.withLock { $0 += duration } }

    /// Nobody waits by this clock.
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        preconditionFailure("a test's clock is read, never waited for")
    }
}
