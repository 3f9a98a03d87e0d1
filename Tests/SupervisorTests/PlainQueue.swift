@testable import Supervisor

/// The rules of the queue once more, on one list that is sorted for each question.
struct PlainQueue {
    struct Entry {
        var number: UInt64 = 0
        var name: String
        var size: JobSize
        var party: Caller.Party?
        var since: ManualClock.Instant
        var again: Int?
        var overtaken = 0
    }

    let most: Int
    let queue: Int
    var entries: [Entry] = []
    private var running: [JobSize] = []
    /// Virtual time in jobs, as fractions of a power of two that Double has exactly.
    private var present = 0.0
    private var starts: [Caller.Party?: (start: Double, order: Int)] = [:]
    private var ends: [Caller.Party?: Double] = [:]
    private var clock = 0

    init(most: Int, queue: Int) { (self.most, self.queue) = (most, queue) }

    private func count(_ party: Caller.Party?) -> Int {
        entries.count { $0.again == nil && $0.party == party }
    }

    mutating func wait(
        _ name: String, _ size: JobSize, _ party: Caller.Party?, _ again: Bool,
        _ now: ManualClock.Instant
    ) -> (isIn: Bool, turnedAway: String?) {
        var turnedAway: String?
        if !again, entries.count >= queue {
            let newest = entries.indices.filter { entries[$0].again == nil }.max {
                (count(entries[$0].party), entries[$0].number)
                    < (count(entries[$1].party), entries[$1].number)
            }
            guard let newest, count(entries[newest].party) > count(party) + 1 else {
                return (false, nil)
            }
            turnedAway = entries.remove(at: newest).name
        }
        clock += 1
        if !again, count(party) == 0 { starts[party] = (max(present, ends[party] ?? 0), clock) }
        entries.append(
            Entry(name: name, size: size, party: party, since: now, again: again ? clock : nil))
        return (true, turnedAway)
    }

    mutating func number(_ number: UInt64) { entries[entries.count - 1].number = number }

    mutating func giveUp(_ number: UInt64) -> String? {
        guard let index = entries.firstIndex(where: { $0.number == number }) else { return nil }
        return entries.remove(at: index).name
    }

    private func isFree(_ size: JobSize) -> Bool {
        running.count < most
            && (size == .small || running.count { $0 == .large } < max(1, most - 1))
    }

    mutating func take(_ size: JobSize) { running.append(size) }

    mutating func take(_ size: JobSize, _ party: Caller.Party?) {
        take(size)
        present = max(present, ends[party] ?? 0)
        ends[party] = present + 1
    }

    mutating func release(_ size: JobSize) {
        running.remove(at: running.firstIndex(of: size)!)
        if running.isEmpty, entries.allSatisfy({ $0.again != nil }) { ends = [:] }
    }

    mutating func next(
        _ now: ManualClock.Instant, _ canServe: (String) -> Bool
    ) -> String? {
        guard isFree(.small) else { return nil }
        let order = entries.indices.sorted { one, other in
            let (one, other) = (entries[one], entries[other])
            switch (one.again, other.again) {
            case (let one?, let other?): return one > other
            case (nil, nil): break
            case (let one, _): return one != nil
            }
            let (first, second) = (starts[one.party]!, starts[other.party]!)
            return (first.start, Double(first.order), Double(one.number))
                < (second.start, Double(second.order), Double(other.number))
        }
        let able = order.filter {
            canServe(entries[$0].name) && (entries[$0].size == .small || isFree(.large))
        }
        let due = able.first { index in
            let entry = entries[index]
            return entry.again != nil || entry.size == .small || entry.overtaken >= 16
                || entry.since.duration(to: now) >= .seconds(1)
        }
        guard let chosen = due ?? able.first else { return nil }
        if due != nil {
            for index in able.prefix(while: { $0 != chosen }) { entries[index].overtaken += 1 }
        }
        let entry = entries[chosen]
        if entry.again == nil {
            let waiting = Set(entries.filter { $0.again == nil }.map(\.party)).count
            let start = starts[entry.party]!.start
            present = max(present + Double((1 << 20) / (waiting + 1)) / Double(1 << 20), start)
            clock += 1
            starts[entry.party] = (start + 1, clock)
            ends[entry.party] = start + 1
        }
        entries.remove(at: chosen)
        return entry.name
    }
}
