/// Whether a zygote still answers: a pure value that says when to ask it and when to give it up.
struct ZygoteWatch<C: Clock>: Sendable where C.Duration == Duration {
    enum Action: Equatable, Sendable {
        /// Ask it with this number.
        case ping(UInt64)
        /// It has not answered in time: end it.
        case giveUp
    }

    /// How often a zygote is asked, and how long it has to answer. It waits nowhere but in poll(2),
    /// so an answer takes microseconds; five seconds are more than a machine under load needs to
    /// let it run, and as long as a job may wait in vain.
    static var period: Duration { .seconds(5) }

    private enum State {
        case starting
        case resting
        case asked
        case givenUp
    }

    private var state = State.starting
    private var number: UInt64 = 0
    private var due: C.Instant

    /// - Parameter limit: what it has for its greeting.
    init(started: C.Instant, limit: Duration) { due = started.advanced(by: limit) }

    /// When ``tick(at:)`` is due.
    var nextDeadline: C.Instant? { state == .givenUp ? nil : due }

    mutating func greeted(at now: C.Instant) {
        guard state == .starting else { return }
        rest(now)
    }

    /// It has answered. An answer to another question is none.
    mutating func answered(_ number: UInt64, at now: C.Instant) {
        guard state == .asked, number == self.number else { return }
        rest(now)
    }

    mutating func tick(at now: C.Instant) -> Action? {
        guard due <= now else { return nil }
        switch state {
        case .resting:
            state = .asked
            number += 1
            due = now.advanced(by: Self.period)
            return .ping(number)
        case .starting, .asked:
            state = .givenUp
            return .giveUp
        case .givenUp:
            return nil
        }
    }

    private mutating func rest(_ now: C.Instant) {
        state = .resting
        due = now.advanced(by: Self.period)
    }
}
