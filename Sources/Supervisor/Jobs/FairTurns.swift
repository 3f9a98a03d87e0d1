/// Whose turn it is among parties that wait: start-time fair queueing (Goyal, Vin and Cheng,
/// SIGCOMM 1996), every job for the same cost.
///
/// Each party has a moment of virtual time from which it may be served; being served puts that off
/// by one job. Who comes anew begins at the present, so that it waits for one job at most of each
/// other party, however many they have.
struct FairTurns<Party: Hashable> {
    struct Turn {
        /// Virtual time.
        fileprivate var start: UInt64
        /// Of two with the same time the one that has it for longer goes first.
        fileprivate var number: UInt64
        let party: Party

        fileprivate func isBefore(_ other: Turn) -> Bool {
            (start, number) < (other.start, other.number)
        }
    }

    /// One job in virtual time.
    private static var job: UInt64 { 1 << 20 }
    /// Parties that are remembered though nothing of them waits.
    private static var mostRemembered: Int { 1_024 }

    /// Those that wait, whose turn is next first.
    private(set) var order: [Turn] = []
    private var turns: [Party: Turn] = [:]
    /// From when on those may be served that were served of late; what is past is as good as none.
    private var ends: [Party: UInt64] = [:]
    private var now: UInt64 = 0
    private var lastNumber: UInt64 = 0

    /// A party begins to wait.
    mutating func join(_ party: Party) {
        insert(party, at: max(now, ends[party] ?? 0))
    }

    /// Nothing of a party waits any more.
    mutating func leave(_ party: Party) {
        guard let turn = turns.removeValue(forKey: party) else { return }
        order.remove(at: place(of: turn))
    }

    /// A job of a party that waits gets its child.
    ///
    /// - Parameter isLast: whether no other job of it waits.
    mutating func serve(_ party: Party, isLast: Bool) {
        guard let turn = turns[party] else { return }
        // Newcomers begin at the present, which has to go on: else their number would put off
        // without end whoever was served once.
        now = max(now + Self.job / UInt64(order.count + 1), turn.start)
        leave(party)
        remember(party, turn.start + Self.job)
        if !isLast { insert(party, at: turn.start + Self.job) }
    }

    /// A job of a party gets a child without having waited.
    mutating func pass(_ party: Party) {
        let start = max(now, ends[party] ?? 0)
        now = start
        remember(party, start + Self.job)
    }

    /// Nobody waits and nothing runs: nobody owes anything.
    mutating func rest() {
        guard order.isEmpty else { return }
        ends = [:]
    }

    private mutating func remember(_ party: Party, _ end: UInt64) {
        ends[party] = end
        guard ends.count > 2 * order.count + Self.mostRemembered else { return }
        ends = ends.filter { $0.value > now }
        guard ends.count > order.count + Self.mostRemembered else { return }
        ends = ends.filter { turns[$0.key] != nil }
    }

    private mutating func insert(_ party: Party, at start: UInt64) {
        lastNumber += 1
        let turn = Turn(start: start, number: lastNumber, party: party)
        turns[party] = turn
        order.insert(turn, at: place(of: turn))
    }

    /// Where it stands, or belongs.
    private func place(of turn: Turn) -> Int {
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            if order[middle].isBefore(turn) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
