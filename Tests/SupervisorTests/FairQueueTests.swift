import Randomness
import Testing

@testable import Supervisor

@Suite("Turns of parties in the queue")
struct FairQueueTests {
    private typealias Slots = JobSlots<String, ManualClock>

    private var slots = Slots(most: 1, queue: 10_000)
    private let now = ManualClock.Instant.after(.zero)

    private static func key(_ name: String) -> Caller.Party? { .key(name) }

    /// A job of a party is named after it.
    @discardableResult
    private mutating func wait(
        _ party: String, _ name: String? = nil, _ size: JobSize = .small, again: Bool = false
    ) -> (number: UInt64, turnedAway: String?)? {
        let key = Self.key(party)
        guard let place = slots.reserve(again: again, for: key) else { return nil }
        let failure = slots.wait(
            place.number, name ?? party, size, for: key, again: again, at: now)
        #expect(failure == nil)
        return place
    }

    /// The next that is served, at once done with.
    private mutating func next() -> String? {
        slots.next(at: now) { _ in true }?.waiter
    }

    @Test("a party with one job waits for one of a party with a thousand")
    mutating func flood() {
        slots = Slots(most: 2, queue: 10_000)
        slots.take(.small, for: Self.key("flood"))
        for _ in 0..<1_000 { wait("flood") }
        _ = next()
        wait("single")
        let served = [next(), next()]
        #expect(served.contains("single"))
    }

    @Test("who has most jobs is known as if all were counted", arguments: 0..<20)
    func ranks(_ seed: UInt64) {
        var random = RepeatableRandom(seed: seed)
        var ranks = PartyRanks<Int>()
        var counts: [Int: Int] = [:]
        for _ in 0..<500 {
            let party = Int.random(in: 0..<9, using: &random)
            let old = counts[party, default: 0]
            let new = old > 0 && Bool.random(using: &random) ? old - 1 : old + 1
            ranks.move(party, from: old, to: new)
            counts[party] = new
            let most = counts.values.max() ?? 0
            let leading = Set(counts.filter { $0.value == most && most > 0 }.keys)
            #expect(ranks.most == most && ranks.leading == leading)
        }
    }

    @Test("whoever has jobs at work goes after whoever has none")
    mutating func atWork() {
        slots = Slots(most: 4, queue: 100)
        for _ in 0..<4 { slots.take(.small, for: Self.key("busy")) }
        wait("busy")
        wait("new")
        slots.release(.small)
        #expect(next() == "new")
        #expect(next() == "busy")
    }

    @Test("parties with jobs without end are served the same number of times")
    mutating func equal() {
        let parties = (0..<7).map { "\($0)" }
        for party in parties {
            for _ in 0..<(100 + 37 * Int(party)!) { wait(party) }
        }
        var counts: [String: Int] = [:]
        for _ in 0..<700 {
            guard let party = next() else { break }
            counts[party, default: 0] += 1
            let served = parties.map { counts[$0, default: 0] }
            #expect(served.max()! - served.min()! <= 1)
        }
        #expect(counts.values.allSatisfy { $0 == 100 })
    }

    @Test("new parties without end do not keep a party from its second job")
    mutating func newcomers() {
        wait("old", "first")
        wait("old", "second")
        var round = 0
        for _ in 0..<10 {
            wait("new \(round)")
            round += 1
        }
        var served: [String] = []
        for _ in 0..<200 where !served.contains("second") {
            wait("new \(round)")
            round += 1
            if let next = next() { served.append(next) }
        }
        #expect(served.first == "first")
        #expect(served.contains("second"))
    }

    @Test("jobs that were given up do not count as served")
    mutating func givenUp() throws {
        slots = Slots(most: 2, queue: 10_000)
        slots.take(.small, for: Self.key("gone"))
        let numbers = (0..<500).compactMap { _ in wait("gone")?.number }
        wait("gone", "last")
        for _ in 0..<20 { wait("other") }
        for number in numbers { #expect(slots.giveUp(number, .abandoned) == "gone") }
        let served = (0..<3).map { _ in next() }
        #expect(served.contains("last"))
    }

    @Test("after a rest nobody owes anything")
    mutating func rest() {
        slots = Slots(most: 8, queue: 100)
        for _ in 0..<8 { slots.take(.small, for: Self.key("busy")) }
        for _ in 0..<8 { slots.release(.small) }
        wait("busy")
        wait("new")
        #expect(next() == "busy")
    }

    @Test("a full queue takes a newcomer in the place of the newest job of the party with most")
    mutating func pushedOut() {
        slots = Slots(most: 1, queue: 4)
        for number in 0..<4 { wait("flood", "flood \(number)") }
        #expect(wait("flood") == nil)
        #expect(wait("a")?.turnedAway == "flood 3")
        #expect(wait("b")?.turnedAway == "flood 2")
        // One for one would only go back and forth.
        #expect(wait("a") == nil)
        #expect(wait("flood") == nil)
        #expect(wait("c")?.turnedAway == "flood 1")
        #expect(wait("d") == nil)
        #expect(slots.waiting == 4)
        #expect(Set((0..<4).map { _ in next() }) == ["flood 0", "a", "b", "c"])
    }

    @Test("a job that was admitted before is never pushed out, nor counted as one of many")
    mutating func again() {
        slots = Slots(most: 1, queue: 2)
        wait("flood", "again 1", again: true)
        wait("flood", "again 2", again: true)
        #expect(wait("new") == nil)
        #expect(wait("flood", "again 3", again: true) != nil)
        #expect((0..<3).map { _ in next() } == ["again 3", "again 2", "again 1"])
    }

    @Test("a large job of one party is overtaken by small ones of others so often and no more")
    mutating func overtaken() {
        wait("large", "large", .large)
        for _ in 0..<100 { wait("flood") }
        var before = 0
        while let served = next(), served != "large" { before += 1 }
        #expect(before == Slots.mostOvertaking)
    }

    @Test("what is chosen is what a plain second implementation chooses", arguments: 0..<40)
    func model(_ seed: UInt64) {
        var random = RepeatableRandom(seed: seed)
        let most = Int.random(in: 1...4, using: &random)
        let queue = Int.random(in: 0...30, using: &random)
        let parties = (0..<Int.random(in: 1...6, using: &random)).map { Self.key("\($0)") } + [nil]
        var slots = Slots(most: most, queue: queue)
        var model = PlainQueue(most: most, queue: queue)
        var now = self.now
        var at: [JobSize] = []
        var numbers: [UInt64] = []
        for step in 0..<600 {
            now = now.advanced(by: .milliseconds(Int.random(in: 0...60, using: &random)))
            let size: JobSize = Int.random(in: 0..<3, using: &random) == 0 ? .large : .small
            let party = parties.randomElement(using: &random)!
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let again = Int.random(in: 0..<20, using: &random) == 0
                let place = slots.reserve(again: again, for: party)
                let other = model.wait("\(step)", size, party, again, now)
                #expect((place != nil) == other.isIn)
                #expect(place?.turnedAway == other.turnedAway)
                guard let place else { continue }
                numbers.append(place.number)
                model.number(place.number)
                let failure = slots.wait(
                    place.number, "\(step)", size, for: party, again: again, at: now)
                #expect(failure == nil)
            case 5:
                guard let number = numbers.randomElement(using: &random) else { continue }
                #expect(slots.giveUp(number, .abandoned) == model.giveUp(number))
            case 6 where slots.isFree(for: size) && slots.waiting == 0:
                slots.take(size, for: party)
                model.take(size, party)
                at.append(size)
            case 7:
                guard let index = at.indices.randomElement(using: &random) else { continue }
                let size = at.remove(at: index)
                slots.release(size)
                model.release(size)
            default:
                let refused = Int.random(in: 0..<4, using: &random)
                let chosen = slots.next(at: now) { (Int($0) ?? 0) % 4 != refused }
                let other = model.next(now) { (Int($0) ?? 0) % 4 != refused }
                #expect(chosen?.waiter == other)
                guard let chosen else { continue }
                slots.take(chosen.size)
                model.take(chosen.size)
                at.append(chosen.size)
            }
            #expect(slots.waiting == model.entries.count)
        }
    }
}
