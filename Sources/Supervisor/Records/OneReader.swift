import NIOCore
import NIOPosix
import Synchronization

/// Reads a log for whoever asks the service, one after the other on a thread of its own: neither what
/// is written nor an image waits for it.
final class OneReader: Sendable {
    /// Too many readings wait.
    struct Busy: Error {}

    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let readings = Mutex(0)
    /// Readings that may wait.
    private static let mostReadings = 8

    init() { thread.start() }

    /// - Throws: ``Busy``, where others wait already, or what the work throws.
    func read<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let isFree = readings.withLock { readings in
            guard readings < Self.mostReadings else { return false }
            readings += 1
            return true
        }
        guard isFree else { throw Busy() }
        defer { readings.withLock { $0 -= 1 } }
        return try await thread.runIfActive { try work() }
    }

    func stop() async { try? await thread.shutdownGracefully() }
}
