import Logging
import NIOCore
import NIOEmbedded
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

    @Test("what happens often is spoken of once a second, all together")
    func words() {
        var word = RareWord()
        let start = NIODeadline.now()
        let before = word.add(0, at: start)
        let first = word.add(1, at: start)
        for _ in 0..<5 { _ = word.add(1, at: start) }
        let early = word.add(0, at: start + .milliseconds(999))
        let later = word.add(0, at: start + .seconds(1))
        let silence = word.add(0, at: start + .seconds(9))
        #expect([before, first, early, later, silence] == [nil, 1, nil, 5, nil])
    }
}

@Suite("Connections that give way to new ones")
struct GivingWayTests {
    private let door = ConnectionDoor(
        face: .public, connections: 8,
        logger: Logger(label: "", factory: SwiftLogNoOpLogHandler.init))
    private let start = NIODeadline.uptimeNanoseconds(1)

    /// Connections by their numbers: of this client, waiting since so many seconds after the start.
    private func counts(_ connections: [(String, Int64)]) throws -> ConnectionCounts {
        var counts = ConnectionCounts()
        for (id, (address, since)) in connections.enumerated() {
            let block = try #require(AddressBlock(address))
            _ = counts.enter(block, most: .max)
            counts.add(connection(id, block, since: since))
        }
        return counts
    }

    private func connection(
        _ id: Int, _ block: AddressBlock, since: Int64
    ) -> OpenConnection {
        OpenConnection(id, of: block, EmbeddedChannel(), at: door, since: start + .seconds(since))
    }

    private func leavers(
        _ count: Int, of counts: inout ConnectionCounts, after seconds: Int64 = 100,
        but newest: Int? = nil
    ) -> [Int] {
        counts.leavers(count, at: start + .seconds(seconds), but: newest).map(\.id)
    }

    @Test("go oldest first, where every client has one")
    func oldest() throws {
        var counts = try counts([("192.0.2.1", 3), ("192.0.2.2", 1), ("192.0.2.3", 2)])
        let first = leavers(2, of: &counts)
        #expect(first == [1, 2])
        let rest = leavers(2, of: &counts)
        #expect(rest == [0], "nobody is asked twice")
    }

    @Test("go first where a client has most, until it has as many as others")
    func most() throws {
        let many = (0..<4).map { ("192.0.2.9", Int64(10 + $0)) }
        var counts = try counts([("192.0.2.1", 1), ("192.0.2.2", 2)] + many)
        let gone = leavers(5, of: &counts)
        #expect(gone == [2, 3, 4, 0, 1])
    }

    @Test("are never the newest, nor those whose request is being answered")
    func spared() throws {
        var counts = try counts([("192.0.2.1", 1), ("192.0.2.2", 2)])
        let busy = connection(7, try #require(AddressBlock("192.0.2.3")), since: 0)
        busy.answers()
        counts.add(busy)
        let gone = leavers(3, of: &counts, but: 0)
        #expect(gone == [1])
    }

    @Test("are those with a slow body only when nobody waits, and never with one that is in time")
    func bodies() throws {
        let block = try #require(AddressBlock("192.0.2.1"))
        var counts = try counts([("192.0.2.2", 9)])
        // 240 bytes for each second: 2,400 in ten.
        let amounts = [2_399, 2_400]
        for (id, bytes) in zip([11, 12], amounts) {
            let receiving = connection(id, block, since: 0)
            receiving.receives(since: start)
            receiving.received(bytes)
            counts.add(receiving)
        }
        let early = leavers(3, of: &counts, after: 1)
        #expect(early == [0], "a body has a second to begin with")
        counts.keep(0)
        let gone = leavers(3, of: &counts, after: 10)
        #expect(gone == [0, 11])
    }

    @Test("count as gone, unless they stay")
    func excess() throws {
        var counts = try counts([("192.0.2.1", 1), ("192.0.2.2", 2), ("192.0.2.3", 3)])
        let before = counts.excess(over: 1)
        _ = leavers(2, of: &counts)
        let asked = counts.excess(over: 1)
        counts.keep(0)
        let kept = counts.excess(over: 1)
        counts.leave(AddressBlock("192.0.2.2"), 1)
        let left = counts.excess(over: 1)
        #expect([before, asked, kept, left] == [2, 0, 1, 1])
    }
}
