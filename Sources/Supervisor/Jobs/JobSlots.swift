/// The slots that jobs run in and the queue before them, shared by all policies: a pure value.
///
/// A slot is taken when a job gets its child and free when that child is gone, so that memory on
/// its way back to the kernel counts too.
///
/// Parties take turns: however many jobs one has, another with a single job waits for one job of it
/// at most. A full queue takes a job of a party with few in the place of the newest of the party with
/// most.
///
/// Large jobs never have all slots where there are two or more, so that a small one waits for a
/// small one at most. In the queue small ones go first; a large one that has waited for long, or was
/// overtaken often, goes when it is its party's turn from then on.
struct JobSlots<Waiter, C: Clock> where C.Duration == Duration {
    /// Who asked for a job; nil for the service itself.
    typealias Party = Caller.Party?

    /// A job that waits for a child.
    private struct Entry {
        var number: UInt64
        var size: JobSize
        var since: C.Instant
        /// Small jobs that were served before it though it could have been.
        var overtaken = 0
    }

    private struct Held {
        var waiter: Waiter
        var party: Party
    }

    /// How long a large job lets others pass…
    static var patience: Duration { .seconds(1) }
    /// …and how many.
    static var mostOvertaking: Int { 16 }

    /// Parties that are compared at most to find the newest job among those with most.
    private static var mostCompared: Int { 64 }

    /// Most jobs that may run.
    let most: Int
    /// Most jobs that may wait.
    let queue: Int
    private(set) var running = 0
    private(set) var runningLarge = 0
    /// All that wait, by number.
    private var held: [UInt64: Held] = [:]
    /// Those that were admitted before, the last first: they go before all others.
    private var again: [Entry] = []
    /// The others, each party's in the order in which they came.
    private var queues: [Party: ArraySlice<Entry>] = [:]
    private var ranks = PartyRanks<Party>()
    private var turns = FairTurns<Party>()
    /// Numbers that were given out and do not wait yet, with why they have given up meanwhile.
    private var reserved: [UInt64: JobFailure?] = [:]
    private var lastNumber: UInt64 = 0

    init(most: Int, queue: Int) {
        self.most = most
        self.queue = queue
    }

    /// Jobs that wait.
    var waiting: Int { held.count }

    /// Whether a job of this size may run now.
    func isFree(for size: JobSize) -> Bool {
        running < most && (size == .small || runningLarge < max(1, most - 1))
    }

    /// Takes a slot for a job that has not waited.
    mutating func take(_ size: JobSize, for party: Party) {
        take(size)
        turns.pass(party)
    }

    /// Takes a slot for a job that ``next(at:where:)`` has named.
    mutating func take(_ size: JobSize) {
        precondition(isFree(for: size), "a job beyond the slots")
        running += 1
        if size == .large { runningLarge += 1 }
    }

    /// - Parameter size: as it was taken.
    mutating func release(_ size: JobSize) {
        running -= 1
        if size == .large { runningLarge -= 1 }
        if running == 0 { turns.rest() }
    }

    /// A number for a job that has to wait, by which it can give up; nil when the queue is full.
    ///
    /// - Parameter isAgain: for a job that was admitted before, which is never turned away.
    /// - Returns: with it the job that has to go for it, if one has.
    mutating func reserve(
        again isAgain: Bool, for party: Party
    ) -> (number: UInt64, turnedAway: Waiter?)? {
        var turnedAway: Waiter?
        if !isAgain, held.count + reserved.count >= queue {
            guard let newest = newestOfMost(beyond: queues[party]?.count ?? 0) else { return nil }
            turnedAway = withdraw(newest)
        }
        lastNumber += 1
        reserved.updateValue(nil, forKey: lastNumber)
        return (lastNumber, turnedAway)
    }

    /// The newest job of the party that has most of them: where it has so many more than another that
    /// one less leaves it with no fewer than the other has with one more.
    private func newestOfMost(beyond count: Int) -> UInt64? {
        guard ranks.most > count + 1 else { return nil }
        // Of very many with as much, any may be the one.
        return ranks.leading.prefix(Self.mostCompared).compactMap { queues[$0]?.last?.number }.max()
    }

    /// Puts a job behind the others of its party; one that was admitted before goes in front of all.
    ///
    /// - Returns: why it does not wait, when it has given up since it got its number.
    mutating func wait(
        _ number: UInt64, _ waiter: Waiter, _ size: JobSize, for party: Party, again isAgain: Bool,
        at now: C.Instant
    ) -> JobFailure? {
        if let failure = reserved.removeValue(forKey: number) ?? nil { return failure }
        let entry = Entry(number: number, size: size, since: now)
        held[number] = Held(waiter: waiter, party: party)
        if isAgain {
            again.insert(entry, at: 0)
        } else {
            if queues[party] == nil { turns.join(party) }
            let count = queues[party]?.count ?? 0
            queues[party, default: []].append(entry)
            ranks.move(party, from: count, to: count + 1)
        }
        return nil
    }

    /// Gives a wait up. One that has not begun yet ends when it does.
    mutating func giveUp(_ number: UInt64, _ failure: JobFailure) -> Waiter? {
        if reserved[number] != nil { reserved.updateValue(failure, forKey: number) }
        return withdraw(number)
    }

    /// The next that can be served, while a slot is free for it. Nobody waits behind a job whose
    /// policy has no child just now.
    mutating func next(
        at now: C.Instant, where canServe: (Waiter) -> Bool
    ) -> (waiter: Waiter, size: JobSize)? {
        guard isFree(for: .small), !held.isEmpty else { return nil }
        let mayBeLarge = isFree(for: .large)
        func canRun(_ entry: Entry) -> Bool {
            (entry.size == .small || mayBeLarge)
                && held[entry.number].map { canServe($0.waiter) } == true
        }
        if let index = again.firstIndex(where: canRun) {
            let entry = again.remove(at: index)
            return held.removeValue(forKey: entry.number).map { ($0.waiter, entry.size) }
        }
        // Those that let others pass, the first of which goes where nobody passes.
        var patient: [(party: Party, index: Int)] = []
        for turn in turns.order {
            guard let entries = queues[turn.party] else { continue }
            for (index, entry) in zip(entries.indices, entries) where canRun(entry) {
                if entry.size == .small || isDue(entry, now) {
                    return serve(turn.party, index, passing: patient)
                }
                patient.append((turn.party, index))
            }
        }
        return patient.first.flatMap { serve($0.party, $0.index, passing: []) }
    }

    private func isDue(_ entry: Entry, _ now: C.Instant) -> Bool {
        entry.overtaken >= Self.mostOvertaking || entry.since.duration(to: now) >= Self.patience
    }

    private mutating func serve(
        _ party: Party, _ index: Int, passing patient: [(party: Party, index: Int)]
    ) -> (waiter: Waiter, size: JobSize)? {
        for (party, index) in patient { queues[party]?[index].overtaken += 1 }
        guard let entry = remove(at: index, of: party) else { return nil }
        turns.serve(party, isLast: queues[party] == nil)
        return held.removeValue(forKey: entry.number).map { ($0.waiter, entry.size) }
    }

    /// Takes a job out of its party's queue, which is gone when that is empty.
    private mutating func remove(at index: Int, of party: Party) -> Entry? {
        guard let entry = queues[party]?[index], let count = queues[party]?.count else {
            return nil
        }
        ranks.move(party, from: count, to: count - 1)
        if queues[party]?.count == 1 {
            queues[party] = nil
        } else if queues[party]?.startIndex == index {
            // The others stay where they are in memory.
            queues[party]?.removeFirst()
        } else {
            queues[party]?.remove(at: index)
        }
        return entry
    }

    private mutating func withdraw(_ number: UInt64) -> Waiter? {
        guard let found = held.removeValue(forKey: number) else { return nil }
        if let index = again.firstIndex(where: { $0.number == number }) {
            again.remove(at: index)
        } else if let index = index(of: number, in: queues[found.party] ?? []) {
            _ = remove(at: index, of: found.party)
            if queues[found.party] == nil { turns.leave(found.party) }
        }
        return found.waiter
    }

    /// Numbers rise within a party's queue.
    private func index(of number: UInt64, in entries: ArraySlice<Entry>) -> Int? {
        var (low, high) = (entries.startIndex, entries.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < entries.endIndex && entries[low].number == number ? low : nil
    }

    /// Takes out all that match.
    mutating func removeAll(where matches: (Waiter) -> Bool) -> [Waiter] {
        let numbers = held.filter { matches($0.value.waiter) }.keys.sorted()
        return numbers.compactMap { withdraw($0) }
    }
}
