import Testing

@testable import Supervisor

@Suite("Slots and the queue")
struct JobSlotsTests {
    private var slots = JobSlots<String>(most: 2, queue: 2)

    private mutating func wait(_ name: String, again: Bool = false) -> UInt64? {
        guard let number = slots.reserve(again: again) else { return nil }
        return slots.wait(number, name, again: again) == nil ? number : nil
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

    @Test("a place that was given out counts, and who gives it up before waiting does not wait")
    mutating func reserved() throws {
        let numbers = (0..<3).map { _ in slots.reserve(again: false) }
        #expect(numbers[2] == nil)
        let first = try #require(numbers[0])
        let second = try #require(numbers[1])
        #expect(slots.giveUp(first, .abandoned) == nil)
        #expect(slots.wait(first, "a", again: false) == .abandoned)
        #expect(slots.wait(second, "b", again: false) == nil)
        #expect(slots.waiting.map(\.waiter) == ["b"])
        #expect(slots.reserve(again: false) != nil)
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
        #expect(slots.giveUp(first, .deadline) == "a")
        #expect(slots.giveUp(first, .deadline) == nil)
        #expect(slots.removeAll { $0 == "b" } == ["b"])
        #expect(slots.waiting.isEmpty)
    }
}
