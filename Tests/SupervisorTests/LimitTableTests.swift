import Randomness
import Testing

@testable import Supervisor

@Suite("Counters of limits")
struct LimitTableTests {
    private let clock = MovedClock()
    private let noon = WallTime(milliseconds: 20_000 * 86_400_000 + 43_200_000)

    private final class Held {
        var table: LimitTable<MovedClock>

        init(_ table: LimitTable<MovedClock>) { self.table = table }

        /// Whether a request is let in.
        func enters(_ want: LimitWant, on day: Int64 = 20_000) -> Bool {
            table.settle(want)
            guard table.refusal(want, on: day) == nil else { return false }
            table.enter(want, on: day)
            table.leave(want.party)
            return true
        }
    }

    private func table(_ mostParties: Int = 100) -> Held {
        Held(LimitTable(mostParties: mostParties, clock: clock))
    }

    private func want(_ party: String, _ limits: KeyLimits) -> LimitWant {
        LimitWant(party: .key(party), limits: limits)
    }

    @Test(
        "a rate lets in what a bucket lets in that is filled drop by drop",
        arguments: ["1/s", "3/s", "7/s", "60/m", "1000/h", "5/d"])
    func secondImplementation(_ text: String) throws {
        let rate = try #require(Rate(text))
        let held = table()
        let want = want("a", KeyLimits(rate: rate))
        var random = RepeatableRandom(seed: UInt64(rate.count))
        // The bucket in nanoseconds' worth of tokens: a token is the interval.
        let interval = rate.unit.seconds * 1_000_000_000 / rate.count
        var filled = interval * rate.count
        for _ in 0..<5_000 {
            let pauses = [0, 0, Int.random(in: 0...(3 * interval), using: &random)]
            let pause = pauses.randomElement(using: &random) ?? 0
            clock.advance(by: .nanoseconds(pause))
            filled = min(interval * rate.count, filled + pause)
            let account = held.table.account(want, on: 0)
            #expect(account.requests == filled / interval)
            let isIn = filled >= interval
            #expect(held.enters(want) == isIn)
            if isIn {
                filled -= interval
            } else {
                let wait = LimitRefusal.rate(.nanoseconds(interval - filled))
                #expect(held.table.refusal(want, on: 0) == wait)
            }
        }
    }

    @Test("so many at the same time, and one more for each that leaves")
    func concurrent() {
        let held = table()
        let want = want("a", KeyLimits(concurrent: 2))
        for _ in 0..<2 {
            #expect(held.table.refusal(want, on: 0) == nil)
            held.table.enter(want, on: 0)
        }
        #expect(held.table.refusal(want, on: 0) == .concurrent)
        held.table.leave(want.party)
        #expect(held.table.refusal(want, on: 0) == nil)
        for _ in 0..<5 { held.table.leave(want.party) }
        held.table.enter(want, on: 0)
        held.table.enter(want, on: 0)
        #expect(held.table.refusal(want, on: 0) == .concurrent)
    }

    @Test("bytes count for the day of UTC that they are of, and the next day begins anew")
    func bytes() {
        let held = table()
        let want = want("a", KeyLimits(dailyBytes: 100))
        held.table.charge(99, to: want.party, on: 20_000)
        #expect(held.enters(want))
        #expect(held.table.account(want, on: 20_000).bytes == 1)
        held.table.charge(.max, to: want.party, on: 20_000)
        #expect(held.table.refusal(want, on: 20_000) == .dailyBytes)
        #expect(held.table.account(want, on: 20_000).bytes == 0)
        #expect(held.enters(want, on: 20_001))
        #expect(noon.day == 20_000 && noon.secondsToMidnight == 43_200)
    }

    @Test("a rate that a reload has raised lets in at once what it lets in from an empty bucket")
    func changed() {
        let held = table()
        let slow = want("a", KeyLimits(rate: Rate(2, per: .day)))
        #expect(held.enters(slow) && held.enters(slow) && !held.enters(slow))
        let fast = want("a", KeyLimits(rate: Rate(10, per: .second)))
        #expect(!held.enters(fast))
        #expect(held.table.refusal(fast, on: 0) == .rate(.milliseconds(100)))
        clock.advance(by: .milliseconds(250))
        #expect(held.enters(fast) && held.enters(fast) && !held.enters(fast))
    }

    @Test("addresses without number take bounded memory, and make nobody's empty bucket forgotten")
    func bounded() {
        let held = table(64)
        let limits = KeyLimits(rate: Rate(10, per: .hour))
        let worst = want("worst", limits)
        for _ in 0..<10 { #expect(held.enters(worst)) }
        #expect(!held.enters(worst))
        for number in 0..<10_000 { #expect(held.enters(want("\(number)", limits))) }
        #expect(held.table.count == 64)
        #expect(!held.enters(worst))
    }

    @Test("a party with a request under way is not forgotten, and its place is given back")
    func underWay() {
        let held = table(8)
        let limits = KeyLimits(rate: Rate(10, per: .hour), concurrent: 1)
        for number in 0..<20 { held.table.enter(want("busy \(number)", limits), on: 0) }
        #expect(held.table.count == 20)
        for number in 0..<100 { _ = held.enters(want("\(number)", limits)) }
        for number in 0..<20 {
            #expect(held.table.refusal(want("busy \(number)", limits), on: 0) == .concurrent)
        }
    }

    // MARK: Across a restart

    private let key = LimitWant(
        party: .key("k1"), limits: KeyLimits(rate: Rate(4, per: .hour), dailyBytes: 1_000))
    private let address = LimitWant(
        party: .address(AddressBlock("192.0.2.7")!), limits: KeyLimits(rate: Rate(2, per: .minute)))
    private let site = LimitWant(
        party: .site(AddressBlock("2001:db8::1")!.site),
        limits: KeyLimits(rate: Rate(2, per: .minute)))

    /// Counters after three requests, as a file has them.
    private func written() throws -> [UInt8] {
        let counters = CountersInMemory(clock: clock)
        #expect(counters.takeChanges(at: noon) == nil)
        for want in [key, address, site] { _ = counters.enter([want], at: noon) }
        counters.charge(300, to: key.party, at: noon)
        let snapshot = try #require(counters.takeChanges(at: noon))
        #expect(counters.takeChanges(at: noon) == nil)
        return Array(snapshot.json.text.utf8)
    }

    private func accounts(
        _ bytes: [UInt8], later milliseconds: Int64
    ) throws -> [LimitAccount] {
        let counters = CountersInMemory(clock: clock)
        let time = WallTime(milliseconds: noon.milliseconds + milliseconds)
        counters.restore(try #require(LimitSnapshot(bytes)), at: time)
        return [key, address, site].map { counters.enter([$0], at: time).accounts[0] }
    }

    @Test("counters go on after a restart where they were, with the time between counted")
    func restart() throws {
        let bytes = try written()
        let soon = try accounts(bytes, later: 1_000)
        #expect(soon.map(\.requests) == [2, 0, 0])
        #expect(soon[0].bytes == 700)
        #expect(soon[1].next == .seconds(29))
        let later = try accounts(bytes, later: 3_600_000)
        #expect(later.map(\.requests) == [3, 1, 1])
        #expect(try accounts(bytes, later: 43_200_000)[0].bytes == 1_000)
        // The clock of the machine was put back meanwhile.
        #expect(try accounts(bytes, later: -86_400_000).map(\.requests) == [0, 0, 0])
    }

    @Test("what has been kept is dropped when it is past")
    func past() throws {
        let counters = CountersInMemory(clock: clock)
        let snapshot = try #require(LimitSnapshot(try written()))
        counters.restore(snapshot, at: WallTime(milliseconds: noon.milliseconds + 86_400_000))
        #expect(counters.count == 0)
        counters.restore(snapshot, at: noon)
        #expect(counters.count == 3)
    }

    @Test("a file that is not exactly what is written is not believed in part")
    func broken() throws {
        let text = String(decoding: try written(), as: UTF8.self)
        #expect(LimitSnapshot(Array(text.utf8)) != nil)
        let changes = [
            ("\"version\":1", "\"version\":2"), ("key:k1", "k1"),
            ("address:c0000207", "address:c00002"),
            ("address:c0000207", "address:C0000207"), ("site:20010db80000", "site:20010db8"),
            ("\"bytes\":300", "\"bytes\":-1"), ("\"bytes\":300", "\"bytes\":99999999999999999999"),
            ("\"full_ms\":1", "\"full_ms\":-1"),
            ("}]}", "}]"), ("{", "["), ("\"time_ms\":", "\"time_ms\":-"),
        ]
        for (old, new) in changes {
            let broken = text.replacing(old, with: new, maxReplacements: 1)
            #expect(broken != text, "\(old)")
            #expect(LimitSnapshot(Array(broken.utf8)) == nil, "\(new)")
        }
        for length in 0..<text.utf8.count {
            #expect(LimitSnapshot(Array(text.utf8.prefix(length))) == nil)
        }
    }

    @Test("all parties are kept, however many they are", arguments: [1, 255, 256, 257, 1_500])
    func many(_ count: Int) throws {
        let counters = CountersInMemory(clock: clock)
        let limits = KeyLimits(rate: Rate(1, per: .day))
        let parties = (0..<count).map { number in
            [
                LimitParty.key("k\(number)"),
                .address(.v4([10, 0, UInt8(number / 256), UInt8(number % 256)])),
            ]
        }
        for parties in parties {
            _ = counters.enter(parties.map { LimitWant(party: $0, limits: limits) }, at: noon)
        }
        let snapshot = try #require(counters.takeChanges(at: noon))
        #expect(snapshot.records.count == 2 * count)
        #expect(Set(snapshot.records.map(\.party)) == Set(parties.joined()))
        #expect(counters.takeChanges(at: noon) == nil)
    }

    @Test("a record that lies too far ahead, as after a clock was set back, is worth a day at most")
    func ahead() throws {
        let text = String(decoding: try written(), as: UTF8.self)
        let changed = text.replacing("\"full_ms\":1", with: "\"full_ms\":9", maxReplacements: 1)
        let snapshot = try #require(LimitSnapshot(Array(changed.utf8)))
        let last = snapshot.records.map(\.fullAgain).max()
        #expect(last == snapshot.time.milliseconds + 86_400_000)
        #expect(snapshot.records.count == LimitSnapshot(Array(text.utf8))?.records.count)
    }

    @Test("refused by one of its parties, a request takes nothing of the others")
    func nothingTaken() {
        let counters = CountersInMemory(clock: clock)
        for _ in 0..<5 { _ = counters.enter([address, site], at: noon) }
        clock.advance(by: .seconds(30))
        let (accounts, refusal) = counters.enter([address, site], at: noon)
        #expect(refusal == nil && accounts.map(\.requests) == [0, 0])
        let (_, again) = counters.enter([address, site], at: noon)
        #expect(again == .rate(.seconds(30)))
    }
}
