import CLinux
import Descriptors
import ImageVocabulary
import Logging
import NIOCore
import NIOPosix
import SandboxPolicy
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
        /// The path of the policy.
        var policy: String
        /// Children that wait for a job.
        var warmChildren: Int
        /// Jobs at one time.
        var concurrentJobs: Int
        /// Jobs that may wait for a child.
        var queue: Int
    }

    /// What was read and opened before the start.
    struct Prepared: ~Copyable, Sendable {
        fileprivate let settings: Settings
        fileprivate let program: ZygoteProgram
        fileprivate let policy: PolicyFile
        /// The policy's limits for a job.
        var limits: JobLimits { policy.limits.job }
        /// The layers without which nothing starts.
        var requiredLayers: [Layer] { policy.requiredLayers }
        /// What the policy's author should know although it is served.
        var policyWarnings: [PolicyDiagnostic] { policy.warnings }
    }

    /// The layers in force, by the word of the zygote and its first child.
    let posture: Posture
    /// libvips' and libmagic's versions, by the zygote's word.
    let libraries: (libvips: String, libmagic: UInt32)
    /// The policy's limits for a job; a job's own may only be lower.
    let limits: JobLimits
    private let pool: ChildPool
    private let logger: Logger

    private init(
        pool: ChildPool, posture: Posture, libraries: (libvips: String, libmagic: UInt32),
        limits: JobLimits, logger: Logger
    ) {
        self.pool = pool
        self.posture = posture
        self.libraries = libraries
        self.limits = limits
        self.logger = logger
    }

    /// Reads and compiles the policy, opens the program and the libraries' folder. Blocks.
    static func prepare(_ settings: Settings) throws(StartFailure) -> Prepared {
        // Connections, and eight descriptors for each child, are more than a usual soft limit.
        clinux_raise_descriptor_limit()
        let policy: PolicyFile
        let filter: CompiledFilter
        do throws(PolicyError) {
            policy = try PolicyReader.read(path: settings.policy)
            filter = try PolicyCompiler.compile(policy)
        } catch {
            throw .policy(error)
        }
        let configuration = ZygoteConfiguration(
            formats: policy.formats, memoryBudget: policy.limits.memory,
            cpuSeconds: policy.limits.cpuSeconds, threads: policy.limits.threads,
            resourceLimits: policy.resourceLimits, program: filter.encodedBytes)
        let program = try open(settings.sandbox, as: .file) { .program($0) }
        let libraries: Descriptor? =
            if let directory = settings.vipsDirectory {
                try open(directory, as: .directory) { .libraries($0) }
            } else {
                nil
            }
        return Prepared(
            settings: settings,
            program: ZygoteProgram(
                program: program, libraries: libraries, configuration: configuration),
            policy: policy)
    }

    private static func open(
        _ path: String, as opening: Descriptor.Opening, otherwise: (String) -> StartFailure
    ) throws(StartFailure) -> Descriptor {
        do throws(SystemError) {
            return try Descriptor(opening: path, as: opening)
        } catch {
            throw otherwise("\(error)")
        }
    }

    /// Starts the zygote, and returns when a child is confined and waits.
    static func start(
        _ prepared: consuming Prepared, logger: Logger
    ) async throws(StartFailure) -> JobRunner {
        let settings = prepared.settings
        let policy = prepared.policy
        let pool = ChildPool(
            prepared.program,
            ChildPool.Settings(
                requiredLayers: policy.requiredLayers, warm: settings.warmChildren,
                running: settings.concurrentJobs,
                queue: settings.queue, birth: .seconds(10)),
            group: MultiThreadedEventLoopGroup.singleton, logger: logger)
        do {
            let posture = try await pool.start()
            return JobRunner(
                pool: pool, posture: posture,
                libraries: await pool.libraries ?? (libvips: "unknown", libmagic: 0),
                limits: policy.limits.job, logger: logger)
        } catch {
            await pool.stop()
            throw error as? StartFailure ?? .noAnswer("\(error)")
        }
    }

    /// Runs one job. Cancelling the task means that the client is gone: its child is killed.
    ///
    /// - Throws: a ``JobFailure`` at the latest at the job's deadline.
    func run(_ job: Job) async throws(JobFailure) -> JobResult {
        let identity = ChildReport.JobIdentity(
            requestID: job.requestID, sha256: job.input.sha256,
            bytes: job.input.bytes.readableBytes)
        let child = try await pool.take(for: identity, deadline: job.deadline)
        defer { child.settle() }
        let outcome =
            (try? await child.work(
                message(for: job), input: job.input.bytes, deadline: job.deadline))
            ?? .answered(.endedEarly)
        switch outcome {
        case .deadline: throw .deadline
        case .abandoned: throw .abandoned
        case .answered(.broken), .answered(.endedEarly): throw .childLost
        case .answered(.refused(let verdict, let text)):
            logger.info(
                "image refused",
                metadata: [
                    "request_id": "\(job.requestID)", "verdict": "\(verdict.name)",
                    "sha256": "\(job.input.sha256)", "text": "\(UntrustedText.printable(text))",
                ])
            throw .refused(verdict)
        case .answered(.completed(let facts, let outputs)):
            do throws(ResultCheck.Mismatch) {
                return try ResultCheck.check(facts, outputs, of: job)
            } catch {
                child.condemn(.protocolError(error.what))
                throw .childLost
            }
        }
    }

    /// Ends all children and waits until they are gone.
    func stop() async { await pool.stop() }

    private func message(for job: Job) -> JobMessage {
        JobMessage(
            operation: job.operation, limits: job.limits,
            inputs: [
                JobMessage.Input(
                    offset: 0, length: UInt64(job.input.bytes.readableBytes),
                    format: job.input.format)
            ],
            plans: job.operation == .process ? [job.plan] : [])
    }
}
