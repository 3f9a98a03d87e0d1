/// The slots that jobs run in and the queue before them, shared by all policies: a pure value.
///
/// A slot is taken when a job gets its child and free when that child is gone, so that memory on
/// its way back to the kernel counts too.
struct JobSlots<Waiter> {
    /// A job that waits for a child.
    struct Entry {
        /// By which the wait can be given up.
        var number: UInt64
        var waiter: Waiter
    }

    /// Most jobs that may run.
    let most: Int
    /// Most jobs that may wait.
    let queue: Int
    private(set) var running = 0
    private(set) var waiting: [Entry] = []
    /// Numbers that were given out and do not wait yet, with why they have given up meanwhile.
    private var reserved: [UInt64: JobFailure?] = [:]
    private var lastNumber: UInt64 = 0

    init(most: Int, queue: Int) {
        self.most = most
        self.queue = queue
    }

    var isFree: Bool { running < most }

    mutating func take() {
        precondition(isFree, "a job beyond the slots")
        running += 1
    }

    mutating func release() { running -= 1 }

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
    mutating func wait(_ number: UInt64, _ waiter: Waiter, again: Bool) -> JobFailure? {
        if let failure = reserved.removeValue(forKey: number) ?? nil { return failure }
        waiting.insert(Entry(number: number, waiter: waiter), at: again ? 0 : waiting.count)
        return nil
    }

    /// Gives a wait up. One that has not begun yet ends when it does.
    mutating func giveUp(_ number: UInt64, _ failure: JobFailure) -> Waiter? {
        if reserved[number] != nil { reserved.updateValue(failure, forKey: number) }
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return nil }
        return waiting.remove(at: index).waiter
    }

    /// The first that can be served, while a slot is free: first come, first served, but nobody
    /// waits behind a job whose policy has no child just now.
    mutating func next(where canServe: (Waiter) -> Bool) -> Waiter? {
        guard isFree, let index = waiting.firstIndex(where: { canServe($0.waiter) }) else {
            return nil
        }
        return waiting.remove(at: index).waiter
    }

    /// Takes out all that match.
    mutating func removeAll(where matches: (Waiter) -> Bool) -> [Waiter] {
        let matching = waiting.filter { matches($0.waiter) }
        waiting.removeAll { matches($0.waiter) }
        return matching.map(\.waiter)
    }
}
