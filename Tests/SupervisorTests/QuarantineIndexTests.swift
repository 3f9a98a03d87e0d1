import FoundationEssentials
import Testing

@testable import Supervisor

@Suite("Room in the quarantine")
struct QuarantineIndexTests {
    private static let block = 4_096

    private static func origin(
        _ client: String?, _ signature: String = "a", isViolation: Bool = false
    ) -> QuarantineIndex.Origin {
        .init(
            client: client.flatMap { AddressBlock($0) }, signature: signature,
            isViolation: isViolation)
    }

    /// One that is filled, and whose number is its time.
    private final class Filled {
        var index: QuarantineIndex
        var next = 0

        init(_ index: QuarantineIndex) { self.index = index }

        /// - Returns: whether it got room, which others may have made.
        func add(_ origin: QuarantineIndex.Origin?, blocks: Int = 1) -> Bool {
            let bytes = blocks * block
            guard let victims = index.victims(for: bytes, of: origin) else { return false }
            for victim in victims { index.remove(victim) }
            let stored = Date(timeIntervalSince1970: Double(next))
            index.insert(.init(sha256: "\(next)", bytes: bytes, stored: stored), origin)
            next += 1
            return true
        }

        var names: [String] { index.entries.map(\.sha256) }
    }

    @Test("small files count as whole blocks, and no more than so many files are kept")
    func files() {
        #expect(QuarantineIndex.space(1) == 4_096 && QuarantineIndex.space(4_097) == 8_192)
        let filled = Filled(QuarantineIndex(size: 1 << 30, mostFiles: 5))
        for _ in 0..<9 { #expect(filled.add(Self.origin("192.0.2.1"))) }
        #expect(filled.names == ["4", "5", "6", "7", "8"])
    }

    @Test("an attacker pushes out what is its own, and not what others' crashes have left")
    func fair() {
        let filled = Filled(QuarantineIndex(size: 8 * Self.block))
        for number in 1...3 { _ = filled.add(Self.origin("192.0.2.\(number)")) }
        for _ in 0..<100 { #expect(filled.add(Self.origin("198.51.100.1"))) }
        #expect(filled.names.prefix(3) == ["0", "1", "2"])
        #expect(filled.names.suffix(2) == ["101", "102"])
    }

    @Test("other crashes, from wherever, leave half of it to violations and to earlier runs")
    func reserve() {
        let filled = Filled(QuarantineIndex(size: 8 * Self.block))
        #expect(filled.add(nil))
        for number in 1...3 {
            #expect(filled.add(Self.origin("192.0.2.\(number)", isViolation: true)))
        }
        for number in 0..<200 {
            #expect(filled.add(Self.origin("10.0.0.\(number)")))
        }
        #expect(filled.names.prefix(4) == ["0", "1", "2", "3"] && filled.names.count == 8)
        #expect(!filled.add(Self.origin("10.0.0.1"), blocks: 5))
        #expect(!filled.add(Self.origin("10.0.0.1"), blocks: 9))
        #expect(filled.names.count == 8)
        // Violations may take what others have, and then give way to each other.
        for number in 0..<50 {
            #expect(filled.add(Self.origin("10.1.0.\(number)", isViolation: true)))
        }
        #expect(filled.names.count == 8)
        #expect(filled.add(Self.origin("192.0.2.9")))
    }

    @Test(
        "of one client and one signature three are enough; where nobody is known none is too many")
    func enough() {
        let filled = Filled(QuarantineIndex(size: 1 << 20))
        for _ in 0..<3 {
            #expect(!filled.index.hasEnough(of: Self.origin("192.0.2.1")))
            _ = filled.add(Self.origin("192.0.2.1"))
            _ = filled.add(Self.origin(nil))
        }
        #expect(filled.index.hasEnough(of: Self.origin("192.0.2.1")))
        #expect(!filled.index.hasEnough(of: Self.origin("192.0.2.2")))
        #expect(!filled.index.hasEnough(of: Self.origin("192.0.2.1", "b")))
        #expect(!filled.index.hasEnough(of: Self.origin("192.0.2.1", isViolation: true)))
        #expect(!filled.index.hasEnough(of: Self.origin(nil)))
    }

    @Test("what somebody has removed meanwhile takes no room, and what stays keeps its origin")
    func reloaded() {
        let filled = Filled(QuarantineIndex(size: 4 * Self.block))
        for _ in 0..<3 { _ = filled.add(Self.origin("192.0.2.1")) }
        filled.index.reload(filled.index.entries.filter { $0.sha256 != "0" })
        #expect(filled.names == ["1", "2"])
        #expect(filled.index.victims(for: 2 * Self.block, of: nil) == [])
        #expect(!filled.index.hasEnough(of: Self.origin("192.0.2.1")))
        _ = filled.add(Self.origin("192.0.2.1"))
        #expect(filled.index.hasEnough(of: Self.origin("192.0.2.1")))
    }
}
