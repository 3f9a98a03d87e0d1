import ArgumentParser
import Descriptors
import Glibc
import ImageVocabulary
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// `glovebox serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves images over HTTP.",
        discussion: Setting.discussion)

    @Option(
        help: Setting.listen.help("Where to listen (default: 127.0.0.1:8080).", "address:port"))
    var listen: String?

    @Option(help: Setting.images.help("Folder whose images may be asked for by path.", "dir"))
    var images: String?

    @Flag(help: "Ask nobody for a key. On loopback only.")
    var dev = false

    @Option(
        help: Setting.workers.help(
            "Images in work at a time (default: processors, at least 2).", "n"))
    var workers: String?

    @Option(
        help: Setting.queue.help("Images that may wait for a worker (default: 16 a worker).", "n"))
    var queue: String?

    @Flag(
        name: .customLong("strict-type"),
        help: Setting.strictType.help(
            "Refuse files whose extension names another type than their bytes have."))
    var strictType = false

    @OptionGroup(title: "Sandbox")
    var sandbox: SandboxOptions

    /// Memory for inputs and results of all requests together, in bytes.
    private static let imageMemory = 512 << 20
    /// How long a stop waits for answers that are under way.
    private static let stopTime = Duration.seconds(20)

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let address = try address()
        let logger = JSONLogHandler.standardError(level: try sandbox.level(otherwise: .info))
        let account = try sandbox.account()
        let jobTime = try sandbox.jobTime()
        let count = try workerCount()
        let settings = JobRunner.Settings(
            sandbox: try sandbox.sandboxProgram(), vipsDirectory: try sandbox.vipsDirectory(),
            policies: sandbox.policyFiles(), posture: try sandbox.namedPosture(),
            warmChildren: count, concurrentJobs: count,
            queue: try queueLength(workers: count))

        // What only root may open is opened here; then there is no root any more.
        let folder = try imageFolder()
        let prepared: JobRunner.Prepared
        do throws(StartFailure) {
            prepared = try JobRunner.prepare(settings)
        } catch {
            throw CommandFailure(error)
        }
        logger.warn(of: prepared.policyWarnings)
        let limits = try sandbox.limits(within: prepared.limits)
        try Privileges.drop(to: account)

        let jobs: JobRunner
        do throws(StartFailure) {
            jobs = try await JobRunner.start(prepared, metrics: NoMetrics(), logger: logger)
        } catch {
            throw CommandFailure(error)
        }
        let path = requestPath(jobs, limits: limits, jobTime: jobTime, folder: folder)
        let served: Result<Void, CommandFailure>
        do throws(CommandFailure) {
            served = .success(try await serve(path, at: address, logger: logger))
        } catch {
            served = .failure(error)
        }
        await jobs.stop()
        try served.get()
    }

    private func requestPath(
        _ jobs: JobRunner, limits: JobLimits, jobTime: Duration, folder: ImageFolder?
    ) -> RequestPath {
        let budget = MemoryBudget(bytes: Self.imageMemory)
        let largest = Int(clamping: limits.inputBytes)
        return RequestPath(
            jobs: jobs, limits: limits, jobTime: jobTime, budget: budget,
            uploads: UploadSource(
                largest: largest, budget: budget),
            images: folder.map { ImageRoot($0, largest: largest, budget: budget) },
            health: HealthCheck(jobs: jobs, limits: limits, jobTime: jobTime))
    }

    private func serve(
        _ path: RequestPath, at address: ListenAddress, logger: Logger
    ) async throws(CommandFailure) {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        var configuration = ServiceGroupConfiguration(
            services: [
                HTTPListener(
                    .public, path, at: address, limits: { HTTPLimits() }, metrics: NoMetrics(),
                    logger: logger)
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = Self.stopTime
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as HTTPListener.Failure {
            throw .failed(
                "Nothing can listen at \(error.address.host):\(error.address.port) "
                    + "(\(error.reason)). Choose another address with --listen.")
        } catch {
            throw .failed("The listener ended (\(error)).")
        }
    }

    /// Where to listen. Until there are keys, only `--dev` can be served, and only here.
    private func address() throws(CommandFailure) -> ListenAddress {
        var address = ListenAddress.standard
        if let given = Setting.listen.given(listen) {
            guard let parsed = ListenAddress(given.value) else {
                throw given.invalid("Write an address and a port, such as 127.0.0.1:8080.")
            }
            address = parsed
        }
        guard dev else {
            throw .usage(
                "serve asks for no key yet. Start it with --dev, which listens on loopback only.")
        }
        guard address.isLoopback else {
            throw .usage(
                "--dev asks nobody for a key and listens on loopback only. Choose an address such "
                    + "as 127.0.0.1:8080 instead of \(address.host).")
        }
        return address
    }

    private func workerCount() throws(CommandFailure) -> Int {
        if let given = Setting.workers.given(workers) {
            return Int(try given.wholeNumber(in: 1...256))
        }
        return max(2, System.coreCount)
    }

    /// Jobs that may wait for a worker before new ones are turned away.
    private func queueLength(workers: Int) throws(CommandFailure) -> Int {
        if let given = Setting.queue.given(queue) {
            return Int(try given.wholeNumber(in: 0...100_000))
        }
        return workers * 16
    }

    private func imageFolder() throws(CommandFailure) -> ImageFolder? {
        let strict = try Setting.strictType.given(strictType ? "true" : nil)?.flag() ?? false
        guard let given = Setting.images.given(images) else { return nil }
        do throws(SystemError) {
            return try ImageFolder(path: given.value, strictType: strict)
        } catch {
            throw given.invalid("Name a folder that can be opened (\(error)).")
        }
    }
}
