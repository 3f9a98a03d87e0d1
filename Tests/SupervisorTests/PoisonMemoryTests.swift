import ImageVocabulary
import NIOCore
import Testing
import WireProtocol

@testable import Supervisor

@Suite("Inputs that have killed children")
struct PoisonMemoryTests {
    private let clock = MovedClock()

    /// A memory that can be changed within an expectation.
    private final class Held {
        var memory: PoisonMemory<String, MovedClock>

        init(_ memory: PoisonMemory<String, MovedClock>) { self.memory = memory }

        func childDied(of key: String) -> Bool { memory.childDied(of: key) }
        func isPoison(_ key: String) -> Bool { memory.isPoison(key) }
        var count: Int { memory.count }
    }

    private func memory(count: Int = 3, size: Int = 100) -> Held {
        Held(
            PoisonMemory(
                limits: PoisonSettings(
                    count: count, window: .seconds(60), duration: .seconds(600), size: size),
                clock: clock))
    }

    @Test("the third death within the window refuses the input, and no other one")
    func third() {
        let memory = memory()
        #expect(!memory.childDied(of: "a"))
        #expect(!memory.childDied(of: "a"))
        #expect(!memory.isPoison("a"))
        #expect(memory.childDied(of: "a"))
        #expect(memory.isPoison("a"))
        #expect(!memory.isPoison("b"))
    }

    @Test("deaths that are further apart than the window do not add up")
    func window() {
        let memory = memory()
        for _ in 0..<20 {
            #expect(!memory.childDied(of: "a"))
            clock.advance(by: .seconds(30))
        }
        #expect(!memory.isPoison("a"))
        #expect(!memory.childDied(of: "a"))
        #expect(memory.childDied(of: "a"))
    }

    @Test("an input is refused for its time, also when children die of it still, then tried again")
    func time() {
        let memory = memory()
        for _ in 0..<3 { _ = memory.childDied(of: "a") }
        clock.advance(by: .seconds(599))
        #expect(!memory.childDied(of: "a"))
        #expect(memory.isPoison("a"))
        clock.advance(by: .seconds(1))
        #expect(!memory.isPoison("a"))
        #expect(!memory.childDied(of: "a"))
        #expect(!memory.childDied(of: "a"))
        #expect(memory.childDied(of: "a"))
    }

    @Test("what an operator lets go is tried again; 0 refuses nothing and remembers nothing")
    func forgotten() {
        let poison = memory(count: 1)
        for name in ["a", "b", "c"] { #expect(poison.childDied(of: name)) }
        poison.memory.forget { $0 == "a" }
        #expect(!poison.isPoison("a") && poison.isPoison("b"))
        poison.memory.limits.count = 0
        #expect(!poison.isPoison("b"))
        poison.memory.limits.count = 1
        poison.memory.forgetAll()
        #expect(!poison.isPoison("b"))
        let off = memory(count: 0)
        for _ in 0..<10 { #expect(!off.childDied(of: "a")) }
        #expect(!off.isPoison("a") && off.count == 0)
    }

    @Test("a flood of inputs takes bounded memory, and pushes out the ones that are longest quiet")
    func bounded() {
        let memory = memory(size: 50)
        for _ in 0..<3 { _ = memory.childDied(of: "old") }
        for number in 0..<1_000 {
            clock.advance(by: .milliseconds(1))
            _ = memory.childDied(of: "\(number)")
            #expect(memory.count <= 50)
        }
        #expect(!memory.isPoison("old"))
        for _ in 0..<2 { _ = memory.childDied(of: "999") }
        #expect(memory.isPoison("999"))
    }

    @Test("a flood pushes nothing out that is refused, while there is something without effect")
    func effectless() {
        let memory = memory(size: 50)
        for number in 0..<49 { _ = memory.childDied(of: "\(number)") }
        for _ in 0..<3 { _ = memory.childDied(of: "poison") }
        clock.advance(by: .seconds(60))
        _ = memory.childDied(of: "new")
        #expect(memory.count == 2)
        #expect(memory.isPoison("poison"))
    }

    @Test("an image that is too large for a child with some options is served with others")
    func uses() {
        let input = SourceBytes(
            bytes: ByteBuffer(), sha256: String(repeating: "ab", count: 32), format: .png)
        let large = PoisonKey(input, .process, [Plan(width: 7_000, height: 7_000, format: .gif)])
        let small = PoisonKey(input, .process, [Plan(width: 8)])
        let info = PoisonKey(input, .info, [Plan()])
        let keys: Set<PoisonKey> = [large, small, info, large.anyUse]
        let sameInfo = PoisonKey(input, .info, [Plan(width: 8)])
        #expect(keys.count == 4 && info == sameInfo)
        let stopped: [ChildEnding] = [.memory(signal: 6), .memory(signal: nil), .cpu, .output]
        for ending in stopped { #expect(large.blamed(for: ending) == large) }
        for ending in [ChildEnding.violation, .crash(signal: 11), .protocolError] {
            #expect(large.blamed(for: ending) == small.anyUse)
        }
    }

    @Test("a bad image put upon a good one does not have the good one refused")
    func companions() {
        func source(_ digit: String) -> SourceBytes {
            SourceBytes(
                bytes: ByteBuffer(), sha256: String(repeating: digit, count: 64), format: .png)
        }
        let (good, bad) = (source("a"), source("b"))
        let both = PoisonKey(good, .process, [Plan()], beside: [bad])
        let alone = PoisonKey(good, .process, [Plan()])
        let blamed = both.blamed(for: .crash(signal: 11))
        #expect(blamed == both && !alone.all.contains(blamed))
        // What kills by itself kills beside another image too.
        let killer = PoisonKey(bad, .process, [Plan()]).blamed(for: .violation)
        #expect(both.all.contains(killer) && !alone.all.contains(killer))
    }

    @Test("what its bytes did elsewhere does not take a configured watermark from other images")
    func configured() {
        func source(_ digit: String) -> SourceBytes {
            SourceBytes(
                bytes: ByteBuffer(), sha256: String(repeating: digit, count: 64), format: .png)
        }
        let (image, mark) = (source("a"), source("b"))
        let killer = PoisonKey(mark, .process, [Plan()]).anyUse
        let marked = PoisonKey(image, .process, [Plan()], beside: [mark], named: false)
        #expect(!marked.all.contains(killer))
        #expect(marked.all.contains(PoisonKey(image, .process, [Plan()]).anyUse))
    }
}
