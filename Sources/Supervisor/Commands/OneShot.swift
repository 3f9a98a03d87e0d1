import ImageVocabulary
import Logging
import NIOCore
import RequestSyntax
import SandboxPolicy
import WireProtocol

/// A sandbox of its own, for commands that do one thing and end.
struct OneShot {
    let configuration: ServiceConfiguration
    /// Whether root's rights are given up until ``Privileges/restore()`` only, for a command that
    /// writes where root may; else they are gone for good.
    var keepsSavedRoot = false
    /// Jobs at a time, and children that wait for one.
    var workers = 1
    /// Instead of those of the configured folder.
    var policyFiles: [String]?
    /// The formats that are served, instead of the configured ones.
    var formats: EnabledFormats?
    /// When a zygote is replaced; nil for never.
    var rotation: JobRunner.RotationLimits?
    /// What becomes of calls beyond the policy, instead of what the posture says.
    var learning: HeldCalls?
    /// Who hears of ended children instead of the log.
    var observer: (any ChildObserver)?

    /// Reads the input, gives up root's rights, and runs the job in a sandbox of the one policy that
    /// covers its format.
    func run(
        _ operation: JobMessage.Operation, input path: String, plans: [Plan],
        wishes: InfoWishes = []
    ) async throws(CommandFailure) -> (result: JobResult, inputBytes: Int) {
        let prepared = try prepare()
        let limits: JobLimits
        do throws(ConfigurationError) {
            limits = try configuration.limits(within: prepared.limits)
        } catch {
            throw CommandFailure(error)
        }
        let bytes = try InputFile.read(path, atMost: Int(clamping: limits.inputBytes))
        try giveUpRoot()
        // Not as root: these are the first looks at bytes from outside.
        let source = try answered { () throws(Problem) in
            try SourceBytes(bytes, sha256: InputDigest.hex(of: bytes), announced: .nothing)
        }
        let served = prepared.formats
        guard
            let covering = prepared.covering(
                source.format, toWrite: JobNeed(source.format, companions: [], plans: plans).results
            )
        else {
            let detail = Problem(.unsupported(source.format.name), reading: served).detail
            let formats = configuration.enabledFormats
            throw .failed(
                formats.contains(source.format)
                    ? detail : "\(detail) \(formats.label) does not name \(source.format.name).")
        }
        let most = covering.limits
        let narrowed = try answered { () throws(Problem) in
            try limits.narrowed(to: most, for: source)
        }
        let job = Job(
            requestID: RequestID().text, operation: operation, input: source, plans: plans,
            wishes: wishes, limits: narrowed, deadline: .now + configuration.timeout)
        return (try await run(job, covering), bytes.readableBytes)
    }

    private func run(
        _ job: Job, _ prepared: consuming JobRunner.Prepared
    ) async throws(CommandFailure) -> JobResult {
        let jobs: JobRunner
        switch await start(prepared) {
        case .success(let started): jobs = started
        case .failure(let failure): throw CommandFailure(failure)
        }
        let result: Result<JobResult, JobFailure>
        do throws(JobFailure) {
            result = .success(try await jobs.run(job))
        } catch {
            result = .failure(error)
        }
        await jobs.stop()
        do throws(JobFailure) {
            return try result.get()
        } catch {
            let problem = Problem(error, limits: job.limits)
            throw .failed("\(problem.detail) (request id \(job.requestID))")
        }
    }

    /// What a client would be told, told here.
    private func answered<Value>(
        _ value: () throws(Problem) -> Value
    ) throws(CommandFailure) -> Value {
        do throws(Problem) {
            return try value()
        } catch {
            throw .failed(error.detail)
        }
    }

    /// The policy files.
    func policies() throws(CommandFailure) -> [String] {
        if let policyFiles { return policyFiles }
        do throws(ConfigurationError) {
            return try configuration.policyFiles()
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Opens what only root may open, for a sandbox of one job.
    ///
    /// - Parameter posture: instead of the one that the options name.
    func prepare(
        _ posture: NamedPosture? = nil
    ) throws(CommandFailure) -> JobRunner.Prepared {
        let settings = JobRunner.Settings(
            sandbox: configuration.sandbox, vipsDirectory: configuration.vips,
            policies: try policies(),
            formats: formats ?? configuration.enabledFormats,
            posture: posture ?? configuration.posture, learning: learning, observer: observer,
            warmChildren: workers, concurrentJobs: workers, queue: 16 * workers,
            rotation: rotation)
        do throws(StartFailure) {
            return try JobRunner.prepare(settings)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Gives root's rights up.
    func giveUpRoot() throws(CommandFailure) {
        if keepsSavedRoot {
            try Privileges.suspend(to: configuration.user)
        } else {
            try Privileges.drop(to: configuration.user)
        }
    }

    var logger: Logger {
        LogOutput.standardError(level: configuration.commandLogLevel).logger
    }

    /// Starts the sandbox; after ``giveUpRoot()``.
    func start(
        _ prepared: consuming JobRunner.Prepared
    ) async -> Result<JobRunner, StartFailure> {
        logger.warn(of: prepared.policyWarnings)
        do throws(StartFailure) {
            return .success(
                try await JobRunner.start(prepared, metrics: NoMetrics(), logger: logger))
        } catch {
            return .failure(error)
        }
    }
}
