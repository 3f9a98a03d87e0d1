/// A limit on how often something may happen for each of many keys: so many times at once, and once
/// more for each `interval` that passes.
///
/// Of each key it keeps the moment at which its bucket is full again (the generic cell rate
/// algorithm), and of at most ``mostKeys`` keys. Beyond that the fullest bucket is forgotten, which
/// forgives the least.
struct TokenBuckets<Key: Hashable & Sendable, C: Clock>: Sendable where C.Duration == Duration {
    private let rate: TokenRate
    let mostKeys: Int
    private let clock: C
    private var fullAgain: [Key: C.Instant] = [:]

    init(capacity: Int, interval: Duration, mostKeys: Int, clock: C) {
        precondition(mostKeys > 0)
        rate = TokenRate(capacity: capacity, interval: interval)
        self.mostKeys = mostKeys
        self.clock = clock
    }

    /// How long until there is a token for `key`; nil when there is one.
    func wait(for key: Key) -> Duration? {
        fullAgain[key].flatMap { rate.wait(untilFull: clock.now.duration(to: $0)) }
    }

    /// Takes a token, when there is one.
    mutating func take(for key: Key) {
        guard wait(for: key) == nil else { return }
        let now = clock.now
        if fullAgain[key] == nil, fullAgain.count >= mostKeys { makeRoom(now) }
        let untilFull = fullAgain[key].map { now.duration(to: $0) } ?? .zero
        fullAgain[key] = now.advanced(by: rate.afterTaking(untilFull: untilFull))
    }

    /// Keys that are remembered.
    var count: Int { fullAgain.count }

    private mutating func makeRoom(_ now: C.Instant) {
        fullAgain = fullAgain.filter { $0.value > now }
        guard fullAgain.count >= mostKeys,
            let fullest = fullAgain.min(by: { $0.value < $1.value })
        else { return }
        fullAgain[fullest.key] = nil
    }
}
