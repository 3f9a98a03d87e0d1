import ImageVocabulary
import Logging
import NIOCore
import NIOPosix
import SandboxPolicy

/// Brings jobs and children together: one queue and one set of slots over the pools of all policies.
@PoolActor
final class JobDispatch {
    /// Whose child a job wants.
    enum Route: Sendable {
        /// That of the policy that can do it.
        case need(JobNeed)
        /// That of this policy.
        case policy(String)
        /// That of this pool, whether or not it is served.
        case pool(ChildPool)
    }

    private struct Waiter {
        var route: Route
        var job: ChildReport.JobIdentity
        var continuation: CheckedContinuation<Result<Child, JobFailure>, Never>
    }

    private var slots: JobSlots<Waiter, ContinuousClock>
    private let sizing: JobSizing
    private let files: ZygoteFiles
    private(set) var pools: [ChildPool] = []
    /// Pools of policies that were replaced, until their last job is done.
    private var retired: [ChildPool] = []
    /// Pools that are to replace the others when they are ready.
    private var candidates: [ChildPool] = []
    private var isReplacing = false
    private var replacers: [CheckedContinuation<Void, Never>] = []
    private let group: any EventLoopGroup
    private var isStopping = false

    init(
        slots: Int, queue: Int, sizing: JobSizing, files: ZygoteFiles, group: any EventLoopGroup
    ) {
        self.files = files
        self.slots = JobSlots(most: slots, queue: queue)
        self.sizing = sizing
        self.group = group
    }

    // MARK: Jobs

    /// A child for a job, which is told from here on by its identity.
    ///
    /// - Parameter again: whether its first child was lost, or it is a canary of a reload; it waits in
    ///   front of the others then, and a full queue is not full for it.
    /// - Throws: ``JobFailure/unavailable`` when the queue is full, no child can be had or the
    ///   service stops, ``JobFailure/deadline``, and ``JobFailure/abandoned`` when the task is
    ///   cancelled.
    func take(
        _ route: Route, for job: ChildReport.JobIdentity, deadline: ContinuousClock.Instant,
        again: Bool
    ) async throws(JobFailure) -> Child {
        guard !isStopping, let pool = pool(for: route) else { throw .unavailable }
        let size = sizing.size(of: job)
        if slots.isFree(for: size), pool.isOffering {
            slots.take(size, for: job.party)
            return pool.give(to: job)
        }
        guard pool.isWorthWaiting,
            let (number, turnedAway) = slots.reserve(again: again, for: job.party)
        else { throw .unavailable }
        turnedAway?.continuation.resume(returning: .failure(.unavailable))
        let timer = group.next().scheduleTask(in: .until(deadline)) { [self] in
            Task { @PoolActor in giveUp(number, .deadline) }
        }
        defer { timer.cancel() }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(route: route, job: job, continuation: continuation)
                if let failure = slots.wait(
                    number, waiter, size, for: job.party, again: again, at: .now)
                {
                    return continuation.resume(returning: .failure(failure))
                }
                // What it waits for may have come since it was told to wait.
                serve()
                if isStopping || !pool.isWorthWaiting { refuseHopeless() }
            }
        } onCancel: {
            Task { @PoolActor in giveUp(number, .abandoned) }
        }
        return try outcome.get()
    }

    private func giveUp(_ number: UInt64, _ failure: JobFailure) {
        slots.giveUp(number, failure)?.continuation.resume(returning: .failure(failure))
    }

    private func pool(for route: Route) -> ChildPool? {
        switch route {
        case .need(let need):
            need.choose(from: pools.map(\.policy)) { files.writes(of: $0.name) }.flatMap { chosen in
                pools.first { $0.policy.name == chosen.name }
            }
        case .policy(let name): pools.first { $0.policy.name == name }
        case .pool(let pool): pool
        }
    }

    private func serve() {
        // A free slot is heard of before its child's successor is ready, and a queue may be long.
        while (pools + candidates + retired).contains(where: \.isOffering),
            let (next, size) = slots.next(
                at: .now, where: { pool(for: $0.route)?.isOffering == true }),
            let pool = pool(for: next.route)
        {
            slots.take(size)
            next.continuation.resume(returning: .success(pool.give(to: next.job)))
        }
    }

    /// Turns away what waits for children that do not come.
    private func refuseHopeless() {
        let hopeless = slots.removeAll {
            isStopping || pool(for: $0.route)?.isWorthWaiting != true
        }
        for waiter in hopeless { waiter.continuation.resume(returning: .failure(.unavailable)) }
    }

    // MARK: Pools

    /// What the pools tell.
    func hear(_ notice: ChildPool.Notice, of pool: ChildPool) {
        switch notice {
        case .offer: serve()
        case .slotIsFree(let job):
            slots.release(sizing.size(of: job))
            serve()
        case .ended: retired.removeAll { $0 === pool }
        case .outOfService: refuseHopeless()
        }
    }

    /// Why a policy has no children.
    struct PoolFailure: CustomStringConvertible {
        var policy: String
        var reason: StartFailure

        var description: String { "policy \(policy): \(reason)" }
    }

    /// Why policies cannot take the place of those there are.
    struct Refusal: Error {
        var failures: [PoolFailure]
    }

    /// Starts a pool for each policy and waits until each has a child, or has failed to.
    func startPools(
        _ policies: [ServedPolicy], _ origin: ChildPool.Origin
    ) async -> [PoolFailure] {
        pools = policies.map { make($0, origin) }
        return await start(pools)
    }

    /// Starts pools by these policies, and puts them in the place of those there are when each of
    /// them has a child and has stood its trial: jobs go to them from then on, and the old ones finish
    /// what runs in them. A pool whose policy is the same stays.
    ///
    /// - Parameters:
    ///   - trial: finds out what speaks against a pool whose children are ready.
    ///   - whenReplaced: called in the moment of the change.
    /// - Returns: why nothing was changed; empty when it was.
    func replacePools(
        by policies: [ServedPolicy], _ origin: ChildPool.Origin,
        trial: @escaping @Sendable (ChildPool) async -> [PoolFailure],
        whenReplaced: @Sendable () -> Void
    ) async -> [PoolFailure] {
        // One at a time, or the last one to be ready would win.
        while isReplacing {
            await withCheckedContinuation { waiting in
                guard isReplacing else { return waiting.resume() }
                replacers.append(waiting)
            }
        }
        isReplacing = true
        defer {
            isReplacing = false
            for replacer in replacers { replacer.resume() }
            replacers = []
        }
        let all = policies.map { policy in
            pools.first { $0.policy.isSame(as: policy) } ?? make(policy, origin)
        }
        let new = all.filter { pool in !pools.contains { $0 === pool } }
        candidates = new
        for pool in new { pool.isOnTrial = true }
        var failures = await start(new)
        if failures.isEmpty {
            let trials = new.map { pool in Task { await trial(pool) } }
            for trial in trials { failures += await trial.value }
        }
        candidates = []
        if isStopping || !failures.isEmpty {
            for pool in new { await pool.stop() }
            return failures.isEmpty
                ? [PoolFailure(policy: all[0].policy.name, reason: .noAnswer(""))] : failures
        }
        let old = pools.filter { pool in !all.contains { $0 === pool } }
        retired += old
        for pool in old { pool.retire() }
        pools = all
        whenReplaced()
        for pool in new { pool.tookOver() }
        refuseHopeless()
        serve()
        return []
    }

    private func make(_ policy: ServedPolicy, _ origin: ChildPool.Origin) -> ChildPool {
        let old = pools.first { $0.policy.name == policy.name }
        return ChildPool(policy, origin, replacing: old) { [self] in hear($1, of: $0) }
    }

    private func start(_ pools: [ChildPool]) async -> [PoolFailure] {
        let starts = pools.map { pool in Task { await pool.start() } }
        var failures: [PoolFailure] = []
        for (pool, start) in zip(pools, starts) {
            if case .failure(let reason) = await start.value {
                failures.append(PoolFailure(policy: pool.policy.name, reason: reason))
            }
        }
        return failures
    }

    /// Replaces the zygote of one policy, or of all.
    ///
    /// - Returns: the names of the policies that have another one now.
    func rotate(policy: String?) async -> [String] {
        let chosen = pools.filter { policy == nil || $0.policy.name == policy }
        let changes = chosen.map { pool in Task { await pool.rotate(.demand) } }
        var names: [String] = []
        for (pool, change) in zip(chosen, changes) where await change.value {
            names.append(pool.policy.name)
        }
        return names
    }

    /// Ends everything and waits until it is gone.
    func stop() async {
        isStopping = true
        for waiter in slots.removeAll(where: { _ in true }) {
            waiter.continuation.resume(returning: .failure(.unavailable))
        }
        let all = pools + retired + candidates
        let stops = all.map { pool in Task { await pool.stop() } }
        for stop in stops { await stop.value }
    }

    var status: RunnerStatus {
        var statuses = pools.map(\.status)
        for old in retired.map(\.status) {
            // What still runs under a policy that was replaced is shown with its successor.
            guard let index = statuses.firstIndex(where: { $0.policy == old.policy }) else {
                continue
            }
            statuses[index].generations.insert(contentsOf: old.generations, at: 0)
            statuses[index].children.insert(contentsOf: old.children, at: 0)
        }
        return RunnerStatus(
            running: slots.running, workers: slots.most, waiting: slots.waiting,
            queue: slots.queue, pools: statuses)
    }
}
