import FoundationEssentials
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Keeps events in the audit log: takes them from any thread at once, and writes them one after the
/// other on a thread of its own. What cannot be written is counted, and that is written as soon as
/// anything can be; nobody ever waits for the disk.
final class AuditLog: AuditTrail {
    /// Events that may wait for the disk: some hundred kilobytes.
    static let mostPending = 1_024

    private struct State {
        var flood = AuditFlood()
        var pending = 0
        /// Those that found no room.
        var lost = 0
        var isStopping = false
        var isTicking = false
    }

    private let folder: AuditFolder
    private let state = Mutex(State())
    private let writer: Mutex<AuditWriter>
    /// Of writing, and of bringing to the disk what is written and removing what is old.
    private let trouble = Mutex((writing: Trouble(), keeping: Trouble()))
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let reader = OneReader()
    private let timer = Mutex<RepeatedTask?>(nil)
    private let clock: @Sendable () -> Date
    private let logger: Logger

    /// Opens the log for writing. Blocks.
    ///
    /// - Throws: a sentence when it cannot be written.
    init(
        _ folder: AuditFolder, _ key: AuditKey, _ limits: AuditWriter.Limits, logger: Logger,
        clock: @escaping @Sendable () -> Date = { Date() }
    ) throws(CommandFailure) {
        self.folder = folder
        self.logger = logger
        self.clock = clock
        var writer = AuditWriter(folder, key, limits)
        do throws(AuditWriter.Failure) {
            try writer.open(at: clock())
        } catch {
            throw AuditAccess.failure(error, folder.path)
        }
        self.writer = Mutex(writer)
        thread.start()
        timer.withLock {
            $0 = MultiThreadedEventLoopGroup.singleton.next().scheduleRepeatedTask(
                initialDelay: .seconds(1), delay: .seconds(1)
            ) { [weak self] _ in self?.tick() }
        }
    }

    func record(_ event: AuditEvent) {
        let time = clock()
        state.withLock { state in
            guard !state.isStopping, state.flood.admits(event, at: time) else { return }
            guard state.pending < Self.mostPending else {
                state.lost = state.lost.addingClamped(1)
                return
            }
            state.pending += 1
            // Within the lock, so that lines stand in the order of their events.
            thread.submit { [self] _ in
                write(event, at: time)
                finish()
            }
        }
    }

    /// Writes what is still to be written; what is recorded later is not.
    func stop() async {
        timer.withLock { timer in
            timer?.cancel()
            timer = nil
        }
        state.withLock { $0.isStopping = true }
        try? await thread.runIfActive { [self] in
            settle(isEnd: true)
            keep { writer, now throws(AuditWriter.Failure) in
                defer { writer.close() }
                try writer.end(at: now)
            }
        }
        try? await thread.shutdownGracefully()
        await reader.stop()
    }

    /// Waits until what was recorded before is written.
    func settled() async throws { try await thread.runIfActive {} }

    /// Reads lines, as ``OneReader/read(_:)`` does.
    func lines(_ filter: AuditFilter) async throws -> AuditReading {
        try await reader.read { [folder] in try AuditReading(folder, filter) }
    }

    // MARK: On the log's thread

    private func finish() { state.withLock { $0.pending -= 1 } }

    private func write(_ event: AuditEvent, at time: Date) {
        let now = clock()
        let lost = state.withLock { state in
            defer { state.lost = 0 }
            return state.lost
        }
        do {
            let unkept = try writer.withLock { writer in
                if lost > 0 { writer.lose(lost, at: now) }
                do {
                    return try writer.append(event, at: time, now: now)
                } catch {
                    writer.lose(1, at: now)
                    throw error
                }
            }
            if trouble.withLock({ $0.writing.ends() }) || lost > 0 {
                logger.notice("the audit log is written again")
            }
            if let unkept { say(unkept, at: now) }
        } catch {
            guard trouble.withLock({ $0.writing.begins(at: now) }) else { return }
            logger.error(
                "the audit log cannot be written, and events are only counted",
                metadata: [
                    "folder": "\(folder.path)", "reason": "\(error)",
                    "action": "\(event.action.rawValue)", "actor": "\(event.actor.text)",
                    "remedy": "Make room on its disk, and let the service's account write it.",
                ])
        }
    }

    private func tick() {
        let isFirst = state.withLock { state in
            defer { state.isTicking = true }
            return !state.isTicking
        }
        // The disk still has not done with the last one.
        guard isFirst else { return }
        thread.submit { [self] _ in
            state.withLock { $0.isTicking = false }
            settle(isEnd: false)
            keep { writer, now throws(AuditWriter.Failure) in try writer.tick(at: now) }
        }
    }

    /// Brings what was written to the disk.
    private func keep(
        _ work: @Sendable (inout AuditWriter, Date) throws(AuditWriter.Failure) -> Void
    ) {
        let now = clock()
        do {
            try writer.withLock { try work(&$0, now) }
            if trouble.withLock({ $0.keeping.ends() }) {
                logger.notice("the audit log is brought to the disk again")
            }
        } catch {
            say(error, at: now)
        }
    }

    private func say(_ failure: any Error, at now: Date) {
        guard trouble.withLock({ $0.keeping.begins(at: now) }) else { return }
        logger.error(
            "the audit log cannot be brought to the disk, or what is old not removed",
            metadata: [
                "folder": "\(folder.path)", "reason": "\(failure)",
                "remedy": "Make room on its disk, and let the service's account write it.",
            ])
    }

    /// Writes the counts of a minute that is over.
    private func settle(isEnd: Bool) {
        let now = clock()
        let counts = state.withLock { $0.flood.drain(at: now, isEnd: isEnd) }
        for count in counts { write(count, at: now) }
    }
}
