import Synchronization

/// How many connections to servers there may be at a time. One that is being made goes on for a while
/// after the request that wanted it has gone, so that the number of requests does not bound them.
final class ConnectionSlots: Sendable {
    private let free: Mutex<Int>

    init(_ count: Int) { free = Mutex(count) }

    /// Takes one, or answers false.
    func take() -> Bool {
        free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
    }

    func giveBack() { free.withLock { $0 += 1 } }
}
