/// Jobs that wait for a child, first come, first served.
struct WaitingJobs {
    typealias Continuation = CheckedContinuation<Result<Child, JobFailure>, Never>

    struct Entry {
        var number: UInt64
        var job: ChildReport.JobIdentity
        var continuation: Continuation
    }

    private var entries: [Entry] = []
    private var nextNumber: UInt64 = 0

    var count: Int { entries.count }

    /// A number by which a wait can be given up.
    mutating func reserve() -> UInt64 {
        nextNumber += 1
        return nextNumber
    }

    mutating func wait(
        _ number: UInt64, _ job: ChildReport.JobIdentity, _ continuation: Continuation
    ) {
        entries.append(Entry(number: number, job: job, continuation: continuation))
    }

    mutating func removeFirst() -> Entry? {
        entries.isEmpty ? nil : entries.removeFirst()
    }

    mutating func remove(_ number: UInt64) -> Continuation? {
        guard let index = entries.firstIndex(where: { $0.number == number }) else { return nil }
        return entries.remove(at: index).continuation
    }
}
