import ImageVocabulary
import WireProtocol

/// Jobs that are under way and can be joined by their equals, and who waits for each: a pure value.
///
/// Who joins needs no slot, no place in the queue and no child. A job goes on while anybody waits for
/// it and can be joined as long; when the last one has left it is to be ended.
struct EqualJobs<Waiter> {
    /// What a request has become part of.
    struct Place: Equatable {
        /// The number of the job.
        var job: UInt64
        /// Whether nobody works on it yet.
        var isFirst: Bool
    }

    private struct Entry {
        var key: EqualJobKey
        var waiters: [(number: UInt64, waiter: Waiter)]
        /// Those that came, whether or not they are still there.
        var total = 1
    }

    /// Most requests that are ever part of one job. The next one starts another, which can be joined
    /// in its place.
    let most: Int
    private var jobs: [UInt64: Entry] = [:]
    private var open: [EqualJobKey: UInt64] = [:]
    private var places: [UInt64: UInt64] = [:]
    private var lastJob: UInt64 = 0

    init(most: Int) { self.most = most }

    /// Jobs that somebody waits for.
    var count: Int { jobs.count }

    /// Takes a request in.
    ///
    /// - Parameter number: by which it can leave.
    mutating func enter(_ number: UInt64, _ waiter: Waiter, for key: EqualJobKey) -> Place {
        if let job = open[key], var entry = jobs.removeValue(forKey: job) {
            let hasRoom = entry.total < most
            if hasRoom {
                entry.waiters.append((number, waiter))
                entry.total += 1
                places[number] = job
            }
            jobs[job] = entry
            if hasRoom { return Place(job: job, isFirst: false) }
        }
        lastJob += 1
        jobs[lastJob] = Entry(key: key, waiters: [(number, waiter)])
        open[key] = lastJob
        places[number] = lastJob
        return Place(job: lastJob, isFirst: true)
    }

    /// Lets a request go before its job has ended.
    ///
    /// - Returns: the job that nobody waits for any more, when it was the last; nil for a request
    ///   that is not there any more.
    mutating func leave(_ number: UInt64) -> (waiter: Waiter, abandoned: UInt64?)? {
        guard let job = places.removeValue(forKey: number),
            let index = jobs[job]?.waiters.firstIndex(where: { $0.number == number }),
            let left = jobs[job]?.waiters.remove(at: index)
        else { return nil }
        let isLast = jobs[job]?.waiters.isEmpty == true
        // Nobody joins a job whose child is on its way out.
        if isLast { _ = end(job) }
        return (left.waiter, isLast ? job : nil)
    }

    /// The job has come to its end.
    ///
    /// - Returns: who waits for it, in the order in which they came.
    mutating func end(_ job: UInt64) -> [Waiter] {
        guard let entry = jobs.removeValue(forKey: job) else { return [] }
        if open[entry.key] == job { open[entry.key] = nil }
        for (number, _) in entry.waiters { places[number] = nil }
        return entry.waiters.map(\.waiter)
    }
}

/// What two jobs have in common of which one child's answer is right for both: the input, what is to
/// be done to it within which limits, and the policy that is in force.
struct EqualJobKey: Hashable, Sendable {
    /// SHA-256 of the input in lower-case hex.
    var sha256: String
    /// What the input is by its magic number, and what the request says that it is.
    var format: ImageFormat
    var announced: ImageFormat?
    var operation: JobMessage.Operation
    var plans: [Plan]
    var wishes: InfoWishes
    /// SHA-256 of the other inputs.
    var companions: [String]
    var limits: JobLimits
    var policy: PolicyIdentity

    init(_ job: Job, _ policy: PolicyIdentity) {
        sha256 = job.input.sha256
        format = job.input.format
        announced = job.input.announced
        operation = job.operation
        plans = job.plans
        wishes = job.wishes
        companions = job.companions.map(\.sha256)
        limits = job.limits
        self.policy = policy
    }

    /// Few inputs are asked for in several ways at a time.
    func hash(into hasher: inout Hasher) { hasher.combine(sha256) }
}
