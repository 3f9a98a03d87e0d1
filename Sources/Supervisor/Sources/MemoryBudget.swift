import Synchronization

/// How many bytes of inputs and results may be in memory at a time, all requests together.
///
/// Uploads of one party may have half of it, so that whoever sends many at a time, or slowly, leaves
/// room for others. An upload that is its party's only one may have all.
final class MemoryBudget: Sendable {
    private struct State {
        var free: Int
        /// What each party has.
        var held: [Caller.Party: Int] = [:]
    }

    private let state: Mutex<State>
    /// Bytes that one party may have.
    private let most: Int

    /// - Parameter bytes: the budget.
    init(bytes: Int) {
        state = Mutex(State(free: bytes))
        most = bytes / 2
    }

    /// A share that holds nothing yet.
    ///
    /// - Parameter party: whom it counts for; nil for what is no party's doing. Behind an address that
    ///   is not known anybody may be.
    func share(of party: Caller.Party? = nil) -> Share {
        Share(of: self, for: party == .address(nil) ? nil : party)
    }

    /// - Parameter own: what the share has that wants more.
    fileprivate func take(_ bytes: Int, for party: Caller.Party?, beside own: Int) -> Bool {
        state.withLock { state in
            guard bytes <= state.free else { return false }
            if let party {
                let held = state.held[party, default: 0]
                guard held == own || bytes <= most - held else { return false }
                state.held[party] = held + bytes
            }
            state.free -= bytes
            return true
        }
    }

    fileprivate func giveBack(_ bytes: Int, of party: Caller.Party?) {
        state.withLock { state in
            state.free += bytes
            guard let party, let held = state.held[party] else { return }
            state.held[party] = held > bytes ? held - bytes : nil
        }
    }

    /// What one request holds of the budget; it goes back when nobody refers to the share.
    final class Share: Sendable {
        private let budget: MemoryBudget
        private let party: Caller.Party?
        private let held = Mutex(0)

        fileprivate init(of budget: MemoryBudget, for party: Caller.Party?) {
            self.budget = budget
            self.party = party
        }

        /// Takes more, or answers false and takes nothing.
        func grow(by bytes: Int) -> Bool {
            held.withLock { held in
                guard budget.take(bytes, for: party, beside: held) else { return false }
                held += bytes
                return true
            }
        }

        deinit { budget.giveBack(held.withLock { $0 }, of: party) }
    }
}
