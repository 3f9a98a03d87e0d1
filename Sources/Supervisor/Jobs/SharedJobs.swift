import NIOCore
import NIOPosix
import Synchronization

/// Lets requests for the same work share one job: one child, many answers, which share their bytes.
///
/// The job has the deadline of the request that came first, and is not prolonged for those that came
/// later: a row of equal requests could hold a worker for ever. One that still has time when the
/// job's has passed tries again, as the first of a new job or as part of one, so nobody is failed by
/// another's deadline. That never takes more children than if each had run its own.
///
/// What a client learns of the others is how long an answer takes, as with any cache.
final class SharedJobs: Sendable {
    /// A result, and the memory that counts for it as long as anybody holds it.
    struct Held: Sendable {
        var result: JobResult
        var share: MemoryBudget.Share
    }

    private typealias Outcome = Result<Held, JobFailure>
    private typealias Waiter = CheckedContinuation<Outcome, Never>

    private struct Running {
        var deadline: ContinuousClock.Instant
        var others: OtherRequests
        var task: Task<Void, Never>
    }

    private struct State {
        var jobs = EqualJobs<Waiter>(most: 128)
        var running: [UInt64: Running] = [:]
    }

    private let jobs: JobRunner
    private let budget: MemoryBudget
    private let isOn: Bool
    private let metrics: any ServiceMetrics
    private let state = Mutex(State())
    private let lastNumber = Atomic<UInt64>(0)

    /// - Parameter isOn: whether jobs are shared at all.
    init(_ jobs: JobRunner, budget: MemoryBudget, isOn: Bool, metrics: any ServiceMetrics) {
        self.jobs = jobs
        self.budget = budget
        self.isOn = isOn
        self.metrics = metrics
    }

    /// Runs a job, or waits for an equal one that runs. Cancelling the task means that the client is
    /// gone; the child is killed when the last one is.
    ///
    /// - Parameters:
    ///   - shares: what counts for the inputs: held while a child may need them.
    ///   - executor: where the job is attended to; nil for anywhere.
    /// - Throws: a ``JobFailure`` at the latest at the job's own deadline.
    func run(
        _ job: Job, holding shares: [MemoryBudget.Share], on executor: (any TaskExecutor)?
    ) async throws(JobFailure) -> Held {
        guard isOn, let policy = jobs.identity(for: JobNeed(job)) else {
            return try await held(job).get()
        }
        let key = EqualJobKey(job, policy)
        while true {
            let (outcome, hasJoined) = await wait(for: job, key, shares, executor)
            // What the first one was turned away for may be its own doing.
            if case .failure(.unavailable) = outcome, hasJoined {
                return try await held(job).get()
            }
            if case .failure(.deadline) = outcome, .now < job.deadline { continue }
            return try outcome.get()
        }
    }

    private func held(_ job: Job) async -> Outcome {
        do throws(JobFailure) {
            let result = try await jobs.run(job)
            let share = budget.share()
            guard share.grow(by: result.bytes) else { throw .unavailable }
            return .success(Held(result: result, share: share))
        } catch {
            return .failure(error)
        }
    }

    private func wait(
        for job: Job, _ key: EqualJobKey, _ shares: [MemoryBudget.Share],
        _ executor: (any TaskExecutor)?
    ) async -> (Outcome, hasJoined: Bool) {
        let number = lastNumber.add(1, ordering: .relaxed).newValue
        var hasJoined = false
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                hasJoined = enter(number, continuation, job, key, shares, executor)
                // A cancellation that came before found nobody to let go.
                if Task.isCancelled { leave(number, .abandoned) }
            }
        } onCancel: {
            leave(number, .abandoned)
        }
        return (outcome, hasJoined)
    }

    /// - Returns: whether the job is somebody else's.
    private func enter(
        _ number: UInt64, _ waiter: Waiter, _ job: Job, _ key: EqualJobKey,
        _ shares: [MemoryBudget.Share], _ executor: (any TaskExecutor)?
    ) -> Bool {
        let deadline = state.withLock { state -> ContinuousClock.Instant? in
            let place = state.jobs.enter(number, waiter, for: key)
            if place.isFirst {
                let others = OtherRequests()
                var job = job
                job.others = others
                let first = job
                state.running[place.job] = Running(
                    deadline: job.deadline, others: others,
                    task: Task(executorPreference: executor) { [self] in
                        await work(place.job, first, shares)
                    })
                return nil
            }
            state.running[place.job]?.others.add(job)
            return state.running[place.job]?.deadline
        }
        guard let deadline else { return false }
        metrics.jobCoalesced(policy: key.policy.name)
        guard job.deadline < deadline else { return true }
        MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .until(job.deadline)) {
            [weak self] in self?.leave(number, .deadline)
        }
        return true
    }

    private func work(_ number: UInt64, _ job: Job, _ shares: [MemoryBudget.Share]) async {
        let outcome = await held(job)
        withExtendedLifetime(shares) {}
        let waiters = state.withLock { state in
            state.running[number] = nil
            return state.jobs.end(number)
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }

    private func leave(_ number: UInt64, _ failure: JobFailure) {
        let (waiter, abandoned) = state.withLock { state in
            let departure = state.jobs.leave(number)
            let abandoned = departure?.abandoned.flatMap {
                state.running.removeValue(forKey: $0)
            }
            return (departure?.waiter, abandoned)
        }
        // The child first: what it holds is needed by others.
        abandoned?.task.cancel()
        waiter?.resume(returning: .failure(failure))
    }
}

/// The requests that joined a job, for the log. Callable from any thread.
final class OtherRequests: Sendable {
    struct Request: Sendable {
        var id: String
        var traceID: String?
    }

    private let joined = Mutex<[Request]>([])

    func add(_ job: Job) {
        joined.withLock { $0.append(Request(id: job.requestID, traceID: job.traceID)) }
    }

    var all: [Request] { joined.withLock { $0 } }
}
