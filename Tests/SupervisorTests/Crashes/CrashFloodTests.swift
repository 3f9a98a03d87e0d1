import FoundationEssentials
import Testing

@testable import Supervisor

@Suite("A flood of equal crashes")
struct CrashFloodTests {
    private static let key = CrashFlood.Key(signature: "a", class: .crash, policy: "raster")
    /// The beginning of a minute.
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test("the first ones of a signature in a minute are written, the others are one count")
    func counted() {
        var flood = CrashFlood(full: 3)
        let answers = (0..<10).map { flood.admits(Self.key, at: Self.start + Double($0)) }
        #expect(answers == Array(repeating: true, count: 3) + Array(repeating: false, count: 7))
        var other = Self.key
        other.signature = "b"
        #expect(flood.admits(other, at: Self.start) == true)
        #expect(flood.drain(at: Self.start + 59).isEmpty)
        let counts = flood.drain(at: Self.start + 60)
        #expect(counts.map(\.count) == [7])
        #expect(counts.first?.since == "2027-01-15T08:00:03.000Z")
        #expect(counts.first?.until == "2027-01-15T08:00:09.000Z")
        #expect(flood.admits(Self.key, at: Self.start + 61) == true)
    }

    @Test("the end of the service ends the minute")
    func end() {
        var flood = CrashFlood(full: 1)
        for _ in 0..<5 { _ = flood.admits(Self.key, at: Self.start) }
        #expect(flood.drain(at: Self.start, isEnd: true).map(\.count) == [4])
        #expect(flood.drain(at: Self.start, isEnd: true).isEmpty)
    }

    @Test("who makes up signatures fills neither memory nor the disk, and is counted all the same")
    func bounded() {
        var flood = CrashFlood(full: 3)
        var written = 0
        for number in 0..<5_000 {
            let key = CrashFlood.Key(signature: "\(number)", class: .crash, policy: "raster")
            if flood.admits(key, at: Self.start) { written += 1 }
        }
        #expect(written == CrashFlood.mostKeys)
        let counts = flood.drain(at: Self.start + 60)
        #expect(counts.map(\.signature) == [CrashFlood.others])
        #expect(counts.map(\.count) == [5_000 - written])
    }
}
