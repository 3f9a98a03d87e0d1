import ImageVocabulary
import Logging
import NIOCore
import NIOPosix
import SandboxPolicy
import Synchronization
import WireProtocol

/// Runs jobs in children: from complete bytes to a checked result, or a reason.
///
/// One for each process. `prepare` opens what only the starting user may be able to reach, `start`
/// comes after the privileges are dropped.
final class JobRunner: Sendable {
    struct Settings: Sendable {
        /// The path of glovebox-sandbox.
        var sandbox: String
        /// The folder with the chosen libvips; nil for the system's.
        var vipsDirectory: String?
        /// The paths of the policies, one pool each.
        var policies: [String]
        /// The formats that are served; the other formats' policies are not started.
        var formats = EnabledFormats.all
        /// The layers that must be there.
        var posture: NamedPosture
        /// What becomes of the calls that the policies do not allow.
        var heldCalls: HeldCalls { learning ?? HeldCalls(under: posture) }
        /// Instead of what the posture says of them.
        var learning: HeldCalls?
        /// Who hears of ended children instead of the log.
        var observer: (any ChildObserver)?
        /// Children of each policy that wait for a job.
        var warmChildren: Int
        /// Jobs at one time, over all policies.
        var concurrentJobs: Int
        /// Jobs that may wait for a child, over all policies.
        var queue: Int
        /// Which jobs are large.
        var sizing = JobSizing()
        /// What a child has until it must be ready, and a zygote for its greeting.
        var birth = TimeAmount.seconds(10)
        /// When a zygote is replaced; nil for a command that ends after one job, which needs no
        /// second zygote.
        var rotation: RotationLimits? = RotationLimits()
    }

    typealias RotationLimits = Rotation<ContinuousClock>.Limits

    let settings: Settings
    private let files: ZygoteFiles
    let dispatch: JobDispatch
    private let metrics: any ServiceMetrics
    /// Where crashes are recorded; nil for nowhere.
    private let records: RecordStore?
    let logger: Logger
    let served: Mutex<[ServedPolicy]>

    private init(
        _ prepared: consuming Prepared, metrics: any ServiceMetrics, records: RecordStore?,
        logger: Logger
    ) async {
        settings = prepared.settings
        files = prepared.files
        served = Mutex(prepared.policies)
        dispatch = await JobDispatch(
            slots: settings.concurrentJobs, queue: settings.queue,
            sizing: settings.sizing, files: files, group: MultiThreadedEventLoopGroup.singleton)
        self.metrics = metrics
        self.records = records
        self.logger = logger
    }

    /// Starts a zygote for each policy, and returns when each has a child that is confined and
    /// waits. A policy that cannot be had is named in the log and tried again; the others serve.
    ///
    /// - Throws: ``StartFailure`` when a layer is missing, or no policy can be had at all.
    static func start(
        _ prepared: consuming Prepared, metrics: any ServiceMetrics, records: RecordStore? = nil,
        logger: Logger
    ) async throws(StartFailure) -> JobRunner {
        let (runner, failures, refusal) = await begin(
            prepared, metrics: metrics, records: records, logger: logger)
        if let refusal {
            await runner.stop()
            throw refusal
        }
        for failure in failures {
            logger.error(
                "a policy cannot be served",
                metadata: ["policy": "\(failure.policy)", "reason": "\(failure.reason)"])
        }
        if let posture = await runner.status().pools.compactMap(\.posture).first {
            logger.warn(of: runner.files.posture, posture)
        }
        return runner
    }

    /// Starts what can be started.
    ///
    /// - Returns: with it the policies that could not, and why that refuses the start, if it does.
    static func begin(
        _ prepared: consuming Prepared, metrics: any ServiceMetrics, records: RecordStore? = nil,
        logger: Logger
    ) async -> (runner: JobRunner, failures: [JobDispatch.PoolFailure], refusal: StartFailure?) {
        let runner = await JobRunner(
            prepared, metrics: metrics, records: records, logger: logger)
        let policies = runner.served.withLock { $0 }
        let failures = await runner.dispatch.startPools(policies, runner.origin)
        return (runner, failures, StartFailure.refusal(of: policies, failures))
    }

    // MARK: Jobs

    /// The policies that are served.
    var policies: [PolicyIdentity] { served.withLock { $0.map(\.identity) } }

    /// The formats that are served.
    var formats: [ImageFormat] { served.withLock { $0.flatMap(\.formats) } }

    /// The widest limits that any of the policies has.
    var widestLimits: JobLimits { served.withLock { ServedPolicy.widestLimits(of: $0) } }

    /// The limits for an image of this format; nil where no policy covers it. A job's own may only be
    /// lower.
    func limits(for format: ImageFormat) -> JobLimits? { limits(for: JobNeed(format)) }

    /// The limits of the policy that a job runs under; nil where none can do it.
    func limits(for need: JobNeed) -> JobLimits? { policy(for: need)?.file.limits.job }

    /// The policy that a job runs under; nil where none can do it.
    func identity(for need: JobNeed) -> PolicyIdentity? { policy(for: need)?.identity }

    private func policy(for need: JobNeed) -> ServedPolicy? {
        need.choose(from: served.withLock { $0 }) { files.writes(of: $0.name) }
    }

    /// The formats of a job's results that no policy can make.
    func unwritable(_ need: JobNeed) -> [ImageFormat] {
        guard let policy = policy(for: need), let written = files.writes(of: policy.name) else {
            return []
        }
        return need.results.filter { !written.contains($0) }
    }

    /// Says why images of a format are not accepted, which their senders do not learn.
    func logRefusal(of format: ImageFormat, requestID: String) {
        let isEnabled = settings.formats.contains(format)
        logger.info(
            isEnabled ? "no policy covers the format" : "the format is not enabled",
            metadata: [
                "request_id": "\(requestID)", "format": "\(format.name)",
                "setting": isEnabled ? "policies" : "\(settings.formats.label)",
            ])
    }

    /// Runs one job under the policy that covers its inputs' formats. Cancelling the task means that the
    /// client is gone: its child is killed.
    ///
    /// - Throws: a ``JobFailure`` at the latest at the job's deadline.
    func run(_ job: Job) async throws(JobFailure) -> JobResult {
        let need = JobNeed(job)
        guard let policy = policy(for: need)?.name else { throw .unavailable }
        return try await run(job, by: .need(need), policy: policy)
    }

    /// As ``run(_:)``, in the pool of one policy, to find out whether it works.
    func check(policy: String, _ canary: Job) async throws(JobFailure) -> JobResult {
        try await run(canary, by: .policy(policy), policy: policy)
    }

    private func run(
        _ job: Job, by route: JobDispatch.Route, policy: String
    ) async throws(JobFailure) -> JobResult {
        var clock = JobClock()
        var attempt = await attempt(job, route, again: false, &clock)
        if case .lost = attempt {
            metrics.jobRestarted(policy: policy)
            attempt = await self.attempt(job, route, again: true, &clock)
        }
        let outcome: Result<JobResult, JobFailure> =
            switch attempt {
            case .done(let result): .success(result)
            case .failed(let failure): .failure(failure)
            case .lost: .failure(.childLost)
            }
        let name =
            switch outcome {
            case .success: "completed"
            case .failure(let failure): failure.name
            }
        metrics.jobEnded(
            policy: policy, outcome: name, waited: clock.waited, worked: clock.worked)
        return try outcome.get()
    }

    /// What came of giving a job to one child.
    enum Attempt {
        case done(JobResult)
        case failed(JobFailure)
        /// The child was lost before it said a word: another one may try.
        case lost
    }

    private func attempt(
        _ job: Job, _ route: JobDispatch.Route, again: Bool, _ clock: inout JobClock
    ) async -> Attempt {
        let child: Child
        do throws(JobFailure) {
            child = try await dispatch.take(
                route, for: job.identity, deadline: job.deadline, again: again)
        } catch {
            return .failed(error)
        }
        clock.hasChild()
        return await give(job, to: child)
    }

    /// Gives a job to a child, and judges what comes of it.
    func give(_ job: Job, to child: Child) async -> Attempt {
        defer { child.settle() }
        let message = JobMessage(job)
        switch await child.work(message, inputs: job.inputs.map(\.bytes), deadline: job.deadline) {
        case .deadline: return .failed(.deadline)
        case .abandoned: return .failed(.abandoned)
        case .lost(mayRestart: true): return .lost
        case .lost(mayRestart: false), .answered(.broken), .answered(.endedEarly):
            job.charge?.make(child.life.ending)
            return .failed(.childLost)
        case .answered(.refused(let verdict, let text)):
            var fields: Logger.Metadata = [
                "request_id": "\(job.requestID)", "verdict": "\(verdict.name)",
                "sha256": "\(job.input.sha256)", "text": "\(UntrustedText.printable(text))",
            ]
            if text.starts(with: Verdict.memoryMark.utf8) {
                fields["memory_limit"] =
                    "\(Size.text(Int(clamping: child.life.budget.memory) << 10))"
                fields["setting"] = "x-glovebox.limits.memory of the policy \(child.policy)"
            }
            logger.info("image refused", metadata: fields)
            return .failed(.refused(verdict))
        case .answered(.completed(let facts, let details, let outputs)):
            do throws(ResultCheck.Mismatch) {
                return .done(try ResultCheck.check(facts, details, outputs, of: job))
            } catch {
                child.condemn(.protocolError(error.what))
                // By itself a result of another size says nothing of the input.
                job.charge?.make(error.isAboutSize ? .output : child.life.ending)
                return .failed(.childLost)
            }
        }
    }

    // MARK: Operation

    /// What everything is doing now.
    func status() async -> RunnerStatus { await dispatch.status }

    /// Replaces the zygote of one policy, or of all, without losing a job.
    ///
    /// - Returns: the names of the policies whose generation was changed.
    func rotate(policy: String?) async -> [String] { await dispatch.rotate(policy: policy) }

    /// Ends all children and waits until they are gone.
    func stop() async { await dispatch.stop() }

    var origin: ChildPool.Origin {
        ChildPool.Origin(
            files: files,
            settings: ChildPool.Settings(
                warm: settings.warmChildren,
                birth: .nanoseconds(settings.birth.nanoseconds), rotation: settings.rotation),
            group: MultiThreadedEventLoopGroup.singleton, metrics: metrics, logger: logger,
            observer: settings.observer, records: records)
    }
}

extension JobMessage {
    /// Where each of several inputs stands when they are written one behind the other.
    private static func table(of sources: [SourceBytes]) -> [Input] {
        var offset: UInt64 = 0
        return sources.map { source in
            let length = UInt64(source.bytes.readableBytes)
            defer { offset += length }
            return Input(offset: offset, length: length, format: source.format)
        }
    }

    /// What a child is told of a job.
    fileprivate init(_ job: Job) {
        self.init(
            operation: job.operation, limits: job.limits,
            inputs: Self.table(of: job.inputs), plans: job.plans, wishes: job.wishes)
    }
}
