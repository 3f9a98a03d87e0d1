import Descriptors
import Glibc
import Logging
import NIOCore
import SandboxPolicy
import Synchronization
import WireProtocol

/// One policy's children: keeps some of them warm and hands them out, one for each job.
///
/// ChildPool+Generations.swift has the zygotes they come from.
@PoolActor
final class ChildPool {
    struct Settings: Sendable {
        /// Children that wait for a job.
        var warm: Int
        /// What a child has until it must be ready, and a zygote for its greeting.
        var birth: Duration
        /// When one generation gives way to the next; nil for one generation and no other.
        var rotation: Rotation<ContinuousClock>.Limits?
    }

    /// What every pool is made from.
    struct Origin: Sendable {
        var files: ZygoteFiles
        var settings: Settings
        var group: any EventLoopGroup
        var metrics: any ServiceMetrics
        var logger: Logger
    }

    /// What the service behind a pool wants to know.
    enum Notice {
        /// There is a child for a job.
        case offer
        /// A job's slot is free.
        case slotIsFree
        /// No child can be had for now: jobs that wait, wait in vain.
        case outOfService
        /// It was told to end, and nothing is left of it.
        case ended
    }

    let policy: ServedPolicy
    let settings: Settings
    let files: ZygoteFiles
    let group: any EventLoopGroup
    let metrics: any ServiceMetrics
    let logger: Logger
    let tell: (ChildPool, Notice) -> Void

    // The zygotes; ChildPool+Generations.swift.
    var rotation: Rotation<ContinuousClock>
    var current: Generation?
    var next: Generation?
    var draining: [Generation] = []
    var lastNumber: Int
    /// The last one whose zygote ended by itself.
    var lastFailed = 0
    var zygoteRetry = Backoff()
    var rotationAlarm: Alarm?
    var retryAlarm: Alarm?
    var changes: [CheckedContinuation<Bool, Never>] = []

    /// Whether it takes the place of another pool when it is ready.
    let isReplacement: Bool

    // What it looks like from outside.
    var state = PoolStatus.State.starting
    var posture: Posture?
    var startup: CheckedContinuation<Result<Posture, StartFailure>, Never>?
    private(set) var isStopping = false
    private var ended: [CheckedContinuation<Void, Never>] = []

    // The children.
    private var idle: [Child] = []
    private var jobs: [UInt64: RunningJob] = [:]
    /// Children whose descriptors are being made.
    private var making = 0
    private var childRetry = Backoff()
    /// What was wrong with the last child.
    private var problem: StartFailure?
    private var refillAlarm: Alarm?
    private var isWaitingToRefill = false

    /// What a child works on.
    private struct RunningJob {
        var identity: ChildReport.JobIdentity
        var given = ContinuousClock.now
        /// A sibling had crashed before, and the generation was used again.
        var isReused: Bool
        var holdsSlot = true
    }

    private static let lastID = Atomic<UInt64>(0)

    /// - Parameter old: the pool of the same policy whose place this one is to take.
    init(
        _ policy: ServedPolicy, _ origin: Origin, replacing old: ChildPool?,
        tell: @escaping (ChildPool, Notice) -> Void
    ) {
        self.policy = policy
        self.tell = tell
        settings = origin.settings
        files = origin.files
        group = origin.group
        metrics = origin.metrics
        lastNumber = old?.lastNumber ?? 0
        isReplacement = old != nil
        var logger = origin.logger
        logger[metadataKey: "policy"] = "\(policy.name)"
        self.logger = logger
        // Without a rotation nothing but a death changes the generation.
        let never = Rotation<ContinuousClock>.Limits(
            forks: .max, age: .seconds(1 << 30), interval: .zero)
        rotation = Rotation(limits: settings.rotation ?? never)
        rotationAlarm = Alarm(on: group.next()) { [weak self] in self?.rotationIsDue() }
        retryAlarm = Alarm(on: group.next()) { [weak self] in self?.startNext() }
        refillAlarm = Alarm(on: group.next()) { [weak self] in
            self?.isWaitingToRefill = false
            self?.refill()
        }
    }

    // MARK: Jobs

    /// Whether a job gets a child now.
    var isOffering: Bool {
        guard mayGiveJobs else { return false }
        // One to which something has happened is not given away; its end is on the way.
        idle.removeAll { !$0.isUsable }
        return !idle.isEmpty
    }

    /// Whether a child will come if one waits for it.
    var isWorthWaiting: Bool {
        guard !isStopping, current != nil || next != nil else { return false }
        if case .failed = state { return false }
        return true
    }

    /// The child that waits longest; only after ``isOffering``.
    func give(to job: ChildReport.JobIdentity) -> Child {
        let child = idle.removeFirst()
        jobs[child.id] = RunningJob(identity: job, isReused: rotation.isTainted)
        refillSoon()
        return child
    }

    // MARK: Children

    /// Refills when the job that has just taken a child is on its way. Where the next job would have
    /// to wait for it, at once.
    private func refillSoon() {
        guard !idle.isEmpty else { return refill() }
        group.next().scheduleTask(in: .milliseconds(2)) { [weak self] in
            Task { @PoolActor in self?.refill() }
        }
    }

    func refill() {
        guard !isStopping, !isWaitingToRefill, let current, mayGiveJobs else { return }
        // One without a job is warm or will be, or its end is on the way and asks again.
        let free = current.children.keys.count { jobs[$0] == nil }
        let missing = settings.warm - free - making
        guard missing > 0 else { return }
        for _ in 0..<missing {
            making += 1
            Task {
                await withTaskExecutorPreference(PoolActor.shared.tasks) {
                    await makeChild(of: current)
                }
            }
        }
    }

    private func makeChild(of generation: Generation) async {
        let id = Self.lastID.add(1, ordering: .relaxed).newValue
        let place = Child.Place(
            id: id, policy: policy.name, generation: generation.number, budget: policy.budget,
            birth: settings.birth)
        do {
            let child = try await Child.make(place, group: group) { child, notice in
                Task { @PoolActor in self.hear(notice, of: child, generation) }
            }
            making -= 1
            guard generation === current, generation.isReady, !isStopping else {
                child.close()
                return generation === current ? () : refill()
            }
            do throws(SystemError) {
                try generation.fork(child)
            } catch {
                child.close()
                // It has died; the news of that is on its way, and a new one with it.
                if error.code == EPIPE { return }
                // It has not read for so long that the socket is full.
                if error.code == EAGAIN { return generation.giveUp() }
                throw error
            }
            apply(rotation.forked(at: .now))
        } catch {
            making -= 1
            logger.error("a child could not be asked for", metadata: ["error": "\(error)"])
            refillLater(.program("\(error)"))
        }
    }

    func hear(_ notice: Child.Notice, of child: Child, _ generation: Generation) {
        switch notice {
        case .offered: offer(child, generation)
        case .tainted(let reason):
            if generation === current { apply(rotation.tainted(reason, at: .now)) }
        case .zygoteIsSilent: generation.giveUp()
        case .finished: report(child, generation)
        }
    }

    private func offer(_ child: Child, _ generation: Generation) {
        guard let hello = generation.hello, let own = child.life.posture else { return }
        let posture = hello.posture.adding(own)
        let missing = posture.missing(
            of: files.posture.required(of: policy.file.requiredLayers))
        guard missing.isEmpty else {
            logger.error(
                "a required layer is not in force",
                metadata: ["layers": .array(missing.map { "\($0.rawValue)" })])
            problem = .missing(missing, posture)
            failStart(.missing(missing, posture))
            return child.condemn(.setup)
        }
        guard generation === current, !isStopping else {
            return generation.dismiss { $0 === child }
        }
        childRetry.reset()
        if generation.number > lastFailed { zygoteRetry.reset() }
        problem = nil
        self.posture = posture
        if state != .serving {
            if case .failed = state { logger.notice("the policy is served again") }
            state = .serving
        }
        startup?.resume(returning: .success(posture))
        startup = nil
        idle.append(child)
        tell(self, .offer)
        startNext()
    }

    /// The zygote has reaped it, or has died with it.
    func isGone(_ child: Child, of generation: Generation) {
        idle.removeAll { $0 === child }
        if jobs[child.id]?.holdsSlot == true {
            jobs[child.id]?.holdsSlot = false
            tell(self, .slotIsFree)
        }
        if generation !== current {
            if generation.children.isEmpty, !generation.hasEnded { generation.end() }
            return
        }
        let life = child.life
        if generation.hasEnded { return }
        if life.posture == nil && life.killReason != .dismissed || life.ending == .setup {
            refillLater(problem ?? generation.reason)
        } else {
            refill()
        }
    }

    /// After a child that could not be set up, waits before the next one is asked for. A zygote
    /// whose children fail time after time is replaced.
    private func refillLater(_ reason: StartFailure) {
        guard !isStopping, !isWaitingToRefill else { return }
        isWaitingToRefill = true
        refillAlarm?.set(.now + childRetry.next())
        failStart(reason)
        if idle.isEmpty { fail(reason) }
        if childRetry.failures % 5 == 0 { current?.end() }
    }

    private func report(_ child: Child, _ generation: Generation) {
        let life = child.life
        let job = jobs.removeValue(forKey: child.id)
        let ending = life.ending
        metrics.childEnded(
            policy: policy.name, ending: ending, hadJob: life.hadJob, exit: life.exit)
        guard let ending else { return }
        ChildReport(
            child: child.id, ending: ending, life: life, job: job?.identity,
            generation: generation.number, generationAge: generation.age,
            isReused: job?.isReused ?? false
        ).log(to: logger)
    }

    /// No child can be had for now.
    func fail(_ reason: StartFailure) {
        guard !isStopping, state != .starting else { return }
        state = .failed(reason.description)
        tell(self, .outOfService)
    }

    // MARK: The end

    /// Gives no more children; running jobs finish.
    func retire() {
        isStopping = true
        idle = []
        next?.end()
        if let current { letGo(current) }
        finishChanges(false)
        settleEnd()
    }

    /// Ends every child and every zygote, and waits until they are gone.
    func stop() async {
        retire()
        for generation in draining {
            generation.dismiss()
            generation.end()
        }
        failStart(.noAnswer(""))
        guard !hasEnded else { return }
        await withCheckedContinuation { ended.append($0) }
    }

    var hasEnded: Bool { isStopping && current == nil && next == nil && draining.isEmpty }

    func settleEnd() {
        guard hasEnded else { return }
        for alarm in [rotationAlarm, retryAlarm, refillAlarm] { alarm?.set(nil) }
        for continuation in ended { continuation.resume() }
        ended = []
        tell(self, .ended)
    }

    // MARK: For others

    /// Takes a generation out of service: its warm children are ended now, running jobs finish, and
    /// its zygote ends when the last one has.
    func letGo(_ generation: Generation) {
        if generation === current { current = nil }
        draining.append(generation)
        idle.removeAll { $0.generation == generation.number }
        generation.dismiss { jobs[$0.id] == nil }
        if generation.children.isEmpty { generation.end() }
    }

    var status: PoolStatus {
        let generations =
            draining.map { $0.status(.draining) } + [current].compactMap { $0?.status(.current) }
            + [next].compactMap { $0?.status(.next) }
        let all = draining + [current].compactMap { $0 }
        return PoolStatus(
            policy: policy.name, policySHA256: policy.sha256, formats: policy.file.formats,
            state: state, posture: posture, libvips: current?.hello?.libvips,
            libmagic: current?.hello?.libmagic, generations: generations,
            children: all.flatMap { $0.children.values }.map(status).sorted { $0.id < $1.id })
    }

    private func status(of child: Child) -> ChildStatus {
        let life = child.life
        let job = jobs[child.id]
        let state: ChildStatus.State =
            if life.killReason != nil || life.hasAnswered {
                .ending
            } else if job != nil {
                .working
            } else {
                life.posture == nil ? .starting : .warm
            }
        return ChildStatus(
            id: child.id, generation: child.generation, state: state,
            age: .now - life.times.asked, requestID: job?.identity.requestID,
            working: job.map { .now - $0.given }, stage: life.stage)
    }
}

extension Posture {
    /// These layers and the other's.
    func adding(_ other: Posture) -> Posture {
        var sum = self
        for entry in other.entries { sum.set(entry.layer, entry.state, detail: entry.detail) }
        return sum
    }
}
