/// The arithmetic of the generic cell rate algorithm (ITU-T I.371): a bucket of tokens that gets one
/// token each `interval`. All that there is to know of a bucket is the time until it is full again.
struct TokenRate: Equatable, Sendable {
    /// Tokens of a full bucket.
    let capacity: Int
    /// Nanoseconds from one token to the next.
    let interval: Int

    /// - Parameter interval: at least a nanosecond.
    init(capacity: Int, interval: Duration) {
        precondition(capacity > 0 && interval >= .nanoseconds(1))
        self.capacity = capacity
        self.interval = interval.wholeNanoseconds
    }

    /// The whole count at once, then one for each part of the time.
    init(_ rate: Rate) { self.init(capacity: rate.count, interval: rate.interval) }

    /// The time in which an empty bucket gets full, in nanoseconds.
    var span: Int {
        let (product, overflow) = interval.multipliedReportingOverflow(by: capacity)
        return overflow ? .max : product
    }

    /// What a bucket lacks, in nanoseconds, when it is full again after a time. It may have been
    /// filled by another rate, and be no emptier than empty by this one.
    private func missing(_ untilFull: Duration) -> Int {
        min(max(0, untilFull.wholeNanoseconds), span)
    }

    /// How long until there is a token; nil when there is one.
    func wait(untilFull: Duration) -> Duration? {
        let wait = missing(untilFull) - (span - interval)
        return wait > 0 ? .nanoseconds(wait) : nil
    }

    /// The time until the bucket is full after one token was taken.
    func afterTaking(untilFull: Duration) -> Duration {
        .nanoseconds(missing(untilFull) + interval)
    }

    /// Whole tokens that are there.
    func left(untilFull: Duration) -> Int {
        let missing = missing(untilFull)
        return capacity - (missing / interval + (missing % interval > 0 ? 1 : 0))
    }

    /// How long until there is one more; nil for a full bucket.
    func next(untilFull: Duration) -> Duration? {
        let missing = missing(untilFull)
        guard missing > 0 else { return nil }
        let part = missing % interval
        return .nanoseconds(part > 0 ? part : interval)
    }
}

extension Duration {
    /// Rounded down; the largest number where it is more.
    var wholeNanoseconds: Int {
        let (seconds, attoseconds) = components
        let (product, overflow) = Int(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, isBeyond) = product.addingReportingOverflow(Int(attoseconds / 1_000_000_000))
        return isBeyond ? (seconds < 0 ? .min : .max) : sum
    }

    /// Whole seconds, rounded up: what a client is told to wait.
    var secondsToWait: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) + (attoseconds > 0 ? 1 : 0)
    }
}
