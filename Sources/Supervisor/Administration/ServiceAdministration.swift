import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Everything about a running service that is not images: the admin listener, reloads, the entry in
/// the state directory, and what the service manager is told.
final class ServiceAdministration: Sendable {
    private let configuration: ServiceConfiguration
    private let jobs: JobRunner
    private let settings: LiveSettings
    private let health: HealthCheck
    private let metrics: PrometheusMetrics
    private let quarantine: Quarantine?
    private let keys: ServiceKeys
    private let state: StateDirectory?
    private let manager: ServiceManager?
    private let logger: Logger
    private let operatorKey = OperatorKey.make()
    private let started = Date()
    private let reloader: Reloader
    private let endpoint: AdminEndpoint
    private let listeners: Listeners
    /// Ends when the public listener accepts connections.
    private let beginning = AsyncStream.makeStream(of: Void.self)

    /// The listeners that are bound.
    private final class Listeners: Sendable {
        private let bound = Mutex<[StatusReport.Listener]>([])

        var all: [StatusReport.Listener] { bound.withLock { $0 } }

        func add(_ name: String, _ address: ListenAddress) {
            bound.withLock { $0.append(.init(name: name, address: address.text)) }
        }
    }

    init(
        _ configuration: ServiceConfiguration, loader: ConfigurationLoader, jobs: JobRunner,
        settings: LiveSettings, health: HealthCheck, metrics: PrometheusMetrics, log: LogOutput,
        state: StateDirectory?, killers: KillerWatch, quarantine: Quarantine?,
        crashes: CrashDesk, keys apiKeys: ServiceKeys, audit: AuditLog?
    ) {
        let trail: any AuditTrail = audit ?? LoggedAudit(logger: log.logger)
        self.configuration = configuration
        self.jobs = jobs
        self.settings = settings
        self.health = health
        self.metrics = metrics
        self.quarantine = quarantine
        self.keys = apiKeys
        self.state = state
        logger = log.logger
        manager = ServiceManager(logger: logger)
        let listeners = Listeners()
        self.listeners = listeners
        let keys = AdminKeys(
            operatorKey: operatorKey, configured: configuration.adminKey.map { [$0.text] } ?? [])
        let reload = ServiceReload(
            configuration, loader: loader, jobs: jobs, settings: settings, keys: keys,
            apiKeys: apiKeys, log: log)
        let manager = manager
        reloader = Reloader(logger: logger) { actors in
            manager?.reloading()
            let before = jobs.policies
            let declared = apiKeys.ring.declared
            let outcome = await reload.run()
            ReloadTrail.record(outcome, before, jobs.policies, by: actors, in: trail)
            ReloadTrail.record(
                declared, apiKeys.ring.declared, by: actors.first ?? .service, in: trail)
            metrics.reloadEnded(outcome)
            // What killed children under one policy may pass under another.
            if case .applied(let changed) = outcome, !changed.isEmpty { killers.forget() }
            manager?.ready(status: outcome.summary)
            return outcome
        }
        endpoint = AdminEndpoint(
            sandbox: jobs, health: health, metrics: metrics, log: log, reloader: reloader,
            door: AdminDoor(keys: keys, ring: apiKeys.ring),
            facts: AdminEndpoint.Facts(
                posture: configuration.posture, started: started, since: .now,
                listeners: { listeners.all }),
            crashes: crashes, keys: apiKeys.desk, audit: audit)
    }

    /// A listener accepts connections.
    func isBound(_ face: HTTPListener.Face, _ address: ListenAddress) {
        listeners.add(face.rawValue, address)
        if face == .public { beginning.continuation.finish() }
    }

    /// The services of a running service, in the order in which they are started; they are stopped
    /// in reverse. From here on SIGHUP no longer ends the process.
    func services(around listener: HTTPListener) async -> [any Service] {
        let hangUps = await UnixSignalsSequence(trapping: .sighup)
        var services: [any Service] = [
            BackgroundService { [self] in await keepAlive() },
            BackgroundService { [keys] in await keys.watch() },
            BackgroundService { [reloader] in
                for await _ in hangUps { _ = await reloader.reload(by: .signal("HUP")) }
            },
        ]
        if let address = configuration.adminListen {
            let (bound, isBound) = AsyncStream.makeStream(of: Void.self)
            services.append(adminListener(at: address) { isBound.finish() })
            // Whoever has seen that images are served finds the service by its state directory too.
            services.append(LaterService(after: bound, service: listener))
        } else {
            services.append(listener)
        }
        services.append(BackgroundService { [self] in await announce() })
        if let quarantine {
            services.append(BackgroundService { await Self.expire(quarantine) })
        }
        return services
    }

    private func adminListener(
        at address: ListenAddress, whenBound: @escaping @Sendable () -> Void
    ) -> HTTPListener {
        let settings = settings
        return HTTPListener(
            .admin, endpoint, at: address,
            limits: { settings.held.values.http.forAdministration },
            rules: { AnswerRules(isEncrypted: settings.held.values.isEncrypted) },
            metrics: metrics, logger: logger,
            onBound: { [self] port in
                isBound(.admin, address.bound(to: port))
                introduce(ServiceURL(host: address.host, port: port))
                whenBound()
            })
    }

    /// Lets operator commands find the admin listener.
    private func introduce(_ url: ServiceURL) {
        let entry = AdminEntry(
            url: url.description, key: operatorKey, pid: Int(getpid()),
            started: Timestamp.text(started))
        do {
            try state?.write(entry)
        } catch {
            logger.warning(
                "the state directory cannot be written to, so operator commands need --admin URL",
                metadata: ["reason": "\(error)"])
        }
        if configuration.dev, configuration.adminKey == nil {
            // For the person who started it, and not for a log.
            StandardStreams.writeError(
                "The admin key of this start is \(operatorKey) (\(url)).\n")
        }
    }

    /// Tells the service manager when images can be served, and when the end begins.
    private func announce() async {
        guard let manager else { return await Self.untilCancelled() }
        for await _ in beginning.stream {}
        while !Task.isCancelled {
            if await health.current() != .unavailable {
                let address = listeners.all.first { $0.name == HTTPListener.Face.public.rawValue }
                manager.ready(status: "Serving images at \(address?.address ?? "")")
                break
            }
            try? await Task.sleep(for: .seconds(1))
        }
        await Self.untilCancelled()
        manager.stopping()
    }

    /// The watchdog is told as long as the event loops and the pools answer, also during the drain.
    private func keepAlive() async {
        guard let manager else { return await Self.untilCancelled() }
        await manager.keepAlive { [jobs] in
            _ = await jobs.status()
            return (try? await MultiThreadedEventLoopGroup.singleton.next().submit {}.get()) != nil
        }
        await Self.untilCancelled()
    }

    /// Removes what has been kept long enough also while nothing new is.
    private static func expire(_ quarantine: Quarantine) async {
        while !Task.isCancelled {
            try? await NIOThreadPool.singleton.runIfActive { quarantine.expire() }
            try? await Task.sleep(for: .seconds(60))
        }
    }

    private static func untilCancelled() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
    }
}

/// Work beside the listeners, which ends when its turn in a graceful shutdown comes.
private struct BackgroundService: Service {
    let work: @Sendable () async -> Void

    func run() async throws { await cancelWhenGracefulShutdown { await work() } }
}

/// A service that begins when something else has happened.
private struct LaterService: Service {
    /// Its end is what is waited for.
    let after: AsyncStream<Void>
    let service: any Service

    func run() async throws {
        await cancelWhenGracefulShutdown { for await _ in after {} }
        // The end may come first.
        guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
        try await service.run()
    }
}
