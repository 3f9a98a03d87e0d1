import Descriptors
import ImageVocabulary
import NIOCore
import NIOPosix
import SandboxPolicy
import Synchronization
import WireProtocol

/// One child, from the moment its descriptors are made until nothing more can be learnt of it: the
/// shell that carries out what ``ChildLife`` says.
///
/// Its state is guarded by a lock; its result pipe is read on one event loop. Whoever holds it may
/// tell it what happened from any thread.
final class Child: Sendable {
    typealias Life = ChildLife<ContinuousClock>

    /// What a pool has to know of its child.
    enum Notice: Sendable {
        /// It can be given a job.
        case offered
        /// No sibling of it should get one.
        case tainted(GenerationReason)
        /// Its zygote has not forked it in time.
        case zygoteIsSilent
        /// Nothing more can be learnt of it.
        case finished
    }

    let id: UInt64
    /// The name of its policy.
    let policy: String
    /// The number of the generation it is from.
    let generation: Int
    private let eventLoop: any EventLoop
    private let tell: @Sendable (Child, Notice) -> Void
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var life: Life
        var process: SharedProcess?
        var input: MemoryFile?
        var job: Descriptor?
        var ends: ChildEnds?
        var handler: NIOLoopBound<ResultHandler>?
        /// Kept until somebody writes it, or until there is an answer without it.
        var bytes: [ByteBuffer]?
        var outcome: EventLoopPromise<JobOutcome>?
        var timer: Scheduled<Void>?
        var timerEnd: ContinuousClock.Instant?
    }

    private init(
        _ place: Place, eventLoop: any EventLoop, input: consuming MemoryFile,
        job: consuming Descriptor, ends: consuming ChildEnds,
        tell: @escaping @Sendable (Child, Notice) -> Void
    ) {
        id = place.id
        policy = place.policy
        generation = place.generation
        self.eventLoop = eventLoop
        self.tell = tell
        state = Mutex(
            State(
                life: Life(asked: .now, birth: place.birth, budget: place.budget),
                input: consume input, job: consume job, ends: consume ends))
    }

    /// Makes the descriptors of a child and reads its ends of them.
    ///
    /// - Parameter tell: called for what happens on the child's pipes and by its deadlines, from
    ///   its event loop's thread.
    static func make(
        _ place: Place, group: any EventLoopGroup,
        tell: @escaping @Sendable (Child, Notice) -> Void
    ) async throws -> Child {
        let input = try MemoryFile(name: "glovebox-input")
        let readable = try input.readOnly()
        let job = try Pipe()
        let errors = try Pipe()
        let result = try Pipe()
        // A job frame fits the empty pipe, so its write never waits; the flag is the insurance.
        try job.writeEnd.setNonBlocking()
        let child = Child(
            place, eventLoop: group.next(), input: input, job: job.writeEnd,
            ends: ChildEnds(
                job: job.readEnd, errors: errors.writeEnd, input: readable, result: result.writeEnd),
            tell: tell)
        try await child.listen(results: result.readEnd, errors: errors.readEnd)
        return child
    }

    /// Asks a zygote to fork it. The child's ends of the pipes are closed here then, so that the
    /// pipes end with the child.
    func ask(_ zygote: ZygoteProcess) throws(SystemError) {
        let ends = state.withLock { state in
            arm(&state)
            return state.ends.take()
        }
        guard let ends else { return }
        try zygote.spawn(
            child: id, job: ends.job.number, errors: ends.errors.number,
            input: ends.input.number, result: ends.result.number)
    }

    private func listen(
        results: consuming Descriptor, errors: consuming Descriptor
    ) async throws {
        let (channel, handler) = try await PipeReading.adopt(
            results, on: eventLoop, expecting: 1 << 16
        ) { [self] in ResultHandler(self) }
        let (other, _) = try await PipeReading.adopt(
            errors, on: eventLoop, expecting: 1 << 11
        ) { [self] in
            StandardErrorHandler { [weak self] bytes in
                self?.hear(.printed(bytes))
            } crashed: { [weak self] report in
                self?.hear(.crashed(report))
            } flooded: { [weak self] in
                self?.hear(.condemned(.output))
            }
        }
        state.withLock { $0.handler = handler }
        // The pipes end with the child at the latest, and these closures with them.
        channel.closeFuture.whenComplete { [self] _ in hear(.resultEnded) }
        other.closeFuture.whenComplete { [self] _ in hear(.errorsEnded) }
    }

    // MARK: The job

    /// Writes the inputs once, one behind the other, seals them, hands over the job, and waits for
    /// what comes of it.
    ///
    /// Cancelling the task, and the deadline, end the child and this wait at once, also while the
    /// inputs wait to be written.
    func work(
        _ job: JobMessage, inputs bytes: [ByteBuffer], deadline: ContinuousClock.Instant
    ) async -> JobOutcome {
        let promise = eventLoop.makePromise(of: JobOutcome.self)
        state.withLock { state in
            state.outcome = promise
            state.bytes = bytes
        }
        hear(.given(deadline: deadline))
        let outcome = await withTaskCancellationHandler {
            give(job, bytes: bytes.reduce(0) { $0 + $1.readableBytes })
            return try? await promise.futureResult.get()
        } onCancel: {
            hear(.abandoned)
        }
        return outcome ?? .lost(mayRestart: false)
    }

    /// The job's owner has judged the answer; nothing more will be found wrong with this child.
    func settle() { hear(.judged) }

    /// What may be copied on an event loop's thread; more goes to a thread that may wait.
    private static let largestInlineCopy = 1 << 20

    private func give(_ job: JobMessage, bytes: Int) {
        guard bytes > Self.largestInlineCopy else { return deliver(job) }
        NIOThreadPool.singleton.submit { [self] state in
            if state == .active { deliver(job) } else { hear(.undelivered) }
        }
    }

    private func deliver(_ job: JobMessage) {
        do {
            guard try fill() else { return }
        } catch {
            return hear(.undelivered)  // The machine is out of memory.
        }
        // The reader learns of the job on its own loop before the child can answer it.
        eventLoop.execute { [self] in
            let handover = state.withLock { state in
                Handover(job: state.job.take(), handler: state.handler)
            }
            handover.handler?.value.begin(job)
            do {
                try handover.writeJob(job.encoded())
            } catch {
                hear(.undelivered)  // The child is gone.
            }
        }
    }

    /// - Returns: false when there is nobody left to write it for.
    private func fill() throws -> Bool {
        var input = state.withLock { state in
            state.bytes == nil ? nil : state.input.take()
        }
        guard let file = input.take(), let bytes = state.withLock({ $0.bytes.take() }) else {
            return false
        }
        for input in bytes { try file.append(input.readableBytesUInt8Span) }
        try file.seal()
        return true
    }

    private struct Handover: ~Copyable {
        var job: Descriptor?
        var handler: NIOLoopBound<ResultHandler>?

        consuming func writeJob(_ frame: [UInt8]) throws {
            try job?.writeAll(frame.span)
        }
    }

    // MARK: What happens

    /// The zygote has forked it.
    func wasBorn(_ process: SharedProcess) -> [Notice] {
        state.withLock { $0.process = process }
        return take(.born)
    }

    /// Takes in what happened and does what follows, but for what is the pool's, which it returns.
    func take(_ event: Life.Event) -> [Notice] {
        var notices: [Notice] = []
        effects(of: event).carryOut(nil) { notices.append($0) }
        return notices
    }

    /// Takes in what happened and tells the pool what is the pool's, before anybody is answered.
    func hear(_ event: Life.Event, _ answer: ChildAnswer? = nil) {
        effects(of: event).carryOut(answer) { tell(self, $0) }
    }

    private func effects(of event: Life.Event) -> ChildEffects {
        state.withLock { state in
            let actions = state.life.handle(event, at: .now)
            arm(&state)
            var effects = ChildEffects(actions: actions)
            if actions.contains(.kill) { effects.process = state.process }
            if actions.contains(where: \.isAnswer) {
                effects.outcome = state.outcome.take()
                state.bytes = nil
            }
            if state.life.isGone {
                // An input that was never given is memory.
                state.input = nil
                state.job = nil
                state.ends = nil
            }
            return effects
        }
    }

    /// Ends it for what it said, which stays true when it has ended by itself since.
    func condemn(_ reason: Life.KillReason) { hear(.condemned(reason)) }

    /// Its zygote is dead. Where that had a PID namespace the child is too, and the kernel's
    /// parent-death signal ends it elsewhere; this is for one that had not asked for that yet.
    func endWithZygote() {
        guard let process = state.withLock({ $0.process }) else { return }
        process.kill()
        NIOThreadPool.singleton.submit { _ in process.reap() }
    }

    /// What is known of it.
    var life: Life { state.withLock { $0.life } }

    /// Whether it waits for a job and nothing has happened to it.
    var isUsable: Bool { state.withLock { $0.life.isUsable } }

    /// Lets go of one that no zygote was asked for.
    func close() {
        state.withLock { state in
            state.input = nil
            state.job = nil
            state.ends = nil
        }
    }

    /// Sets the timer to the life's next deadline. One that goes off early looks again, so it is
    /// only ever brought forward.
    private func arm(_ state: inout State) {
        guard let due = state.life.nextDeadline else {
            guard state.life.isGone else { return }
            state.timer?.cancel()
            state.timer = nil
            state.timerEnd = nil
            return
        }
        if let timerEnd = state.timerEnd, timerEnd <= due { return }
        state.timer?.cancel()
        state.timerEnd = due
        state.timer = eventLoop.scheduleTask(in: .until(due)) { [weak self] in
            guard let self else { return }
            self.state.withLock { $0.timerEnd = nil }
            hear(.ticked)
        }
    }
}
