/// A clock that only goes on when it is told to.
struct ManualClock: Clock {
    struct Instant: InstantProtocol {
        var sinceStart: Duration

        func advanced(by duration: Duration) -> Instant {
            Instant(sinceStart: sinceStart + duration)
        }
        func duration(to other: Instant) -> Duration { other.sinceStart - sinceStart }
        static func < (left: Instant, right: Instant) -> Bool {
            left.sinceStart < right.sinceStart
        }
    }

    var now = Instant(sinceStart: .zero)
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        preconditionFailure("nobody sleeps by this clock")
    }
}

extension ManualClock.Instant {
    /// So long after the clock's start.
    static func after(_ duration: Duration) -> Self { Self(sinceStart: duration) }
}
