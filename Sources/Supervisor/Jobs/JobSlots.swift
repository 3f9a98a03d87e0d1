/// The slots that jobs run in and the queue before them, shared by all policies: a pure value.
///
/// A slot is taken when a job gets its child and free when that child is gone, so that memory on
/// its way back to the kernel counts too.
///
/// Large jobs never have all slots where there are two or more, so that a small one waits for a
/// small one at most. In the queue small ones go first; a large one that has waited for long, or was
/// overtaken often, keeps its place among them from then on, so that it goes before all that came
/// after it.
struct JobSlots<Waiter, C: Clock> where C.Duration == Duration {
    /// A job that waits for a child.
    struct Entry {
        /// By which the wait can be given up.
        var number: UInt64
        var waiter: Waiter
        var size: JobSize
        fileprivate var since: C.Instant
        fileprivate var isAgain: Bool
        /// Small jobs that came later and went first.
        fileprivate var overtaken = 0
    }

    /// How long a large job lets others pass…
    static var patience: Duration { .seconds(1) }
    /// …and how many.
    static var mostOvertaking: Int { 16 }

    /// Most jobs that may run.
    let most: Int
    /// Most jobs that may wait.
    let queue: Int
    private(set) var running = 0
    private(set) var runningLarge = 0
    private(set) var waiting: [Entry] = []
    /// Numbers that were given out and do not wait yet, with why they have given up meanwhile.
    private var reserved: [UInt64: JobFailure?] = [:]
    private var lastNumber: UInt64 = 0

    init(most: Int, queue: Int) {
        self.most = most
        self.queue = queue
    }

    /// Whether a job of this size may run now.
    func isFree(for size: JobSize) -> Bool {
        running < most && (size == .small || runningLarge < max(1, most - 1))
    }

    mutating func take(_ size: JobSize) {
        precondition(isFree(for: size), "a job beyond the slots")
        running += 1
        if size == .large { runningLarge += 1 }
    }

    /// - Parameter size: as it was taken.
    mutating func release(_ size: JobSize) {
        running -= 1
        if size == .large { runningLarge -= 1 }
    }

    /// A number for a job that has to wait, by which it can give up; nil when the queue is full.
    ///
    /// - Parameter again: for a job that was admitted before, which is never turned away.
    mutating func reserve(again: Bool) -> UInt64? {
        guard again || waiting.count + reserved.count < queue else { return nil }
        lastNumber += 1
        reserved.updateValue(nil, forKey: lastNumber)
        return lastNumber
    }

    /// Puts a job behind the others; one that was admitted before goes in front of them.
    ///
    /// - Returns: why it does not wait, when it has given up since it got its number.
    mutating func wait(
        _ number: UInt64, _ waiter: Waiter, _ size: JobSize, again: Bool, at now: C.Instant
    ) -> JobFailure? {
        if let failure = reserved.removeValue(forKey: number) ?? nil { return failure }
        let entry = Entry(
            number: number, waiter: waiter, size: size, since: now, isAgain: again)
        waiting.insert(entry, at: again ? 0 : waiting.count)
        return nil
    }

    /// Gives a wait up. One that has not begun yet ends when it does.
    mutating func giveUp(_ number: UInt64, _ failure: JobFailure) -> Waiter? {
        if reserved[number] != nil { reserved.updateValue(failure, forKey: number) }
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return nil }
        return waiting.remove(at: index).waiter
    }

    /// The next that can be served, while a slot is free for it. Nobody waits behind a job whose
    /// policy has no child just now.
    mutating func next(
        at now: C.Instant, where canServe: (Waiter) -> Bool
    ) -> (waiter: Waiter, size: JobSize)? {
        guard isFree(for: .small) else { return nil }
        let mayBeLarge = isFree(for: .large)
        // Those that let others pass, the first of which goes where nobody passes.
        var patient: [Int] = []
        for index in waiting.indices {
            let entry = waiting[index]
            guard entry.size == .small || mayBeLarge, canServe(entry.waiter) else { continue }
            if entry.size == .small || isDue(entry, now) {
                for other in patient { waiting[other].overtaken += 1 }
                return remove(at: index)
            }
            patient.append(index)
        }
        return patient.first.map { remove(at: $0) }
    }

    private func isDue(_ entry: Entry, _ now: C.Instant) -> Bool {
        entry.isAgain || entry.overtaken >= Self.mostOvertaking
            || entry.since.duration(to: now) >= Self.patience
    }

    private mutating func remove(at index: Int) -> (waiter: Waiter, size: JobSize) {
        let entry = waiting.remove(at: index)
        return (entry.waiter, entry.size)
    }

    /// Takes out all that match.
    mutating func removeAll(where matches: (Waiter) -> Bool) -> [Waiter] {
        let matching = waiting.filter { matches($0.waiter) }
        waiting.removeAll { matches($0.waiter) }
        return matching.map(\.waiter)
    }
}
