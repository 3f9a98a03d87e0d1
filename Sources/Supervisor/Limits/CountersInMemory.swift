import Synchronization

/// Counters of this process.
final class CountersInMemory<C: Clock>: LimitCounters where C.Duration == Duration {
    private struct Tables {
        /// Apart from each other, so that no number of addresses makes a key's counters forgotten.
        var keys: LimitTable<C>
        var addresses: LimitTable<C>
        var isChanged = false

        subscript(party: LimitParty) -> LimitTable<C> {
            get { party.isKey ? keys : addresses }
            _modify {
                if party.isKey { yield &keys } else { yield &addresses }
            }
        }
    }

    private let tables: Mutex<Tables>

    /// - Parameter mostParties: keys that are remembered, and as many addresses.
    init(mostParties: Int = 65_536, clock: C) {
        let table = LimitTable(mostParties: mostParties, clock: clock)
        tables = Mutex(Tables(keys: table, addresses: table))
    }

    func enter(
        _ wants: [LimitWant], at time: WallTime
    ) -> (accounts: [LimitAccount], refusal: LimitRefusal?) {
        tables.withLock { tables in
            for want in wants { tables[want.party].settle(want) }
            let refusals = wants.compactMap { tables[$0.party].refusal($0, on: time.day) }
            if refusals.isEmpty {
                for want in wants { tables[want.party].enter(want, on: time.day) }
                tables.isChanged = true
            }
            return (
                wants.map { tables[$0.party].account($0, on: time.day) }, refusals.max { $0 < $1 }
            )
        }
    }

    func leave(_ parties: [LimitParty]) {
        tables.withLock { tables in
            for party in parties { tables[party].leave(party) }
        }
    }

    func charge(_ bytes: Int, to party: LimitParty, at time: WallTime) {
        tables.withLock { tables in
            tables[party].charge(bytes, to: party, on: time.day)
            tables.isChanged = true
        }
    }

    /// Parties that are remembered.
    var count: Int { tables.withLock { $0.keys.count + $0.addresses.count } }

    // MARK: Across a restart

    /// Parties that are recorded at a time: requests wait for no more.
    private static var slice: Int { 256 }

    /// What there is to keep; nil when nothing has changed since the last time.
    func takeChanges(at time: WallTime) -> LimitSnapshot? {
        let isChanged = tables.withLock { tables in
            defer { tables.isChanged = false }
            return tables.isChanged
        }
        guard isChanged else { return nil }
        // A copy of a table would have the next request copy all of it within the lock.
        let records = records(at: time) { $0.keys } + records(at: time) { $0.addresses }
        return LimitSnapshot(time: time, records: records)
    }

    private func records(
        at time: WallTime, of table: (borrowing Tables) -> LimitTable<C>
    ) -> [LimitRecord] {
        var records: [LimitRecord] = []
        var start = 0
        while let part = tables.withLock({
            table($0).records(in: start..<start + Self.slice, at: time)
        }) {
            records += part
            start += Self.slice
        }
        return records
    }

    /// What was taken is to be taken again: it could not be kept.
    func keepChanges() { tables.withLock { $0.isChanged = true } }

    func restore(_ snapshot: LimitSnapshot, at time: WallTime) {
        tables.withLock { tables in
            for record in snapshot.records {
                tables[record.party].restore(record, of: snapshot.time.day, at: time)
            }
        }
    }
}

extension LimitRefusal: Comparable {
    /// By how long it lasts, as far as that is known.
    static func < (one: LimitRefusal, other: LimitRefusal) -> Bool { one.rank < other.rank }

    private var rank: (Int, Duration) {
        switch self {
        case .concurrent: (0, .zero)
        case .rate(let wait): (1, wait)
        case .dailyBytes: (2, .zero)
        }
    }
}
