import Descriptors
import Glibc
import Logging
import NIOCore
import NIOPosix
import SandboxPolicy
import Synchronization
import WireProtocol

/// Keeps children of one zygote warm and hands them out, one for each job.
///
/// A job's slot is taken when it gets its child and free when the zygote has reaped that child, so
/// that memory on its way back to the kernel counts too.
actor ChildPool {
    struct Settings: Sendable {
        /// Layers without which no child is used.
        var requiredLayers: [Layer]
        /// Children that wait for a job.
        var warm: Int
        /// Jobs at one time.
        var running: Int
        /// Jobs that may wait for a child.
        var queue: Int
        /// What a child has until it must be ready.
        var birth: TimeAmount
    }

    let program: ZygoteProgram
    let settings: Settings
    let group: any EventLoopGroup
    let logger: Logger
    private let budget: ChildLife.Budget

    // The zygote; ChildPool+Zygote.swift.
    var zygote: ZygoteProcess?
    var zygoteLog = ZygoteLog()
    var isStartingZygote = false
    var generation = 0
    var hello: ZygoteHello?
    var setupFailures = 0
    var isRetryPending = false
    var startup: CheckedContinuation<Posture, any Error>?

    // The children.
    var children: [UInt64: Child] = [:]
    var isStopping = false
    private var jobs: [UInt64: ChildReport.JobIdentity] = [:]
    private var idle: [Child] = []
    /// Asked for, and neither ready nor gone.
    private var starting: Set<UInt64> = []
    private var waiters = WaitingJobs()
    private var nextID: UInt64 = 1
    private var emptied: [CheckedContinuation<Void, Never>] = []

    init(
        _ program: consuming ZygoteProgram, _ settings: Settings, group: any EventLoopGroup,
        logger: Logger
    ) {
        budget = ChildLife.Budget(
            memory: program.configuration.memoryBudget >> 10,
            processor: UInt64(program.configuration.cpuSeconds) * 1_000_000)
        self.program = consume program
        self.settings = settings
        self.group = group
        self.logger = logger
    }

    // MARK: Jobs

    /// A child for a job, which is told from here on by its identity.
    ///
    /// - Throws: ``JobFailure/unavailable`` when the queue is full or the service stops,
    ///   ``JobFailure/deadline``, and ``JobFailure/abandoned`` when the task is cancelled.
    func take(
        for job: ChildReport.JobIdentity, deadline: ContinuousClock.Instant
    ) async throws(JobFailure) -> Child {
        guard !isStopping else { throw .unavailable }
        if jobs.count < settings.running, let child = nextIdle() {
            assign(child, job)
            return child
        }
        guard waiters.count < settings.queue else { throw .unavailable }
        let number = waiters.reserve()
        let timer = group.next().scheduleTask(in: .until(deadline)) { [self] in
            Task { await giveUp(number, .deadline) }
        }
        defer { timer.cancel() }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { waiters.wait(number, job, $0) }
        } onCancel: {
            Task { await giveUp(number, .abandoned) }
        }
        return try outcome.get()
    }

    private func giveUp(_ number: UInt64, _ failure: JobFailure) {
        waiters.remove(number)?.resume(returning: .failure(failure))
    }

    /// The child that waits longest. One to which something has happened is not given away; its end
    /// is on the way.
    private func nextIdle() -> Child? {
        idle.removeAll { !$0.isUsable }
        return idle.isEmpty ? nil : idle.removeFirst()
    }

    private func assign(_ child: Child, _ job: ChildReport.JobIdentity) {
        jobs[child.id] = job
        refill()
    }

    private func serveWaiters() {
        while waiters.count > 0, jobs.count < settings.running, let child = nextIdle(),
            let next = waiters.removeFirst()
        {
            assign(child, next.job)
            next.continuation.resume(returning: .success(child))
        }
    }

    // MARK: Children

    func refill() {
        guard !isStopping, hello != nil, let zygote else { return }
        let missing = settings.warm - idle.count - starting.count
        guard missing > 0 else { return }
        for _ in 0..<missing {
            let id = nextID
            nextID += 1
            starting.insert(id)
            Task { await spawn(id, from: zygote, generation) }
        }
    }

    private func spawn(_ id: UInt64, from zygote: ZygoteProcess, _ generation: Int) async {
        do {
            let child = try await Child.make(id: id, group: group) { [self] in
                Task { await becameReady(id) }
            }
            guard generation == self.generation, hello != nil, !isStopping else {
                child.close()
                starting.remove(id)
                return settleStop()
            }
            children[id] = child
            try child.ask(zygote)
            group.next().scheduleTask(in: settings.birth) { [self] in
                Task { await wasTooSlow(id) }
            }
        } catch {
            logger.error("a child could not be asked for", metadata: ["error": "\(error)"])
            children.removeValue(forKey: id)?.close()
            starting.remove(id)
            retryLater()
            settleStop()
        }
    }

    private func becameReady(_ id: UInt64) {
        guard let child = children[id], let hello, let own = child.life.posture else { return }
        starting.remove(id)
        let posture = hello.posture.adding(own)
        let missing = posture.missing(of: settings.requiredLayers)
        guard missing.isEmpty else {
            failStart(.missing(missing, posture))
            logger.error(
                "a required layer is not in force",
                metadata: ["layers": .array(missing.map { "\($0.rawValue)" })])
            return child.condemn(.setup)
        }
        setupFailures = 0
        startup?.resume(returning: posture)
        startup = nil
        if isStopping { return child.kill(.dismissed) }
        idle.append(child)
        serveWaiters()
    }

    private func wasTooSlow(_ id: UInt64) {
        guard let child = children[id], child.life.posture == nil else { return }
        child.condemn(.setup)
        // A zygote that has not even forked it does not answer any more.
        if !child.isBorn { zygote?.kill() }
    }

    /// The zygote has reaped it, or has died with it.
    func isGone(_ child: Child) {
        children.removeValue(forKey: child.id)
        starting.remove(child.id)
        idle.removeAll { $0.id == child.id }
        let job = jobs.removeValue(forKey: child.id)
        Task {
            await child.drained()
            let life = child.life
            if let ending = life.ending(budget: budget) {
                ChildReport(child: child.id, ending: ending, life: life, job: job)
                    .log(to: logger)
            }
            child.close()
        }
        let life = child.life
        if life.posture == nil || life.ending(budget: budget) == .setup {
            retryLater()
        } else {
            refill()
        }
        serveWaiters()
        settleStop()
    }

    // MARK: The end

    /// Ends every child and the zygote, and waits until they are gone.
    func stop() async {
        isStopping = true
        while let next = waiters.removeFirst() {
            next.continuation.resume(returning: .failure(.unavailable))
        }
        for child in children.values { child.kill(.dismissed) }
        zygote?.kill()
        guard !isEmpty else { return }
        await withCheckedContinuation { emptied.append($0) }
    }

    func settleStop() {
        guard isStopping, isEmpty else { return }
        for continuation in emptied { continuation.resume() }
        emptied = []
    }

    private var isEmpty: Bool {
        zygote == nil && !isStartingZygote && children.isEmpty && starting.isEmpty
    }
}
