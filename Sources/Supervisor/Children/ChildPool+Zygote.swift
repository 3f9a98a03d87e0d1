import Descriptors
import Logging
import NIOCore
import SandboxPolicy
import Synchronization
import WireProtocol

/// The zygote of a pool: its start, what it says, and what follows when it ends.
extension ChildPool {
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

    /// After a failure of setting up, waits before it tries again, each time twice as long. A
    /// zygote whose children fail time after time is replaced.
    func retryLater() {
        setupFailures += 1
        if setupFailures % 5 == 0 { zygote?.kill() }
        guard !isRetryPending, !isStopping else { return }
        isRetryPending = true
        let delay = TimeAmount.milliseconds(50 << min(setupFailures, 7))
        group.next().scheduleTask(in: delay) { [self] in Task { await retry() } }
    }

    private func retry() async {
        isRetryPending = false
        if zygote == nil { await startZygote() } else { refill() }
    }

    private func startZygote() async {
        guard !isStopping, zygote == nil, !isStartingZygote else { return }
        isStartingZygote = true
        generation += 1
        let generation = generation
        let (events, continuation) = AsyncStream.makeStream(of: ZygoteEvent.self)
        Task {
            for await event in events { handle(event, generation) }
        }
        do {
            let log = try Pipe()
            let output = try await output(log.readEnd)
            isStartingZygote = false
            guard !isStopping else {
                continuation.finish()
                output.close(promise: nil)
                return settleStop()
            }
            zygote = try ZygoteProcess(program, log: log.writeEnd) { event in
                continuation.yield(event)
                if case .gone = event { continuation.finish() }
            }
            group.next().scheduleTask(in: settings.birth) { [self] in
                Task { await greetedNobody(generation) }
            }
        } catch {
            isStartingZygote = false
            continuation.finish()
            failStart(.program("\(error)"))
            retryLater()
            settleStop()
        }
    }

    /// Reads what a zygote prints: a line of the log, and the reason when it never greets.
    private func output(_ pipe: consuming Descriptor) async throws -> any Channel {
        let logger = logger
        let printed = ZygoteLog()
        zygoteLog = printed
        return try await PipeReading.adopt(pipe, on: group.next()) {
            StandardErrorHandler { bytes in
                printed.append(bytes)
                logger.info(
                    "the zygote printed", metadata: ["text": "\(UntrustedText.printable(bytes))"])
            }
        }.0
    }

    private func greetedNobody(_ generation: Int) {
        if generation == self.generation, hello == nil { zygote?.kill() }
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
        for child in children.values { isGone(child) }
        if isStopping { return settleStop() }
        failStart(.noAnswer(zygoteLog.text))
        logger.error("the zygote has ended", metadata: ["printed": "\(zygoteLog.text)"])
        retryLater()
    }

    private func noAnswer() { failStart(.noAnswer(zygoteLog.text)) }

    func failStart(_ failure: StartFailure) {
        startup?.resume(throwing: failure)
        startup = nil
    }
}

/// The first of what a zygote prints, such as the dynamic linker's complaint that it cannot start.
final class ZygoteLog: Sendable {
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
