import FoundationEssentials
import Testing

@testable import Supervisor

@Suite("A flood of crashes")
struct CrashFloodTests {
    /// The beginning of a minute.
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private static func key(
        _ signature: String = "a", _ class: CrashClass = .crash, seen: String = "crash 11",
        of client: String? = nil, request: String? = nil
    ) -> CrashFlood.Key {
        CrashFlood.Key(
            signature: signature, class: `class`, policy: "raster", seen: seen,
            client: client.flatMap { AddressBlock($0) }, requestID: request,
            inputSHA256: request.map { "hash of \($0)" })
    }

    /// How many of these are written.
    private static func written(_ flood: inout CrashFlood, _ keys: [CrashFlood.Key]) -> Int {
        keys.count { flood.admits($0, at: start) }
    }

    @Test("the first ones of a signature in a minute are written, the others are one count")
    func counted() {
        var flood = CrashFlood(full: 3)
        let answers = (0..<10).map { flood.admits(Self.key(), at: Self.start + Double($0)) }
        #expect(answers == Array(repeating: true, count: 3) + Array(repeating: false, count: 7))
        #expect(flood.admits(Self.key("b"), at: Self.start) == true)
        #expect(flood.drain(at: Self.start + 59).isEmpty)
        let counts = flood.drain(at: Self.start + 60)
        #expect(counts.map(\.count) == [7])
        #expect(counts.first?.since == "2027-01-15T08:00:03.000Z")
        #expect(counts.first?.until == "2027-01-15T08:00:09.000Z")
        #expect(flood.admits(Self.key(), at: Self.start + 61) == true)
    }

    @Test("the end of the service ends the minute")
    func end() {
        var flood = CrashFlood(full: 1)
        for _ in 0..<5 { _ = flood.admits(Self.key(), at: Self.start) }
        #expect(flood.drain(at: Self.start, isEnd: true).map(\.count) == [4])
        #expect(flood.drain(at: Self.start, isEnd: true).isEmpty)
    }

    @Test("a child that repeats what others crash with is not hidden among their crashes")
    func hiding() {
        var flood = CrashFlood(full: 3)
        for _ in 0..<50 { _ = flood.admits(Self.key(of: "192.0.2.1"), at: Self.start) }
        #expect(flood.admits(Self.key(of: "198.51.100.7"), at: Self.start) == true)
        // Nor does it die of another signal, or make a call, unseen.
        #expect(flood.admits(Self.key(seen: "crash 4", of: "192.0.2.1"), at: Self.start) == true)
        let denied = Self.key("a", .violation, seen: "violation 59", of: "192.0.2.1")
        #expect(flood.admits(denied, at: Self.start) == true)
    }

    @Test("who makes up signatures takes its share, and pushes nobody's crash out of the log")
    func share() {
        var flood = CrashFlood(full: 3)
        let made = (0..<5_000).map { Self.key("\($0)", of: "2001:db8:0:\($0 % 900)::1") }
        // All from one site.
        let taken = Self.written(&flood, made)
        #expect(taken == 3 * CrashFlood.ofClient)
        let other = Self.key("x", of: "192.0.2.1", request: "r")
        let others = Self.written(&flood, Array(repeating: other, count: 5))
        #expect(others == 3)
        let own = Self.key("v", .violation, seen: "violation 59", of: "2001:db8::1")
        let denials = Self.written(&flood, Array(repeating: own, count: 5))
        #expect(denials == 3)
        let counts = flood.drain(at: Self.start + 60)
        let sum = counts.map(\.count).reduce(0, +)
        #expect(sum == 5_000 - 15 + 2 + 2)
        #expect(counts.first { $0.signature == "x" }?.count == 2)
        #expect(counts.contains { $0.signature == CrashFlood.others })
        #expect(counts.count == CrashFlood.mostGroupsOfClient + 3)
    }

    @Test(
        "however many they are, a minute has so many records, and violations have some of their own"
    )
    func bounded() {
        var flood = CrashFlood(full: 3)
        let crashes = (0..<5_000).map { Self.key("\($0)", of: "10.0.\($0 / 250).\($0 % 250)") }
        let all = Self.written(&flood, crashes)
        #expect(all == 3 * CrashFlood.ofAll)
        let violations = (0..<5_000).map {
            Self.key("\($0)", .violation, of: "10.1.\($0 / 250).\($0 % 250)")
        }
        let reserved = Self.written(&flood, violations)
        #expect(reserved == 3 * CrashFlood.reserve)
        let counts = flood.drain(at: Self.start + 60)
        #expect(counts.count <= CrashFlood.mostGroups + 2)
        let sum = counts.map(\.count).reduce(0, +)
        #expect(sum == 10_000 - 3 * (CrashFlood.ofAll + CrashFlood.reserve))
    }

    @Test(
        "a count names the first few requests and inputs, also when it could not be written at once"
    )
    func named() throws {
        var flood = CrashFlood(full: 1)
        for number in 0..<9 { _ = flood.admits(Self.key(request: "\(number / 2)"), at: Self.start) }
        var count = try #require(flood.drain(at: Self.start + 60).first)
        #expect(count.requests == ["0", "1", "2"])
        #expect(count.inputs == ["hash of 0", "hash of 1", "hash of 2"])
        count.count = .max
        flood.count(again: count, at: Self.start + 60)
        _ = flood.admits(Self.key(request: "9"), at: Self.start + 61)
        _ = flood.admits(Self.key(request: "9"), at: Self.start + 61)
        let later = try #require(flood.drain(at: Self.start + 120).first)
        #expect(later.count == .max && later.since == count.since)
        #expect(later.requests == count.requests && later.inputs == count.inputs)
    }
}
