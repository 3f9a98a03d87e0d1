import ImageVocabulary
import Testing
import WireProtocol

@testable import Supervisor

@Suite("Slots and the queue")
struct JobSlotsTests {
    private typealias Slots = JobSlots<String, ManualClock>

    private var slots = Slots(most: 2, queue: 2)
    private var now = ManualClock.Instant.after(.zero)

    private mutating func wait(
        _ name: String, _ size: JobSize = .small, again: Bool = false
    ) -> UInt64? {
        guard let (number, _) = slots.reserve(again: again, for: nil) else { return nil }
        let failure = slots.wait(number, name, size, for: nil, again: again, at: now)
        return failure == nil ? number : nil
    }

    /// The next that runs, whosever child is free.
    private mutating func next(where canServe: (String) -> Bool = { _ in true }) -> String? {
        guard let (name, size) = slots.next(at: now, where: canServe) else { return nil }
        slots.take(size)
        return name
    }

    @Test("no more jobs run than there are slots, whosever child is free")
    mutating func most() {
        slots.take(.small)
        #expect(slots.isFree(for: .small))
        slots.take(.small)
        #expect(!slots.isFree(for: .small))
        _ = wait("a")
        #expect(next() == nil)
        slots.release(.small)
        #expect(next() == "a")
    }

    @Test("no more wait than the queue holds, but a job that was admitted once is not turned away")
    mutating func full() {
        #expect(wait("a") != nil)
        #expect(wait("b") != nil)
        #expect(wait("c") == nil)
        #expect(wait("again", again: true) != nil)
        #expect(next() == "again")
        #expect(next() == "a")
    }

    @Test("a place that was given out counts, and who gives it up before waiting does not wait")
    mutating func reserved() throws {
        let numbers = (0..<3).map { _ in slots.reserve(again: false, for: nil)?.number }
        #expect(numbers[2] == nil)
        let first = try #require(numbers[0])
        let second = try #require(numbers[1])
        #expect(slots.giveUp(first, .abandoned) == nil)
        #expect(slots.wait(first, "a", .small, for: nil, again: false, at: now) == .abandoned)
        #expect(slots.wait(second, "b", .small, for: nil, again: false, at: now) == nil)
        #expect(slots.waiting == 1)
        #expect(slots.reserve(again: false, for: nil) != nil)
        #expect(next() == "b")
    }

    @Test("nobody waits behind a job whose policy has no child")
    mutating func overtaking() {
        _ = wait("without")
        _ = wait("with")
        #expect(next { $0 == "with" } == "with")
        #expect(next { $0 == "with" } == nil)
        #expect(slots.waiting == 1)
        #expect(next() == "without")
    }

    @Test("a wait can be given up once, and those without hope together")
    mutating func givingUp() throws {
        let first = try #require(wait("a"))
        _ = wait("b")
        #expect(slots.giveUp(first, .deadline) == "a")
        #expect(slots.giveUp(first, .deadline) == nil)
        #expect(slots.removeAll { $0 == "b" } == ["b"])
        #expect(slots.waiting == 0)
    }

    // MARK: Large and small

    @Test("large jobs leave a slot to small ones, but where there is one slot only")
    mutating func oneSlotForSmall() {
        slots.take(.large)
        #expect(!slots.isFree(for: .large))
        #expect(slots.isFree(for: .small))
        _ = wait("large", .large)
        #expect(next() == nil)
        _ = wait("small")
        #expect(next() == "small")
        slots.release(.large)
        #expect(next() == "large")
        #expect(slots.running == 2 && slots.runningLarge == 1)

        var single = Slots(most: 1, queue: 1)
        #expect(single.isFree(for: .large))
        single.take(.large)
        #expect(!single.isFree(for: .small))

        var four = Slots(most: 4, queue: 1)
        for _ in 0..<3 { four.take(.large) }
        #expect(!four.isFree(for: .large) && four.isFree(for: .small))
    }

    @Test("small ones go first, in their order, and large ones in theirs")
    mutating func smallFirst() {
        slots = Slots(most: 8, queue: 8)
        for (name, size) in [
            ("A", JobSize.large), ("a", .small), ("B", .large), ("b", .small),
        ] { _ = wait(name, size) }
        #expect((0..<4).map { _ in next() } == ["a", "b", "A", "B"])
        #expect(next() == nil)
    }

    @Test("a large one that has waited for long goes before all that came after it")
    mutating func patience() {
        slots = Slots(most: 8, queue: 8)
        _ = wait("old")
        _ = wait("large", .large)
        now = .after(Slots.patience - .nanoseconds(1))
        _ = wait("new")
        _ = wait("newer")
        #expect(next() == "old")
        #expect(next() == "new")
        now = .after(Slots.patience)
        #expect(next() == "large")
        #expect(next() == "newer")
    }

    @Test("a large one is overtaken so often and no more, by whoever could not have gone after it")
    mutating func overtaken() {
        slots = Slots(most: 2, queue: 100)
        slots.take(.large)
        _ = wait("large", .large)
        // Where it could not run anyway nobody has overtaken it.
        for number in 0..<Slots.mostOvertaking {
            _ = wait("\(number)")
            #expect(next() == "\(number)")
            slots.release(.small)
        }
        slots.release(.large)
        for number in 0..<Slots.mostOvertaking {
            _ = wait("\(number)")
            #expect(next() == "\(number)")
            slots.release(.small)
        }
        _ = wait("one more")
        #expect(next() == "large")
        #expect(next() == "one more")
    }

    @Test("under small ones without end every large one runs, in its order")
    mutating func noStarvation() {
        slots = Slots(most: 1, queue: 1_000)
        for number in 0..<10 { _ = wait("large \(number)", .large) }
        var large: [String] = []
        for round in 0..<400 {
            now = now.advanced(by: .milliseconds(1))
            _ = wait("small \(round)")
            guard let (name, size) = slots.next(at: now, where: { _ in true }) else { break }
            if size == .large { large.append(name) }
        }
        #expect(large == (0..<10).map { "large \($0)" })
    }

    @Test("a large job that was admitted before is not overtaken")
    mutating func again() {
        _ = wait("small")
        _ = wait("large", .large, again: true)
        #expect(next() == "large")
    }

    // MARK: What is large

    @Test("a job is large by its bytes and its format, and facts never are")
    func sizes() {
        let sizing = JobSizing(largeInput: 1_000)
        #expect(sizing.size(1_000, .jpeg) == .small)
        #expect(sizing.size(1_001, .jpeg) == .large)
        #expect(sizing.size(500, .avif) == .large)
        #expect(sizing.size(166, .avif) == .small)
        #expect(JobSizing().size(.max, .svg) == .small)
        var job = SampleCrash.job()
        (job.bytes, job.sniffed, job.operation) = (2_000, .png, .process)
        #expect(sizing.size(of: job) == .large)
        job.operation = .info
        #expect(sizing.size(of: job) == .small)
    }

    @Test("a job is large by what is to be made of a small input, all results together")
    func asked() {
        let sizing = JobSizing(largeInput: 1_000)
        var job = SampleCrash.job()
        (job.bytes, job.sniffed, job.operation) = (100, .png, .process)
        func size(_ plans: Plan...) -> JobSize {
            job.plans = plans
            return sizing.size(of: job)
        }
        let large = Plan(resizing: .force, width: 1_900, height: 1_900, enlarge: true)
        var kept = large
        kept.enlarge = false
        var blurred = Plan(width: 900, height: 900, enlarge: true)
        #expect(size(large) == .small && size(large, large) == .large)
        #expect(size(kept, kept) == .small)
        #expect(size(blurred) == .small)
        blurred.effects.blur = 100
        #expect(size(blurred) == .large)
        job.plans = [large, large]
        #expect(JobSizing().size(of: job) == .small)
    }
}
