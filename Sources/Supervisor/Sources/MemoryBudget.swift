import Synchronization

/// How many bytes of inputs and results may be in memory at a time, all requests together.
final class MemoryBudget: Sendable {
    private let free: Mutex<Int>

    /// - Parameter bytes: the budget.
    init(bytes: Int) {
        free = Mutex(bytes)
    }

    /// A share that holds nothing yet.
    func share() -> Share { Share(of: self) }

    fileprivate func take(_ bytes: Int) -> Bool {
        free.withLock { free in
            guard bytes <= free else { return false }
            free -= bytes
            return true
        }
    }

    fileprivate func giveBack(_ bytes: Int) {
        free.withLock { $0 += bytes }
    }

    /// What one request holds of the budget; it goes back when nobody refers to the share.
    final class Share: Sendable {
        private let budget: MemoryBudget
        private let held = Mutex(0)

        fileprivate init(of budget: MemoryBudget) {
            self.budget = budget
        }

        /// Takes more, or answers false and takes nothing.
        func grow(by bytes: Int) -> Bool {
            guard budget.take(bytes) else { return false }
            held.withLock { $0 += bytes }
            return true
        }

        deinit { budget.giveBack(held.withLock { $0 }) }
    }
}
