import Testing

@testable import Supervisor

@Suite("Slots and the queue")
struct JobSlotsTests {
    private var slots = JobSlots<String>(most: 2, queue: 2)

    private mutating func wait(_ name: String, again: Bool = false) -> UInt64? {
        guard let number = slots.reserve(again: again) else { return nil }
        slots.wait(number, name, again: again)
        return number
    }

    @Test("no more jobs run than there are slots, whosever child is free")
    mutating func most() {
        slots.take()
        #expect(slots.isFree)
        slots.take()
        #expect(!slots.isFree)
        _ = wait("a")
        #expect(slots.next { _ in true } == nil)
        slots.release()
        #expect(slots.next { _ in true } == "a")
    }

    @Test("no more wait than the queue holds, but a job that was admitted once is not turned away")
    mutating func full() {
        #expect(wait("a") != nil)
        #expect(wait("b") != nil)
        #expect(wait("c") == nil)
        #expect(wait("again", again: true) != nil)
        #expect(slots.next { _ in true } == "again")
        #expect(slots.next { _ in true } == "a")
    }

    @Test("nobody waits behind a job whose policy has no child")
    mutating func overtaking() {
        _ = wait("without")
        _ = wait("with")
        #expect(slots.next { $0 == "with" } == "with")
        #expect(slots.next { $0 == "with" } == nil)
        #expect(slots.waiting.map(\.waiter) == ["without"])
    }

    @Test("a wait can be given up once, and those without hope together")
    mutating func givingUp() throws {
        let first = try #require(wait("a"))
        _ = wait("b")
        #expect(slots.remove(first) == "a")
        #expect(slots.remove(first) == nil)
        #expect(slots.removeAll { $0 == "b" } == ["b"])
        #expect(slots.waiting.isEmpty)
    }
}
