import Descriptors
import Glibc
import ImageVocabulary
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// The life of the service: prepare, give up root's rights, start the sandbox, listen, drain, stop.
struct ServiceRun {
    let configuration: ServiceConfiguration
    let logger: Logger

    func run() async throws(CommandFailure) {
        for warning in configuration.warnings { logger.warning("\(warning)") }

        // What only root may open is opened here; then there is no root any more.
        let folder = try imageFolder()
        let prepared = try prepare()
        logger.warn(of: prepared.policyWarnings)
        let limits = try limits(within: prepared.limits)
        try Privileges.drop(to: configuration.user)

        let jobs = try await start(prepared)
        let path = requestPath(jobs, limits: limits, folder: folder)
        let served: Result<Void, CommandFailure>
        do throws(CommandFailure) {
            served = .success(try await serve(path))
        } catch {
            served = .failure(error)
        }
        await jobs.stop()
        try served.get()
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
        let settings = JobRunner.Settings(
            sandbox: configuration.sandbox, vipsDirectory: configuration.vips,
            policies: try policyFiles(), posture: configuration.posture,
            warmChildren: configuration.warm, concurrentJobs: configuration.workers,
            queue: configuration.queue)
        do throws(StartFailure) {
            return try JobRunner.prepare(settings)
        } catch {
            throw CommandFailure(error)
        }
    }

    private func policyFiles() throws(CommandFailure) -> [String] {
        do throws(ConfigurationError) {
            return try configuration.policyFiles()
        } catch {
            throw CommandFailure(error)
        }
    }

    private func limits(within policy: JobLimits) throws(CommandFailure) -> JobLimits {
        do throws(ConfigurationError) {
            return try configuration.limits(within: policy)
        } catch {
            throw CommandFailure(error)
        }
    }

    private func start(
        _ prepared: consuming JobRunner.Prepared
    ) async throws(CommandFailure) -> JobRunner {
        do throws(StartFailure) {
            return try await JobRunner.start(prepared, metrics: NoMetrics(), logger: logger)
        } catch {
            throw CommandFailure(error)
        }
    }

    private func requestPath(
        _ jobs: JobRunner, limits: JobLimits, folder: ImageFolder?
    ) -> RequestPath {
        let budget = MemoryBudget(bytes: configuration.memory)
        let largest = Int(clamping: limits.inputBytes)
        return RequestPath(
            jobs: jobs, limits: limits, jobTime: configuration.timeout, budget: budget,
            uploads: UploadSource(
                largest: largest, budget: budget),
            images: folder.map { ImageRoot($0, largest: largest, budget: budget) },
            health: HealthCheck(jobs: jobs, limits: limits, jobTime: configuration.timeout))
    }

    private func serve(_ path: RequestPath) async throws(CommandFailure) {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        var group = ServiceGroupConfiguration(
            services: [
                HTTPListener(
                    .public, path, at: configuration.listen,
                    limits: { HTTPLimits(configuration.http) }, metrics: NoMetrics(),
                    logger: logger)
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        group.maximumGracefulShutdownDuration = configuration.drainTimeout
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as HTTPListener.Failure {
            throw refusal(
                of: "listen",
                "nothing can listen at \(configuration.listen.text) (\(error.reason))")
        } catch {
            throw .failed("The listener ended (\(error)).")
        }
    }

    /// The failure for a setting that looked right and cannot be had.
    private func refusal(of key: String, _ what: String) -> CommandFailure {
        let advice = "Choose another, or look at what is in its way."
        let problem = ConfigurationProblem(configuration.origin(of: key), what, advice)
        return .failed(problem.description)
    }
}

extension HTTPLimits {
    /// The limits that can be set; the others stay what they are.
    init(_ settings: HTTPSettings) {
        self.init()
        connections = settings.connections
        headerList = settings.headerBytes
        headerField = min(headerField, settings.headerBytes)
        idle = TimeAmount(settings.idleTimeout)
        body = settings.bodyTimeout
        write = TimeAmount(settings.writeTimeout)
    }
}
