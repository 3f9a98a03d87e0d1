import Testing

@testable import Supervisor

@Suite("Clients whose requests keep killing children")
struct ClientBackoffTests {
    private let clock = MovedClock()

    /// One that can be changed within an expectation.
    private final class Held {
        private var backoff: ClientBackoff<AddressBlock?, MovedClock>

        init(_ backoff: ClientBackoff<AddressBlock?, MovedClock>) { self.backoff = backoff }

        func childDied(of key: AddressBlock?) -> Duration? { backoff.childDied(of: key) }
        func wait(for key: AddressBlock?) -> Duration? { backoff.wait(for: key) }
        var count: Int { backoff.count }
    }

    private func backoff(deaths: Int = 3, mostKeys: Int = 100) -> Held {
        Held(
            ClientBackoff(
                limits: SlowingSettings(
                    deaths: deaths, window: .seconds(60), first: .seconds(1),
                    longest: .seconds(10)),
                mostKeys: mostKeys, clock: clock))
    }

    @Test("the third death begins a wait, and each further one after it doubles, up to the longest")
    func doubling() {
        let client = AddressBlock("192.0.2.1")
        let backoff = backoff()
        #expect(backoff.childDied(of: client) == nil)
        #expect(backoff.childDied(of: client) == nil)
        #expect(backoff.wait(for: client) == nil)
        var waits: [Duration] = []
        for _ in 0..<70 {
            guard let wait = backoff.childDied(of: client) else { break }
            waits.append(wait)
            #expect(backoff.wait(for: client) == wait)
            clock.advance(by: wait)
            #expect(backoff.wait(for: client) == nil)
        }
        #expect(waits.count == 70)
        #expect(waits.prefix(6) == [1, 2, 4, 8, 10, 10].map { .seconds($0) }[...])
        #expect(waits.last == .seconds(10))
    }

    @Test("what was let in before a wait makes it no longer, and others do not wait")
    func inFlight() {
        let client = AddressBlock("192.0.2.1")
        let backoff = backoff()
        for _ in 0..<3 { _ = backoff.childDied(of: client) }
        for _ in 0..<30 { #expect(backoff.childDied(of: client) == nil) }
        #expect(backoff.wait(for: client) == .seconds(1))
        #expect(backoff.wait(for: AddressBlock("192.0.2.2")) == nil)
        clock.advance(by: .seconds(1))
        #expect(backoff.childDied(of: client) == .seconds(2))
    }

    @Test("a window without a death after the wait forgives all; deaths far apart never add up")
    func forgiven() {
        let client = AddressBlock("192.0.2.1")
        let backoff = backoff()
        for _ in 0..<3 { _ = backoff.childDied(of: client) }
        clock.advance(by: .seconds(61))
        #expect(backoff.childDied(of: client) == nil)
        #expect(backoff.childDied(of: client) == nil)
        #expect(backoff.childDied(of: client) == .seconds(1))
        clock.advance(by: .seconds(61))
        for _ in 0..<50 {
            #expect(backoff.childDied(of: client) == nil)
            clock.advance(by: .seconds(30))
        }
    }

    @Test("all addresses of one IPv6 subscriber are one client")
    func subscriber() {
        let backoff = backoff()
        for number in 1...3 { _ = backoff.childDied(of: AddressBlock("2001:db8::\(number)")) }
        #expect(backoff.wait(for: AddressBlock("2001:db8::ffff")) != nil)
        #expect(backoff.wait(for: AddressBlock("2001:db8:0:1::1")) == nil)
    }

    @Test("many clients take bounded memory; 0 slows nobody")
    func bounded() {
        let many = backoff(mostKeys: 20)
        for number in 0..<1_000 {
            clock.advance(by: .milliseconds(1))
            _ = many.childDied(of: AddressBlock("10.0.\(number / 250).\(number % 250)"))
            #expect(many.count <= 20)
        }
        let off = backoff(deaths: 0)
        for _ in 0..<50 { #expect(off.childDied(of: nil) == nil) }
        #expect(off.wait(for: nil) == nil && off.count == 0)
    }

    @Test("who waits is not let go for strangers that die in a flood")
    func flood() {
        let client = AddressBlock("192.0.2.1")
        let backoff = backoff(mostKeys: 20)
        for _ in 0..<4 {
            while backoff.childDied(of: client) == nil {}
            if let wait = backoff.wait(for: client), wait < .seconds(8) { clock.advance(by: wait) }
        }
        for number in 0..<1_000 {
            clock.advance(by: .milliseconds(1))
            _ = backoff.childDied(of: AddressBlock("10.0.\(number / 250).\(number % 250)"))
            #expect(backoff.count <= 20)
        }
        #expect(backoff.wait(for: client) == .seconds(7))
    }

    @Test("a site is a /48, a block a /64, and an IPv4 address both; loopback is this machine")
    func blocks() throws {
        let one = try #require(AddressBlock("2001:db8:0:1::1"))
        let other = try #require(AddressBlock("2001:db8:0:2::1"))
        #expect(one != other && one.site == other.site)
        #expect(one.site != AddressBlock("2001:db8:1::1")?.site)
        let plain = try #require(AddressBlock("192.0.2.1"))
        #expect(plain.site == plain)
        for text in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
            #expect(AddressBlock(text)?.isLoopback == true, "\(text)")
        }
        for text in ["128.0.0.1", "2001:db8::1", "::ffff:192.0.2.1", "10.0.0.1"] {
            #expect(AddressBlock(text)?.isLoopback == false, "\(text)")
        }
    }
}
