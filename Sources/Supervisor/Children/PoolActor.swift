import NIOCore
import NIOPosix

/// Where pools, generations and slots live: one executor, so that a job's slot and its child are
/// decided in one step, and a change of generations is one step for everybody.
///
/// It is the thread of an event loop, where the children's pipes are read and requests are answered:
/// what goes from one to the other wakes nobody.
@globalActor
actor PoolActor {
    static let shared = PoolActor()

    private let executor: any SerialExecutor
    /// For tasks of the pools: what they wait for of NIO goes on here too.
    nonisolated let tasks: LoopTaskExecutor

    private init() {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        executor = eventLoop.executor
        tasks = LoopTaskExecutor(eventLoop)
    }

    // The actor, and so its executor, lives as long as the process.
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }
}

/// One alarm on the pools' executor. Setting it anew replaces the time it was set to.
@PoolActor
final class Alarm {
    private let eventLoop: any EventLoop
    private let ring: @PoolActor () -> Void
    private var scheduled: Scheduled<Void>?
    private var time: ContinuousClock.Instant?

    /// - Parameter ring: called at the time or later; once more than needed does no harm.
    init(on eventLoop: any EventLoop, ring: @escaping @PoolActor () -> Void) {
        self.eventLoop = eventLoop
        self.ring = ring
    }

    var isSet: Bool { time != nil }

    /// nil takes it back.
    func set(_ time: ContinuousClock.Instant?) {
        guard time != self.time else { return }
        scheduled?.cancel()
        self.time = time
        scheduled = time.map { time in
            eventLoop.scheduleTask(in: .until(time)) { [weak self] in
                Task { @PoolActor in self?.goOff() }
            }
        }
    }

    private func goOff() {
        time = nil
        scheduled = nil
        ring()
    }
}

/// How long to wait before trying again, each time twice as long.
struct Backoff: Sendable {
    /// Failures since the last success.
    private(set) var failures = 0

    /// 100 ms, then 200 ms, up to 6.4 s.
    mutating func next() -> Duration {
        failures += 1
        return .milliseconds(50 << min(failures, 7))
    }

    mutating func reset() { failures = 0 }
}
