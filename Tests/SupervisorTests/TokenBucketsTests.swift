import Testing

@testable import Supervisor

@Suite("A limit on how often something may happen")
struct TokenBucketsTests {
    private let clock = MovedClock()

    private func buckets(
        _ capacity: Int, mostKeys: Int = 100
    ) -> TokenBuckets<String, MovedClock> {
        TokenBuckets(capacity: capacity, interval: .seconds(2), mostKeys: mostKeys, clock: clock)
    }

    @Test("so many at once, then one for each interval, and never more than at the start")
    func refill() {
        var buckets = buckets(3)
        for _ in 0..<3 {
            #expect(buckets.wait(for: "a") == nil)
            buckets.take(for: "a")
        }
        #expect(buckets.wait(for: "a") == .seconds(2))
        #expect(buckets.wait(for: "b") == nil)
        clock.advance(by: .milliseconds(1_500))
        #expect(buckets.wait(for: "a") == .milliseconds(500))
        clock.advance(by: .milliseconds(500))
        #expect(buckets.wait(for: "a") == nil)
        buckets.take(for: "a")
        #expect(buckets.wait(for: "a") == .seconds(2))
        clock.advance(by: .seconds(86_400))
        for _ in 0..<3 {
            #expect(buckets.wait(for: "a") == nil)
            buckets.take(for: "a")
        }
        #expect(buckets.wait(for: "a") == .seconds(2))
    }

    @Test("asking in vain costs nothing: the wait does not grow")
    func vainAttempts() {
        var buckets = buckets(1)
        for _ in 0..<100 { buckets.take(for: "a") }
        #expect(buckets.wait(for: "a") == .seconds(2))
    }

    @Test("many keys take bounded memory, and push out the one that has least to answer for")
    func bounded() {
        var buckets = buckets(3, mostKeys: 4)
        for _ in 0..<3 { buckets.take(for: "worst") }
        for number in 0..<1_000 { buckets.take(for: "\(number)") }
        #expect(buckets.count == 4)
        #expect(buckets.wait(for: "worst") != nil)
    }

    @Test("keys whose buckets are full again are forgotten first")
    func forgets() {
        var buckets = buckets(3, mostKeys: 4)
        for number in 0..<4 { buckets.take(for: "\(number)") }
        clock.advance(by: .seconds(2))
        buckets.take(for: "new")
        #expect(buckets.count == 1)
    }
}
