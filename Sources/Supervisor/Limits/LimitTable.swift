/// The counters of parties of one kind: a pure value.
///
/// Of each party it keeps the moment at which its bucket of requests is full again, its requests that
/// are under way, and its bytes of the day. Beyond `mostParties` the fullest of a few that stand next
/// to each other is forgotten, which forgives the least: whoever wants an empty bucket forgotten has
/// to have emptied all the others beside it. A party with requests under way stays, and those are as
/// many as there are connections at most.
struct LimitTable<C: Clock>: Sendable where C.Duration == Duration {
    private struct Entry {
        var fullAgain: C.Instant
        var running = 0
        /// Days since 1970 that the bytes are of.
        var day: Int64 = 0
        var bytes = 0
        /// Where it stands among all.
        var place: Int

        func untilFull(_ now: C.Instant) -> Duration { max(.zero, now.duration(to: fullAgain)) }

        func bytes(on today: Int64) -> Int { day == today ? bytes : 0 }
    }

    /// Parties that are looked at to find one to forget.
    private static var looks: Int { 16 }

    private let mostParties: Int
    private let clock: C
    private var entries: [LimitParty: Entry] = [:]
    private var places: [LimitParty] = []
    /// Where the next look begins.
    private var hand = 0

    /// - Parameter mostParties: parties that are remembered.
    init(mostParties: Int, clock: C) {
        precondition(mostParties > 0)
        self.mostParties = mostParties
        self.clock = clock
    }

    /// Parties that are remembered.
    var count: Int { entries.count }

    /// Makes a bucket that another rate has emptied no emptier than empty by this one. Comes first.
    mutating func settle(_ want: LimitWant) {
        guard let rate = want.limits.rate, let entry = entries[want.party] else { return }
        let (now, span) = (clock.now, Duration.nanoseconds(TokenRate(rate).span))
        guard entry.untilFull(now) > span else { return }
        entries[want.party]?.fullAgain = now.advanced(by: span)
    }

    /// Why a party's request cannot be let in; nil where it can.
    func refusal(_ want: LimitWant, on day: Int64) -> LimitRefusal? {
        guard let entry = entries[want.party] else { return nil }
        if let most = want.limits.dailyBytes, entry.bytes(on: day) >= most { return .dailyBytes }
        if let most = want.limits.concurrent, entry.running >= most { return .concurrent }
        return want.limits.rate.flatMap {
            TokenRate($0).wait(untilFull: entry.untilFull(clock.now)).map { .rate($0) }
        }
    }

    /// Takes a token and a place.
    mutating func enter(_ want: LimitWant, on day: Int64) {
        let now = clock.now
        change(want.party, now, day) { entry in
            entry.running += 1
            guard let rate = want.limits.rate else { return }
            let untilFull = TokenRate(rate).afterTaking(untilFull: entry.untilFull(now))
            entry.fullAgain = now.advanced(by: untilFull)
        }
    }

    mutating func leave(_ party: LimitParty) {
        guard let running = entries[party]?.running, running > 0 else { return }
        entries[party]?.running = running - 1
    }

    mutating func charge(_ bytes: Int, to party: LimitParty, on day: Int64) {
        change(party, clock.now, day) { entry in
            let (sum, overflow) = entry.bytes(on: day).addingReportingOverflow(max(0, bytes))
            entry.bytes = overflow ? .max : sum
            entry.day = day
        }
    }

    func account(_ want: LimitWant, on day: Int64) -> LimitAccount {
        let entry = entries[want.party]
        let untilFull = entry?.untilFull(clock.now) ?? .zero
        let rate = want.limits.rate.map { TokenRate($0) }
        return LimitAccount(
            requests: rate?.left(untilFull: untilFull), next: rate?.next(untilFull: untilFull),
            bytes: want.limits.dailyBytes.map { max(0, $0 - (entry?.bytes(on: day) ?? 0)) })
    }

    private mutating func change(
        _ party: LimitParty, _ now: C.Instant, _ day: Int64, _ change: (inout Entry) -> Void
    ) {
        if entries[party] == nil {
            let place = makePlace(now, day)
            if place == places.count { places.append(party) } else { places[place] = party }
            entries[party] = Entry(fullAgain: now, place: place)
        }
        guard var entry = entries[party] else { return }
        change(&entry)
        entries[party] = entry
    }

    /// A place for one more.
    private mutating func makePlace(_ now: C.Instant, _ day: Int64) -> Int {
        guard places.count >= mostParties else { return places.count }
        var least: (place: Int, weight: (Int, Duration))?
        for _ in 0..<min(Self.looks, places.count) {
            hand = (hand + 1) % places.count
            guard let entry = entries[places[hand]], entry.running == 0 else { continue }
            let weight = (entry.bytes(on: day) > 0 ? 1 : 0, entry.untilFull(now))
            if least.map({ weight < $0.weight }) ?? true { least = (hand, weight) }
        }
        guard let least else { return places.count }
        entries[places[least.place]] = nil
        return least.place
    }

    // MARK: Across a restart

    /// What still matters of some places, with requests that are under way left out.
    ///
    /// - Returns: nil where there are no more places.
    func records(in range: Range<Int>, at time: WallTime) -> [LimitRecord]? {
        guard range.lowerBound < places.count else { return nil }
        let now = clock.now
        return places[range.clamped(to: places.indices)].compactMap { party in
            guard let entry = entries[party] else { return nil }
            let untilFull = entry.untilFull(now)
            let bytes = entry.bytes(on: time.day)
            guard untilFull > .zero || bytes > 0 else { return nil }
            return LimitRecord(
                party: party,
                fullAgain: time.milliseconds + Int64(untilFull.wholeNanoseconds / 1_000_000),
                bytes: bytes)
        }
    }

    /// Takes on what was recorded, as far as that is not past.
    ///
    /// - Parameter day: that the bytes are of.
    mutating func restore(_ record: LimitRecord, of day: Int64, at time: WallTime) {
        let left = max(0, record.fullAgain - time.milliseconds)
        let bytes = day == time.day ? record.bytes : 0
        guard left > 0 || bytes > 0, entries[record.party] == nil, count < mostParties else {
            return
        }
        let fullAgain = clock.now.advanced(by: .milliseconds(left))
        entries[record.party] = Entry(
            fullAgain: fullAgain, day: day, bytes: bytes, place: places.count)
        places.append(record.party)
    }
}

/// What is kept of a party across a restart.
struct LimitRecord: Equatable, Sendable {
    var party: LimitParty
    /// When its bucket is full again, in milliseconds since 1970.
    var fullAgain: Int64
    /// Bytes of the day.
    var bytes: Int
}
