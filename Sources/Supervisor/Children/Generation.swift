import Descriptors
import Logging
import NIOCore
import NIOPosix
import SandboxPolicy
import Synchronization
import WireProtocol

/// One zygote, from its start to its end, and the children that were forked from it.
@PoolActor
final class Generation {
    /// What a pool has to know of its generation.
    enum Notice {
        /// Its zygote can fork.
        case ready
        /// What became of a child.
        case child(Child, Child.Notice)
        /// A child is gone; its slot and its memory are free.
        case childIsGone(Child)
        /// The zygote is dead, and every child of it is gone.
        case ended
    }

    let number: Int
    /// Whose libvips its zygote loads.
    let source: LibrarySource
    let started = ContinuousClock.now
    private(set) var hello: ZygoteHello?
    /// Children asked of it so far.
    private(set) var forks = 0
    /// Those that are not gone.
    private(set) var children: [UInt64: Child] = [:]
    /// Why the zygote could not be set up, when it said so.
    private(set) var failure: StartFailure?
    /// Whether it was ended because it no longer answered.
    private(set) var isUnresponsive = false
    private(set) var hasEnded = false
    /// What its launcher exited with.
    private(set) var exitStatus: CInt?

    private let logger: Logger
    private let eventLoop: any EventLoop
    private let tell: (Generation, Notice) -> Void
    private let printed = ZygoteLog()
    private var process: ZygoteProcess?
    private var watch: ZygoteWatch<ContinuousClock>
    private var alarm: Alarm?
    private var isUnwanted = false

    /// - Parameters:
    ///   - limit: what its zygote has for its greeting.
    ///   - tell: called in order; the last time with ``Notice/ended``.
    init(
        number: Int, source: LibrarySource, limit: Duration, eventLoop: any EventLoop,
        logger: Logger,
        tell: @escaping (Generation, Notice) -> Void
    ) {
        self.number = number
        self.source = source
        self.eventLoop = eventLoop
        self.logger = logger
        self.tell = tell
        watch = ZygoteWatch(started: started, limit: limit)
        alarm = Alarm(on: eventLoop) { [weak self] in self?.look() }
        alarm?.set(watch.nextDeadline)
    }

    var isReady: Bool { hello != nil && !hasEnded }
    var age: Duration { .now - started }

    /// Why it did not come to anything, for operators.
    var reason: StartFailure { failure ?? .noAnswer(printed.text) }

    /// What the libvips of its folder lacks, as far as that ended it.
    var lack: LibraryLack? {
        guard source != .system, case .setup(let failure) = failure, !failure.unreadable.isEmpty
        else { return nil }
        return LibraryLack(
            formats: failure.unreadable, what: UntrustedText.printable(failure.detail))
    }

    /// What speaks against the system's libvips, where it is that which ended it.
    var systemLack: LibraryLack? {
        guard source == .system, hello == nil else { return nil }
        if case .setup(let failure) = failure, failure.stage == SetupFailure.librariesStage {
            return LibraryLack(
                formats: failure.unreadable, what: UntrustedText.printable(failure.detail))
        }
        guard failure == nil, exitStatus == ZygoteProcess.notLoaded else { return nil }
        return LibraryLack(formats: [], what: "cannot be loaded (\(printed.text))")
    }

    // MARK: The zygote

    /// Starts the program. What follows is told, also when it cannot be started.
    func start(_ files: ZygoteFiles, _ configuration: ZygoteConfiguration) async {
        let (events, continuation) = AsyncStream.makeStream(of: ZygoteEvent.self)
        Task {
            // What a stream waits for goes on where its task prefers to be: elsewhere another thread
            // would be woken for each event, and this one by that.
            await withTaskExecutorPreference(PoolActor.shared.tasks) { await follow(events) }
        }
        do {
            let log = try Pipe()
            let output = try await read(log.readEnd)
            guard !isUnwanted else {
                output.close(promise: nil)
                continuation.yield(.gone(nil))
                return continuation.finish()
            }
            process = try ZygoteProcess(files, source, configuration, log: log.writeEnd) { event in
                guard case .gone = event else {
                    continuation.yield(event)
                    return
                }
                // What it printed last may say why.
                Self.afterEnd(of: output) {
                    continuation.yield(event)
                    continuation.finish()
                }
            }
            logger.debug("zygote started")
        } catch {
            let isDenied = (error as? SystemError)?.code == Self.denied
            failure = .program(
                isDenied
                    ? "the account of the service may not execute it (\(error)); 'chmod a+rx' gives it "
                        + "the right" : "\(error)")
            continuation.yield(.gone(nil))
            continuation.finish()
        }
    }

    /// Waits until what a dead process wrote into a pipe has been read, for a moment.
    private nonisolated static func afterEnd(
        of pipe: any Channel, _ work: @escaping @Sendable () -> Void
    ) {
        let end = pipe.eventLoop.makePromise(of: Void.self)
        pipe.closeFuture.cascade(to: end)
        pipe.eventLoop.scheduleTask(in: .milliseconds(200)) { end.succeed() }
        end.futureResult.whenComplete { _ in work() }
    }

    /// Reads what a zygote prints: a line of the log, and the reason when it never greets.
    private func read(_ pipe: consuming Descriptor) async throws -> any Channel {
        let logger = logger
        let printed = printed
        return try await PipeReading.adopt(pipe, on: eventLoop, expecting: 1 << 11) {
            StandardErrorHandler { bytes in
                printed.append(bytes)
                logger.info(
                    "the zygote printed", metadata: ["text": "\(UntrustedText.printable(bytes))"])
            }
        }.0
    }

    /// Ends the zygote and with it, as PID 1 of its namespace, all its children.
    func end() {
        isUnwanted = true
        process?.kill()
    }

    /// Ends it because nobody answers.
    func giveUp() {
        guard !hasEnded else { return }
        isUnresponsive = true
        end()
    }

    private func look() {
        switch watch.tick(at: .now) {
        case .ping(let number):
            do {
                try process?.ping(number)
            } catch {
                // It has ended, or has not read for so long that the socket is full.
                giveUp()
            }
        case .giveUp:
            logger.error("the zygote does not answer and is ended")
            giveUp()
        case nil: break
        }
        alarm?.set(watch.nextDeadline)
    }

    private func follow(_ events: AsyncStream<ZygoteEvent>) async {
        for await event in events { handle(event) }
    }

    private func handle(_ event: ZygoteEvent) {
        switch event {
        case .hello(let hello):
            self.hello = hello
            if hello.fonts == 0 {
                logger.warning(
                    """
                    there is no font, text in documents is drawn as boxes or not at all; install \
                    a package of fonts, such as fonts-dejavu-core
                    """)
            }
            watch.greeted(at: .now)
            alarm?.set(watch.nextDeadline)
            tell(self, .ready)
        case .pong(let number):
            watch.answered(number, at: .now)
            alarm?.set(watch.nextDeadline)
        case .born(let id, let process):
            guard let child = children[id] else { return process.kill() }
            pass(child.wasBorn(process), of: child)
        case .observed(let id, let call): note(.observed(call), id)
        case .recorded(let id, let call): note(.recorded(call), id)
        case .snapshot(let id, let snapshot): note(.snapshot(snapshot), id)
        case .exited(let id, let exit): isGone(id, .exited(exit))
        case .failed(0, let failure):
            // Another libvips has its chance.
            let mayFallBack = source != .system && !failure.unreadable.isEmpty
            logger.log(
                level: mayFallBack ? .debug : .error, "the zygote could not be set up",
                metadata: failure.metadata)
            self.failure = .setup(failure)
        case .failed(let id, let failure):
            self.failure = .setup(failure)
            note(.failed(failure), id)
            // A child that was never forked has no end to be reported.
            if children[id]?.life.times.born == nil { isGone(id, .orphaned) }
        case .gone(let status):
            hasEnded = true
            exitStatus = status
            alarm?.set(nil)
            for child in children.values { child.endWithZygote() }
            for id in Array(children.keys) { isGone(id, .orphaned) }
            tell(self, .ended)
        }
    }

    // MARK: Its children

    /// Asks for a child that was made for this generation.
    func fork(_ child: Child) throws(SystemError) {
        guard let process else { throw SystemError("spawn", Self.noProcess) }
        forks += 1
        try child.ask(process)
        children[child.id] = child
    }

    /// ESRCH and EACCES of errno(3).
    private static let noProcess: CInt = 3
    private static let denied: CInt = 13

    /// Ends the children that match: nobody needs them any more.
    func dismiss(where matches: (Child) -> Bool = { _ in true }) {
        for child in children.values where matches(child) {
            pass(child.take(.dismissed), of: child)
        }
    }

    private func note(_ event: Child.Life.Event, _ id: UInt64) {
        guard let child = children[id] else { return }
        pass(child.take(event), of: child)
    }

    private func isGone(_ id: UInt64, _ event: Child.Life.Event) {
        guard let child = children.removeValue(forKey: id) else { return }
        var notices = child.take(event)
        // A sibling may be given away as soon as a slot is free, so what speaks against it comes
        // first.
        let taint = notices.firstIndex { if case .tainted = $0 { true } else { false } }
        if let taint { pass([notices.remove(at: taint)], of: child) }
        tell(self, .childIsGone(child))
        pass(notices, of: child)
    }

    private func pass(_ notices: [Child.Notice], of child: Child) {
        for notice in notices { tell(self, .child(child, notice)) }
    }
}

/// The first of what a zygote prints, such as the dynamic linker's complaint that it cannot start.
final class ZygoteLog: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func append(_ more: [UInt8]) { bytes.withLock { $0 += more } }

    /// Without what could disturb a terminal, and without the last line's end.
    var text: String {
        var bytes = bytes.withLock { $0 }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return UntrustedText.printable(bytes)
    }
}

extension SetupFailure {
    var metadata: Logger.Metadata {
        ["setup_stage": "\(stage)", "setup_error": "\(detail)", "errno": "\(code)"]
    }
}
