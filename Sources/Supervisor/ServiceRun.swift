import Descriptors
import FoundationEssentials
import Glibc
import ImageVocabulary
import Logging
import NIOCore
import SandboxPolicy
import ServiceLifecycle
import UnixSignals

/// The life of the service: prepare, give up root's rights, start the sandbox, listen, drain, stop.
struct ServiceRun {
    private let configuration: ServiceConfiguration
    private let loader: ConfigurationLoader
    private let log: LogOutput
    private let logger: Logger

    init(_ configuration: ServiceConfiguration, loader: ConfigurationLoader) {
        self.configuration = configuration
        self.loader = loader
        log = .standardError(level: configuration.logLevel, format: configuration.logFormat)
        logger = log.logger
    }

    func run() async throws(CommandFailure) {
        for warning in configuration.warnings { logger.warning("\(warning)") }

        // What only root may open, or make, comes first; then there is no root any more.
        let folder = try imageFolder()
        let prepared = try prepare()
        logger.warn(of: prepared.policyWarnings)
        let settings = try settings(within: prepared.limits, formats: prepared.formats)
        if settings.held.values.sources.roots.certificates.isEmpty {
            logger.warning(
                """
                There are no certificates of this system, so that no https source can be read. \
                Install ca-certificates, or name a file with sources.certificates.
                """)
        }
        let state = try stateDirectory()
        let crashes = try state?.crashes(account: account)
        let trails = PolicyTrails(folder: configuration.policies, paths: try policyFiles())
        let entrance = state.map { StateEntrance($0.path) }
        try Privileges.drop(to: configuration.user)
        logger.warn(of: trails.exposures())

        let metrics = PrometheusMetrics()
        let records = try recordStore(crashes, metrics)
        let quarantine = try quarantine(in: state)
        let trail = try auditLog(in: state)
        let audit: any AuditTrail = trail ?? LoggedAudit(logger: logger)
        let jobs = try await start(prepared, metrics, records)
        let keys = try ServiceKeys(configuration, state: entrance, audit: audit, logger: logger)
        let health = HealthCheck(sandbox: jobs, posture: configuration.posture) {
            settings.held.values.jobTime
        }
        let killers = KillerWatch(
            settings: settings, quarantine: quarantine, metrics: metrics, logger: logger)
        let counters = CountersInMemory(clock: ContinuousClock())
        let keeper = state.map { LimitKeeper(counters: counters, state: $0, logger: logger) }
        keeper?.restore()
        let budget = MemoryBudget(bytes: configuration.memory)
        let path = RequestPath(
            jobs: jobs,
            shared: SharedJobs(
                jobs, budget: budget, isOn: configuration.jobs.coalesce, metrics: metrics),
            settings: settings, budget: budget,
            desk: SourceDesk(
                folder: folder, remote: RemoteFetcher(budget: budget),
                buckets: RemoteFetcher(budget: budget), budget: budget, logger: logger),
            health: health,
            door: FrontDoor(keys: keys.ring, audit: audit, notice: ProxyNotice(logger: logger)),
            limits: RequestLimits(counters, logger: logger), killers: killers)
        let administration = ServiceAdministration(
            configuration, loader: loader, jobs: jobs, settings: settings, health: health,
            metrics: metrics, log: log, state: state, killers: killers,
            quarantine: quarantine,
            crashes: CrashDesk(
                records: records, quarantine: quarantine, killers: killers, logger: logger),
            keys: keys, audit: trail)
        audit.record(.started(configuration, jobs.policies))

        let keeping = Task { await keeper?.run() }
        let served: Result<Void, CommandFailure>
        do throws(CommandFailure) {
            served = .success(try await serve(path, administration, metrics))
        } catch {
            served = .failure(error)
        }
        keeping.cancel()
        await keeping.value
        keeper?.save()
        state?.removeEntry()
        await keys.stop()
        await jobs.stop()
        await records?.stop()
        audit.record(AuditEvent(.stopped, by: .service))
        await trail?.stop()
        logger.notice("stopped")
        try served.get()
    }

    /// What a start would refuse although each setting by itself can be used: the folders, the
    /// policies, and limits above a policy's. For `config check`.
    ///
    /// - Returns: what the policies' authors should know.
    func check() throws(CommandFailure) -> [PolicyDiagnostic] {
        _ = try imageFolder()
        let prepared = try prepare()
        _ = try settings(within: prepared.limits, formats: prepared.formats)
        do throws(KeyStore.Failure) {
            try KeyAges.check(configuration)
        } catch {
            throw .failed(error.text)
        }
        return prepared.policyWarnings
    }

    private func imageFolder() throws(CommandFailure) -> ImageFolder? {
        guard let images = configuration.images else { return nil }
        do throws(SystemError) {
            return try ImageFolder(path: images, strictType: configuration.sources.strictType)
        } catch {
            throw refusal(of: "images", "the folder cannot be opened (\(error))")
        }
    }

    private func prepare() throws(CommandFailure) -> JobRunner.Prepared {
        let generation = configuration.generation
        let settings = JobRunner.Settings(
            sandbox: configuration.sandbox, vipsDirectory: configuration.vips,
            policies: try policyFiles(),
            formats: configuration.enabledFormats,
            posture: configuration.posture, warmChildren: configuration.warm,
            concurrentJobs: configuration.workers, queue: configuration.queue,
            sizing: JobSizing(largeInput: configuration.jobs.largeInput),
            birth: .init(configuration.birthTimeout),
            rotation: JobRunner.RotationLimits(
                forks: generation.forks, age: generation.age, interval: generation.interval))
        do throws(StartFailure) {
            return try JobRunner.prepare(settings)
        } catch {
            throw CommandFailure(error)
        }
    }

    private func policyFiles() throws(CommandFailure) -> [String] {
        try configured { () throws(ConfigurationError) in try configuration.policyFiles() }
    }

    private func settings(
        within policies: JobLimits, formats: [ImageFormat]
    ) throws(CommandFailure) -> LiveSettings {
        LiveSettings(
            try configured { () throws(ConfigurationError) in
                try LiveSettings.Values(configuration, within: policies, formats: formats)
            })
    }

    private func stateDirectory() throws(CommandFailure) -> StateDirectory? {
        let isNamed = configuration.origin(of: "state").kind != .standard
        return try StateDirectory.forService(
            StatePath(path: configuration.state, isNamed: isNamed),
            account: account, logger: logger)
    }

    /// The account to work under; nil where it is the one of the start.
    private var account: Account? { Privileges.isRoot ? configuration.user : nil }

    /// Without a state directory crashes are log lines only.
    private func recordStore(
        _ folder: CrashFolder?, _ metrics: PrometheusMetrics
    ) throws(CommandFailure) -> RecordStore? {
        guard let folder else { return nil }
        return try RecordStore(
            folder, configuration.crashes.store, metrics: metrics, logger: logger)
    }

    /// Without a state directory what is done are lines of the service's log only.
    private func auditLog(in state: StateDirectory?) throws(CommandFailure) -> AuditLog? {
        guard let state else { return nil }
        let settings = configuration.auditLog
        let limits = AuditWriter.Limits(
            size: settings.maxSize, keep: settings.keep, sync: configuration.crashes.sync)
        let (folder, key) = try state.audit(
            configuration.auditLogKey.map { AuditKey($0.bytes) })
        return try AuditLog(folder, key, limits, logger: logger)
    }

    /// nil when it is off and nothing is left of a time when it was on: that expires all the same,
    /// and can be removed.
    private func quarantine(in state: StateDirectory?) throws(CommandFailure) -> Quarantine? {
        guard configuration.quarantine.size > 0, let key = configuration.quarantineKey else {
            return state.flatMap { try? QuarantineFolder(inState: $0.path) }.map {
                Quarantine($0, key: nil, settings: configuration.quarantine)
            }
        }
        guard let state else {
            throw refusal(
                of: "quarantine.size", "inputs are kept in the state directory, and there is none")
        }
        do throws(SystemError) {
            let folder = QuarantineFolder(
                try state.folder(named: QuarantineFolder.name, mode: 0o700))
            return Quarantine(folder, key: key, settings: configuration.quarantine)
        } catch {
            throw refusal(
                of: "quarantine.size",
                "the folder \(state.path)/\(QuarantineFolder.name) cannot be used (\(error))")
        }
    }

    private func start(
        _ prepared: consuming JobRunner.Prepared, _ metrics: PrometheusMetrics,
        _ records: RecordStore?
    ) async throws(CommandFailure) -> JobRunner {
        do throws(StartFailure) {
            return try await JobRunner.start(
                prepared, metrics: metrics, records: records, logger: logger)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Runs until a signal ends it. Services are stopped in reverse: first the end is announced, then
    /// the public listener finishes what it has taken on, and operators are answered to the last.
    private func serve(
        _ path: RequestPath, _ administration: ServiceAdministration, _ metrics: PrometheusMetrics
    ) async throws(CommandFailure) {
        let settings = path.settings
        let listener = HTTPListener(
            .public, path, at: configuration.listen, limits: { settings.held.values.http },
            rules: {
                let values = settings.current
                return AnswerRules(
                    isEncrypted: values.isEncrypted, crossOrigin: values.crossOrigin)
            },
            metrics: metrics, logger: logger,
            onBound: { port in
                administration.isBound(.public, configuration.listen.bound(to: port))
            })
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        var group = ServiceGroupConfiguration(
            services: await administration.services(around: listener),
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        group.maximumGracefulShutdownDuration = configuration.drainTimeout
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as HTTPListener.Failure {
            let key = error.address == configuration.listen ? "listen" : "admin_listen"
            throw refusal(
                of: key, "nothing can listen at \(error.address.text) (\(error.reason))")
        } catch {
            throw .failed("The service ended (\(error)).")
        }
    }

    private func configured<Value>(
        _ value: () throws(ConfigurationError) -> Value
    ) throws(CommandFailure) -> Value {
        do throws(ConfigurationError) {
            return try value()
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The failure for a setting that looked right and cannot be had.
    private func refusal(of key: String, _ what: String) -> CommandFailure {
        let advice = "Choose another, or look at what is in its way."
        let problem = ConfigurationProblem(configuration.origin(of: key), what, advice)
        return .failed(problem.description)
    }
}
