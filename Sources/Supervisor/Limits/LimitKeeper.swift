import Descriptors
import FoundationEssentials
import Glibc
import Logging
import NIOPosix

/// Keeps counters across restarts, in a file of the state directory.
struct LimitKeeper: Sendable {
    static let fileName = "limits.json"
    /// How often what has changed is written.
    private static let interval = Duration.seconds(30)

    let counters: CountersInMemory<ContinuousClock>
    let state: StateDirectory
    let logger: Logger

    /// Takes on what an earlier run has left. A file that cannot be read makes no start fail.
    func restore() {
        do throws(SystemError) {
            guard
                let bytes = try state.contents(
                    of: Self.fileName, atMost: LimitSnapshot.largest)
            else { return }
            guard let snapshot = LimitSnapshot(bytes) else {
                logger.warning(
                    "the counters of an earlier run cannot be read, and limits begin anew",
                    metadata: ["file": "\(state.path)/\(Self.fileName)"])
                return
            }
            counters.restore(snapshot, at: .now)
        } catch {
            logger.warning(
                "the counters of an earlier run cannot be read, and limits begin anew",
                metadata: [
                    "file": "\(state.path)/\(Self.fileName)", "reason": "\(error)",
                ])
        }
    }

    /// Writes what has changed. Blocks on the file system.
    func save() {
        guard let snapshot = counters.takeChanges(at: .now) else { return }
        do throws(SystemError) {
            try state.write(Array((snapshot.json.text + "\n").utf8), to: Self.fileName, mode: 0o600)
        } catch {
            counters.keepChanges()
            logger.warning(
                "the counters of limits cannot be written, and a restart would forget them",
                metadata: [
                    "file": "\(state.path)/\(Self.fileName)", "reason": "\(error)",
                ])
        }
    }

    /// Writes now and again, until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            try? await NIOThreadPool.singleton.runIfActive { save() }
        }
    }
}

extension WallTime {
    static var now: WallTime {
        WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}
