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
        /// Children that wait for a job.
        var warm: Int
        /// Jobs at one time.
        var running: Int
        /// Jobs that may wait for a child.
        var queue: Int
        /// What a child has until it must be ready.
        var birth: TimeAmount
    }

    private let program: ZygoteProgram
    private let settings: Settings
    private let group: any EventLoopGroup
    private let budget: ChildLife.Budget
    private let logger: Logger

    private var zygote: ZygoteProcess?
    private var zygoteLog = ZygoteLog()
    private var generation = 0
    private var hello: ZygoteHello?
    private var children: [UInt64: Child] = [:]
    private var jobs: [UInt64: ChildReport.JobIdentity] = [:]
    private var idle: [Child] = []
    private var starting = 0
    private var waiters = WaitingJobs()
    private var nextID: UInt64 = 1
    private var setupFailures = 0
    private var isStopping = false
    private var startup: CheckedContinuation<Posture, any Error>?
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

    /// Starts the zygote and its first children.
    ///
    /// - Returns: the layers that the zygote and a child of it report.
    /// - Throws: ``StartFailure`` when a layer or a library is missing, or nobody answers in time.
    func start() async throws -> Posture {
        let limit = group.next().scheduleTask(in: settings.birth * 2) { [self] in
            Task { await noAnswer() }
        }
        defer { limit.cancel() }
        return try await withCheckedThrowingContinuation { continuation in
            startup = continuation
            Task { await startZygote() }
        }
    }

    /// The versions the zygote reported.
    var libraries: (libvips: String, libmagic: UInt32)? {
        hello.map { ($0.libvips, $0.libmagic) }
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
        let child = idle.isEmpty || jobs.count >= settings.running ? nil : idle.removeFirst()
        if let child {
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

    private func assign(_ child: Child, _ job: ChildReport.JobIdentity) {
        jobs[child.id] = job
        refill()
    }

    private func serveWaiters() {
        while !idle.isEmpty, jobs.count < settings.running, let next = waiters.removeFirst() {
            let child = idle.removeFirst()
            assign(child, next.job)
            next.continuation.resume(returning: .success(child))
        }
    }

    // MARK: Children

    private func refill() {
        guard !isStopping, hello != nil, let zygote else { return }
        let missing = settings.warm - idle.count - starting
        guard missing > 0 else { return }
        for _ in 0..<missing {
            starting += 1
            let id = nextID
            nextID += 1
            Task { await spawn(id, from: zygote, generation) }
        }
    }

    private func spawn(_ id: UInt64, from zygote: ZygoteProcess, _ generation: Int) async {
        do {
            let child = try await Child.make(id: id, group: group) { [self] in
                Task { await becameReady(id) }
            }
            guard generation == self.generation, !isStopping else {
                child.close()
                starting -= 1
                return settleStop()
            }
            children[id] = child
            try child.ask(zygote)
            let birth = settings.birth
            group.next().scheduleTask(in: birth) { [self] in Task { await wasTooSlow(id) } }
        } catch {
            logger.error("a child could not be asked for", metadata: ["error": "\(error)"])
            children.removeValue(forKey: id)?.close()
            starting -= 1
            retryLater()
        }
    }

    private func becameReady(_ id: UInt64) {
        guard let child = children[id] else { return }
        starting -= 1
        setupFailures = 0
        if let startup, let hello, let posture = child.life.posture {
            self.startup = nil
            startup.resume(returning: hello.posture.adding(posture))
        }
        if isStopping { return child.kill(.dismissed) }
        idle.append(child)
        serveWaiters()
    }

    private func wasTooSlow(_ id: UInt64) {
        guard let child = children[id], child.life.posture == nil else { return }
        child.kill(.setup)
        // A zygote that has not even forked it does not answer any more.
        if !child.isBorn { zygote?.kill() }
    }

    private func isGone(_ child: Child) {
        children.removeValue(forKey: child.id)
        let job = jobs.removeValue(forKey: child.id)
        if child.life.posture == nil { starting -= 1 }
        idle.removeAll { $0.id == child.id }
        Task {
            await child.drained()
            if let ending = child.life.ending(budget: budget) {
                ChildReport(child: child.id, ending: ending, life: child.life, job: job)
                    .log(to: logger)
            }
            child.close()
        }
        if child.life.ending(budget: budget) == .setup { retryLater() } else { refill() }
        serveWaiters()
        settleStop()
    }

    /// After failures of setting up, waits before it tries again, each time twice as long.
    private func retryLater() {
        setupFailures += 1
        let delay = TimeAmount.milliseconds(50 << min(setupFailures, 7))
        group.next().scheduleTask(in: delay) { [self] in Task { await retry() } }
    }

    private func retry() async {
        if zygote == nil { await startZygote() } else { refill() }
    }

    // MARK: The zygote

    private func startZygote() async {
        guard !isStopping, zygote == nil else { return }
        generation += 1
        let generation = generation
        let (events, continuation) = AsyncStream.makeStream(of: ZygoteEvent.self)
        Task {
            for await event in events { handle(event, generation) }
        }
        do {
            let log = try Pipe()
            let logger = logger
            let printed = ZygoteLog()
            zygoteLog = printed
            _ = try await PipeReading.adopt(log.readEnd, on: group.next()) {
                StandardErrorHandler { bytes in
                    printed.append(bytes)
                    logger.info(
                        "the zygote printed",
                        metadata: ["text": "\(UntrustedText.printable(bytes))"])
                }
            }
            zygote = try ZygoteProcess(program, log: log.writeEnd) { event in
                continuation.yield(event)
                if case .gone = event { continuation.finish() }
            }
        } catch {
            continuation.finish()
            failStart(.program("\(error)"))
            retryLater()
        }
    }

    private func handle(_ event: ZygoteEvent, _ generation: Int) {
        guard generation == self.generation else { return }
        switch event {
        case .hello(let hello):
            self.hello = hello
            refill()
        case .born(let id, let process):
            children[id]?.wasBorn(process)
        case .observed(let id, let call):
            children[id]?.update { $0.observed(call) }
        case .exited(let id, let exit):
            guard let child = children[id] else { return }
            child.update { $0.exited(exit) }
            isGone(child)
        case .failed(0, let failure):
            logger.error("the zygote could not be set up", metadata: failure.metadata)
            failStart(.setup(failure))
        case .failed(let id, let failure):
            failStart(.setup(failure))
            guard let child = children[id] else { return }
            child.update { $0.failed(failure) }
            // A child that was never forked has no end to be reported.
            if !child.isBorn { isGone(child) }
        case .pong:
            break
        case .gone:
            zygoteIsGone()
        }
    }

    private func zygoteIsGone() {
        zygote = nil
        hello = nil
        idle = []
        for child in children.values { isGone(child) }
        if isStopping { return settleStop() }
        failStart(.noAnswer(zygoteLog.text))
        logger.error("the zygote has ended", metadata: ["printed": "\(zygoteLog.text)"])
        retryLater()
    }

    private func noAnswer() { failStart(.noAnswer(zygoteLog.text)) }

    private func failStart(_ failure: StartFailure) {
        startup?.resume(throwing: failure)
        startup = nil
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
        guard zygote != nil || !children.isEmpty else { return }
        await withCheckedContinuation { emptied.append($0) }
    }

    private func settleStop() {
        guard isStopping, zygote == nil, children.isEmpty else { return }
        for continuation in emptied { continuation.resume() }
        emptied = []
    }
}

/// The first of what a zygote prints, such as the dynamic linker's complaint that it cannot start.
private final class ZygoteLog: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func append(_ more: [UInt8]) { bytes.withLock { $0 += more } }

    /// Without what could disturb a terminal.
    var text: String { UntrustedText.printable(bytes.withLock { $0 }) }
}

extension SetupFailure {
    var metadata: Logger.Metadata {
        ["setup_stage": "\(stage)", "setup_error": "\(detail)", "errno": "\(code)"]
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
