/// What parties have used of their limits. Callable from any thread.
///
/// Those of this process are in memory; several instances that are to count together would have
/// another one.
protocol LimitCounters: Sendable {
    /// Lets a request in that counts for all of these parties: takes a token and a place of each, or
    /// nothing of any.
    ///
    /// - Parameter time: the time of day.
    /// - Returns: what each has left now, in their order, and why the request is not let in, if it is
    ///   not.
    func enter(
        _ wants: [LimitWant], at time: WallTime
    ) -> (accounts: [LimitAccount], refusal: LimitRefusal?)

    /// Gives the places back.
    func leave(_ parties: [LimitParty])

    /// Adds bytes to what a party has used today.
    func charge(_ bytes: Int, to party: LimitParty, at time: WallTime)
}

/// One party that a request counts for, and what it may.
struct LimitWant: Equatable, Sendable {
    var party: LimitParty
    var limits: KeyLimits
}

/// What a party has left.
struct LimitAccount: Equatable, Sendable {
    /// Requests that would be let in at once; nil without a rate.
    var requests: Int?
    /// Until it is one more; nil where it cannot be more.
    var next: Duration?
    /// Bytes of the day; nil without such a limit.
    var bytes: Int?
}

/// Why a request is not let in.
enum LimitRefusal: Equatable, Sendable {
    /// Too many requests: how long until one is let in.
    case rate(Duration)
    /// Too many at the same time.
    case concurrent
    /// The day's bytes are used up.
    case dailyBytes
}

/// Milliseconds since 1970 (UTC), as days are counted by and files have it.
struct WallTime: Equatable, Sendable {
    var milliseconds: Int64

    private static let day: Int64 = 86_400_000

    /// Days since 1970.
    var day: Int64 { milliseconds / Self.day }

    /// Whole seconds until the day ends, rounded up.
    var secondsToMidnight: Int { Int((Self.day - milliseconds % Self.day + 999) / 1_000) }
}
