import FoundationEssentials
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Keeps crash records: takes them from any thread at once, and writes them one after the other on a
/// thread of its own. What cannot be written is counted; nobody ever waits for the disk.
final class RecordStore: Sendable {
    struct Settings: Equatable, Sendable {
        var limits = CrashWriter.Limits()
        /// Records of one signature that are written in full within a minute.
        var full = 10
    }

    /// What became of a crash.
    enum Outcome: String, CaseIterable, Sendable {
        /// There is a record of it.
        case written
        /// It is part of a count.
        case counted
        /// Neither: the service was at its end.
        case lost
    }

    /// Records that may wait for the disk: some megabytes.
    static let mostPending = 1_024

    private struct State {
        var flood: CrashFlood
        var pending = 0
        var isStopping = false
        var isTicking = false

        mutating func count(_ key: CrashFlood.Key, at time: Date) {
            let text = Timestamp.text(time)
            flood.count(key, 1, text, text, at: time)
        }
    }

    private let folder: CrashFolder
    private let ids = CrashID()
    private let state: Mutex<State>
    private let writer: Mutex<CrashWriter>
    private let trouble = Mutex(Trouble())
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let reader = OneReader()
    private let clock: @Sendable () -> Date
    private let metrics: any ServiceMetrics
    private let logger: Logger
    private let timer = Mutex<RepeatedTask?>(nil)

    /// Opens the log for writing, and removes what is older than is kept. Blocks.
    ///
    /// - Throws: a sentence when it cannot be written.
    init(
        _ folder: CrashFolder, _ settings: Settings, metrics: any ServiceMetrics, logger: Logger,
        clock: @escaping @Sendable () -> Date = { Date() }
    ) throws(CommandFailure) {
        self.folder = folder
        self.metrics = metrics
        self.logger = logger
        self.clock = clock
        state = Mutex(State(flood: CrashFlood(full: settings.full)))
        var writer = CrashWriter(folder, settings.limits)
        do {
            try writer.open()
        } catch {
            throw .failed(
                "The crash log \(folder.filePath(0)) cannot be written (\(error)). Let the "
                    + "service's account write it, or name another state directory with --state.")
        }
        writer.removeOld(at: clock())
        self.writer = Mutex(writer)
        thread.start()
        for outcome in Outcome.allCases { metrics.crashRecorded(outcome, count: 0) }
        timer.withLock {
            $0 = MultiThreadedEventLoopGroup.singleton.next().scheduleRepeatedTask(
                initialDelay: .seconds(1), delay: .seconds(1)
            ) { [weak self] _ in self?.tick() }
        }
    }

    /// Takes a crash.
    ///
    /// - Parameters:
    ///   - time: when it happened.
    ///   - make: makes the record with an id, on the store's thread.
    /// - Returns: the id under which it can be found; nil where it is only counted, or nothing can be
    ///   written just now.
    func append(
        _ key: CrashFlood.Key, at time: Date, _ make: @escaping @Sendable (String) -> CrashRecord
    ) -> String? {
        // What is given out should be found: where the disk takes nothing it hardly would be.
        let isTaken = trouble.withLock { !$0.isOpen }
        let (outcome, id): (Outcome, String?) = state.withLock { state in
            guard !state.isStopping else { return (.lost, nil) }
            guard state.flood.admits(key, at: clock()) else { return (.counted, nil) }
            guard state.pending < Self.mostPending else {
                state.count(key, at: time)
                return (.counted, nil)
            }
            state.pending += 1
            let id = ids.next(clock())
            // Within the lock, so that the lines stand in the order of their ids.
            thread.submit { [self] _ in write(key, at: time, make(id)) }
            return (.written, isTaken ? id : nil)
        }
        if outcome != .written { metrics.crashRecorded(outcome, count: 1) }
        return id
    }

    /// Takes the crash of a child.
    ///
    /// - Returns: as above.
    func append(_ report: ChildReport, _ ending: ChildEnding) -> String? {
        append(CrashFlood.Key(report, ending), at: report.died) {
            CrashRecord(report, ending, id: $0)
        }
    }

    /// Writes what is still to be written, and counts nothing any more.
    func stop() async {
        timer.withLock { timer in
            timer?.cancel()
            timer = nil
        }
        state.withLock { $0.isStopping = true }
        try? await thread.runIfActive { [self] in
            let lost = settle(isEnd: true)
            if lost > 0 {
                logger.error(
                    "crashes could not be written", metadata: ["count": .stringConvertible(lost)])
            }
            writer.withLock { writer in
                try? writer.flush()
                writer.close()
            }
        }
        try? await thread.shutdownGracefully()
        await reader.stop()
    }

    /// Reads the log for whoever asks the service, as ``OneReader/read(_:)`` does.
    func read<Value: Sendable>(
        _ work: @escaping @Sendable (CrashLog) throws -> Value
    ) async throws -> Value {
        try await reader.read { [folder] in try work(CrashLog(folder)) }
    }

    /// Takes lines out of the log; what is to be written waits for it.
    ///
    /// - Returns: what was removed from it. What is only counted so far is of before, too.
    func purge(_ order: CrashPurge.Order) async throws -> CrashPurge.Result {
        try await thread.runIfActive { [self] in
            var gone = 0
            if order.isAll, !order.isTrial {
                let counts = state.withLock { $0.flood.drain(at: clock(), isEnd: true) }
                gone = counts.reduce(0) { $0.addingClamped($1.count) }
            } else {
                _ = settle(isEnd: true)
            }
            var result = try writer.withLock { try $0.purge(order) }
            result.crashes = result.crashes.addingClamped(gone)
            return result
        }
    }

    /// Waits until what was taken before is written.
    func settled() async throws { try await thread.runIfActive {} }

    // MARK: On the store's thread

    private func write(_ key: CrashFlood.Key, at time: Date, _ record: CrashRecord) {
        let isWritten = writeLine(record)
        state.withLock { state in
            state.pending -= 1
            if !isWritten { state.count(key, at: time) }
        }
        metrics.crashRecorded(isWritten ? .written : .counted, count: 1)
    }

    /// - Returns: whether it is in the log.
    private func writeLine(_ line: some Encodable) -> Bool {
        let now = clock()
        do {
            let text = try OrderedJSON.value(of: line).text
            try writer.withLock { try $0.append(text, at: now) }
            if trouble.withLock({ $0.ends() }) { logger.notice("crash records are written again") }
            return true
        } catch {
            if trouble.withLock({ $0.begins(at: now) }) {
                logger.error(
                    "crash records cannot be written and are only counted",
                    metadata: [
                        "file": "\(folder.filePath(0))", "reason": "\(error)",
                        "remedy": "Make room on its disk, and let the service's account write it.",
                    ])
            }
            return false
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
            _ = settle(isEnd: false)
            try? writer.withLock { try $0.tick(at: clock()) }
        }
    }

    /// Writes the counts of minutes that are over.
    ///
    /// - Returns: how many crashes are in none, which is kept for later unless it is the end.
    private func settle(isEnd: Bool) -> Int {
        let now = clock()
        let counts = state.withLock { $0.flood.drain(at: now, isEnd: isEnd) }
        var lost = 0
        for count in counts where !writeLine(count) {
            lost += count.count
            state.withLock { $0.flood.count(again: count, at: now) }
        }
        return lost
    }
}
