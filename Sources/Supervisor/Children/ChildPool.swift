import Descriptors
import Glibc
import Logging
import NIOCore
import SandboxPolicy
import Synchronization
import WireProtocol

/// One policy's children: keeps some of them warm and hands them out, one for each job.
///
/// ChildPool+Children.swift has how they are made and what becomes of them,
/// ChildPool+Generations.swift the zygotes they come from.
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
        /// Who hears of ended children instead of the log.
        var observer: (any ChildObserver)?
        /// Where crashes are recorded; nil for nowhere.
        var records: RecordStore?
    }

    /// What the service behind a pool wants to know.
    enum Notice {
        /// There is a child for a job.
        case offer
        /// A job's slot is free.
        case slotIsFree(ChildReport.JobIdentity)
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
    let observer: (any ChildObserver)?
    let records: RecordStore?
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
    /// The log has said that the system's libvips serves in place of the chosen one.
    var hasToldLibraries: Bool
    var rotationAlarm: Alarm?
    var retryAlarm: Alarm?
    var changes: [CheckedContinuation<Bool, Never>] = []

    /// Whether it is tried with canaries. What they do changes no generation, since no attacker learns
    /// from them, and is not counted among what users' images do.
    var isOnTrial = false

    // What it looks like from outside.
    var state = PoolStatus.State.starting
    var posture: Posture?
    var startup: CheckedContinuation<Result<Posture, StartFailure>, Never>?
    private(set) var isStopping = false
    private var ended: [CheckedContinuation<Void, Never>] = []

    // The children; ChildPool+Children.swift.
    var idle: [Child] = []
    var jobs: [UInt64: RunningJob] = [:]
    /// Children whose descriptors are being made.
    var making = 0
    /// Children that were forked, or will be, and whose end is not written down yet.
    var unreported = 0
    private var hasWaitedForReports = false
    var childRetry = Backoff()
    /// What was wrong with the last child.
    var problem: StartFailure?
    var refillAlarm: Alarm?
    private var reportAlarm: Alarm?
    var isWaitingToRefill = false

    /// What a child works on.
    struct RunningJob {
        var identity: ChildReport.JobIdentity
        var given = ContinuousClock.now
        /// A sibling had crashed before, and the generation was used again.
        var isReused: Bool
        var isTrial: Bool
        var holdsSlot = true
    }

    static let lastID = Atomic<UInt64>(0)

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
        observer = origin.observer
        records = origin.records
        lastNumber = old?.lastNumber ?? 0
        hasToldLibraries = old?.hasToldLibraries ?? false
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
        reportAlarm = Alarm(on: group.next()) { [weak self] in
            self?.hasWaitedForReports = true
            self?.settleEnd()
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
        jobs[child.id] = RunningJob(identity: job, isReused: rotation.isTainted, isTrial: isOnTrial)
        refillSoon()
        return child
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
        await withCheckedContinuation { waiting in
            guard !hasEnded else { return waiting.resume() }
            ended.append(waiting)
        }
    }

    private var hasNoZygote: Bool {
        isStopping && current == nil && next == nil && draining.isEmpty
    }

    var hasEnded: Bool { hasNoZygote && (unreported == 0 || hasWaitedForReports) }

    /// What a dead child has said last is read within moments; who waits for the end does not wait
    /// for more than that.
    private static let longestReport = Duration.seconds(1)

    func settleEnd() {
        if hasNoZygote, unreported > 0, reportAlarm?.isSet != true, !hasWaitedForReports {
            reportAlarm?.set(.now + Self.longestReport)
        }
        guard hasEnded else { return }
        for alarm in [rotationAlarm, retryAlarm, refillAlarm, reportAlarm] { alarm?.set(nil) }
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
}
