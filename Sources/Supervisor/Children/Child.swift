import Descriptors
import ImageVocabulary
import NIOCore
import NIOPosix
import SandboxPolicy
import Synchronization
import WireProtocol

/// One child, from the moment its descriptors are made until the zygote has reaped it.
///
/// Its state is guarded by a lock; its result pipe is read on one event loop. Whoever holds it may
/// kill it from any thread.
final class Child: Sendable {
    let id: UInt64
    private let eventLoop: any EventLoop
    private let isSettled: EventLoopPromise<Void>
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var life = ChildLife()
        var process: SharedProcess?
        var input: MemoryFile?
        var job: Descriptor?
        var ends: ChildEnds?
        var channels: [any Channel] = []
        var handler: NIOLoopBound<ResultHandler>?
        var outcome: EventLoopPromise<JobOutcome>?
        var ready: (@Sendable () -> Void)?
        var graceTimer: Scheduled<Void>?
    }

    private init(
        id: UInt64, eventLoop: any EventLoop, input: consuming MemoryFile,
        job: consuming Descriptor, ends: consuming ChildEnds, ready: @escaping @Sendable () -> Void
    ) {
        self.id = id
        self.eventLoop = eventLoop
        isSettled = eventLoop.makePromise()
        state = Mutex(
            State(input: consume input, job: consume job, ends: consume ends, ready: ready))
    }

    /// One that was given up before anyone waited for it is settled too.
    deinit { isSettled.succeed() }

    /// Makes the descriptors of a child and reads its ends of them.
    ///
    /// - Parameter ready: called once, when the child has said that it is confined and waits.
    static func make(
        id: UInt64, group: any EventLoopGroup, ready: @escaping @Sendable () -> Void
    ) async throws -> Child {
        let input = try MemoryFile(name: "glovebox-input")
        let readable = try input.readOnly()
        let job = try Pipe()
        let errors = try Pipe()
        let result = try Pipe()
        // A job frame fits the empty pipe, so its write never waits; the flag is the insurance.
        try job.writeEnd.setNonBlocking()
        let child = Child(
            id: id, eventLoop: group.next(), input: input, job: job.writeEnd,
            ends: ChildEnds(
                job: job.readEnd, errors: errors.writeEnd, input: readable, result: result.writeEnd),
            ready: ready)
        try await child.listen(results: result.readEnd, errors: errors.readEnd)
        return child
    }

    /// Asks a zygote to fork it. The child's ends of the pipes are closed here then, so that the
    /// pipes end with the child.
    func ask(_ zygote: ZygoteProcess) throws(SystemError) {
        let ends = state.withLock { $0.ends.take() }
        guard let ends else { return }
        try zygote.spawn(
            child: id, job: ends.job.number, errors: ends.errors.number,
            input: ends.input.number, result: ends.result.number)
    }

    private func listen(
        results: consuming Descriptor, errors: consuming Descriptor
    ) async throws {
        let (channel, handler) = try await PipeReading.adopt(results, on: eventLoop) {
            [self] in ResultHandler(self)
        }
        let (other, _) = try await PipeReading.adopt(errors, on: eventLoop) { [self] in
            StandardErrorHandler { [weak self] bytes in
                self?.update { $0.printed(bytes) }
            } flooded: { [weak self] in
                self?.condemn(.output)
            }
        }
        state.withLock { state in
            state.handler = handler
            state.channels = [channel, other]
        }
    }

    /// Writes the input once, seals it, hands over the job, and waits for what comes of it.
    ///
    /// Cancelling the task, and the deadline, end the child and this wait at once.
    func work(
        _ job: JobMessage, input bytes: ByteBuffer, deadline: ContinuousClock.Instant
    ) async throws -> JobOutcome {
        let promise = eventLoop.makePromise(of: JobOutcome.self)
        state.withLock { state in
            state.life.begin()
            state.outcome = promise
        }
        let timer = eventLoop.scheduleTask(in: .until(deadline)) { [self] in
            // An answer that came first stands, and so does the child that gave it.
            if resolve(.deadline) { kill(.deadline) }
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            do {
                try await give(job, bytes)
            } catch {
                // The child is gone, or the machine is out of memory: its pipe's end says so too.
                resolve(.answered(.endedEarly))
            }
            return try await promise.futureResult.get()
        } onCancel: {
            if resolve(.abandoned) { kill(.abandoned) }
        }
    }

    /// Copying this much into the memfd may hold up an event loop's thread; more goes to a thread
    /// that may wait.
    private static let largestInlineCopy = 4 << 20

    private func give(_ job: JobMessage, _ bytes: ByteBuffer) async throws {
        if bytes.readableBytes > Self.largestInlineCopy {
            try await NIOThreadPool.singleton.runIfActive { [self] in try fill(bytes) }
        } else {
            try fill(bytes)
        }
        // The reader learns of the job on its own loop before the child can answer it.
        try await eventLoop.submit { [self] in
            let handover = state.withLock { state in
                Handover(job: state.job.take(), handler: state.handler)
            }
            handover.handler?.value.begin(job)
            try handover.writeJob(job.encoded())
        }.get()
    }

    private func fill(_ bytes: ByteBuffer) throws {
        var input = state.withLock { $0.input.take() }
        guard let file = input.take() else { return }
        try file.append(bytes.readableBytesUInt8Span)
        try file.seal()
    }

    /// The first outcome is the one that counts.
    ///
    /// - Returns: whether it was this one.
    @discardableResult
    private func resolve(_ outcome: JobOutcome) -> Bool {
        let promise = state.withLock { state in
            defer { state.outcome = nil }
            return state.outcome
        }
        promise?.succeed(outcome)
        return promise != nil
    }

    /// The job's owner has judged the answer; nothing more will be found wrong with this child.
    func settle() { isSettled.succeed() }

    /// Waits until nothing more can be learnt about a child that has been reaped.
    func drained() async {
        for channel in state.withLock({ $0.channels }) { try? await channel.closeFuture.get() }
        // Its last word has been read. Whoever still waits for one waits in vain.
        resolve(.answered(.endedEarly))
        if life.hasJob { try? await isSettled.futureResult.get() }
        isSettled.succeed()
    }

    private struct Handover: ~Copyable {
        var job: Descriptor?
        var handler: NIOLoopBound<ResultHandler>?

        consuming func writeJob(_ frame: [UInt8]) throws {
            try job?.writeAll(frame.span)
        }
    }

    /// Ends the child now, for the first reason that is given.
    func kill(_ reason: ChildLife.KillReason) {
        let process = state.withLock { state -> SharedProcess? in
            guard state.life.exit == nil else { return nil }
            state.life.killed(reason)
            return state.process
        }
        process?.kill()
    }

    /// Ends the child for what it said, which stays true when it has ended by itself since.
    func condemn(_ reason: ChildLife.KillReason) {
        update { $0.killed(reason) }
        kill(reason)
    }

    /// What a child has to end by itself once its answer, or its pipe, is at its end: more than the
    /// kernel needs to take back what it held.
    private static let grace = TimeAmount.seconds(1)

    /// The zygote has forked it. One that was given up before is ended at once.
    func wasBorn(_ process: SharedProcess) {
        let isUnwanted = state.withLock { state in
            state.process = process
            return state.life.killReason != nil
        }
        if isUnwanted { process.kill() }
    }

    /// Changes what is known of the child.
    func update(_ change: (inout ChildLife) -> Void) {
        state.withLock { change(&$0.life) }
    }

    var life: ChildLife { state.withLock { $0.life } }

    /// Whether it waits for a job and nothing has happened to it.
    var isUsable: Bool {
        state.withLock {
            $0.life.posture != nil && $0.life.exit == nil && $0.life.killReason == nil
        }
    }

    /// Whether the zygote has said that it forked it.
    var isBorn: Bool { state.withLock { $0.process != nil } }

    /// Lets go of the pipes and of an input that was never given. Called when the child is gone.
    func close() {
        let (channels, timer) = state.withLock { state in
            state.input = nil
            state.job = nil
            state.ends = nil
            state.ready = nil
            defer {
                state.channels = []
                state.graceTimer = nil
            }
            return (state.channels, state.graceTimer)
        }
        timer?.cancel()
        for channel in channels { channel.close(promise: nil) }
    }
}

extension Child: ResultObserver {
    func childIsReady(_ posture: Posture) {
        let ready = state.withLock { state in
            state.life.isReady(posture)
            defer { state.ready = nil }
            return state.ready
        }
        ready?()
    }

    func childEntered(_ stage: Stage) { update { $0.entered(stage) } }

    func childAnswered(_ answer: ChildAnswer) {
        switch answer {
        case .completed, .refused: update { $0.answered() }
        case .broken(.tooMany("output bytes")): condemn(.output)
        case .broken(let error): condemn(.protocolError(error.label))
        case .endedEarly: break
        }
        // One that stays would hold its slot, and its memory, for as long as it likes.
        let timer = eventLoop.scheduleTask(in: Self.grace) { [self] in kill(.lingered) }
        state.withLock { state in
            state.graceTimer?.cancel()
            state.graceTimer = timer
        }
        resolve(.answered(answer))
    }
}

/// A child's own ends of its descriptors, until the zygote has them.
private struct ChildEnds: ~Copyable {
    var job: Descriptor
    var errors: Descriptor
    var input: Descriptor
    var result: Descriptor
}
