import Synchronization

/// How many connections to servers there may be at a time, and how many to one address. One that is
/// being made goes on for a while after the request that wanted it has gone, so that the number of
/// requests does not bound them.
final class ConnectionSlots: Sendable {
    private let taken = Mutex<[NetworkAddress: Int]>([:])
    private let most: Int
    private let mostOfOne: Int

    init(_ most: Int, ofOneAddress mostOfOne: Int) {
        self.most = most
        self.mostOfOne = mostOfOne
    }

    /// Takes one, or answers false.
    func take(_ address: NetworkAddress) -> Bool {
        taken.withLock { taken in
            guard taken.values.reduce(0, +) < most, taken[address, default: 0] < mostOfOne else {
                return false
            }
            taken[address, default: 0] += 1
            return true
        }
    }

    func giveBack(_ address: NetworkAddress) {
        taken.withLock { taken in
            let left = taken[address, default: 0] - 1
            taken[address] = left > 0 ? left : nil
        }
    }
}
