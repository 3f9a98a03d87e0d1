import NIOCore
import Testing

@testable import Supervisor

@Suite("Connections of one client")
struct ConnectionDoorTests {
    private func block(_ text: String) throws -> AddressBlock {
        try #require(AddressBlock(text))
    }

    @Test("an IPv4 address is a client, also where it comes over IPv6")
    func v4() throws {
        #expect(try block("192.0.2.1") != block("192.0.2.2"))
        #expect(try block("192.0.2.1") == block("::ffff:192.0.2.1"))
    }

    @Test("of IPv6 addresses one /64 is a client")
    func v6() throws {
        #expect(try block("2001:db8:1:2::1") == block("2001:db8:1:2:ffff:ffff:ffff:ffff"))
        #expect(try block("2001:db8:1:2::1") != block("2001:db8:1:3::1"))
        #expect(try block("::1") != block("192.0.2.1"))
    }

    @Test("what is no address is no client", arguments: ["", "localhost", "1.2.3", "[::1]"])
    func noAddress(_ text: String) {
        #expect(AddressBlock(text) == nil)
    }

    @Test("each may have as many as the limit says, and others when some are closed")
    func counts() throws {
        var counts = ConnectionCounts()
        let (one, other) = (try block("192.0.2.1"), try block("192.0.2.2"))
        let entered = (0..<3).map { _ in counts.enter(one, most: 2) }
        #expect(entered == [true, true, false])
        let otherEntered = counts.enter(other, most: 2)
        #expect(otherEntered)
        counts.leave(one)
        let again = (0..<2).map { _ in counts.enter(one, most: 2) }
        #expect(again == [true, false])
    }

    @Test("those that were turned away are spoken of once a second, all together")
    func words() throws {
        var counts = ConnectionCounts()
        let one = try block("192.0.2.1")
        let start = NIODeadline.now()
        let before = counts.word(at: start)
        _ = counts.enter(one, most: 0)
        let first = counts.word(at: start)
        for _ in 0..<5 { _ = counts.enter(one, most: 0) }
        let early = counts.word(at: start + .milliseconds(999))
        let later = counts.word(at: start + .seconds(1))
        let silence = counts.word(at: start + .seconds(9))
        #expect([before, first, early, later, silence] == [nil, 1, nil, 5, nil])
    }
}
