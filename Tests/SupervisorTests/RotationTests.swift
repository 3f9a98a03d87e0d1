import Testing

@testable import Supervisor

@Suite("The rotation of generations")
struct RotationTests {
    private var rotation = Rotation<ManualClock>(
        limits: .init(forks: 3, age: .seconds(60), interval: .seconds(1)))

    /// With a first generation since the start, and a next one that is ready.
    init() {
        #expect(!rotation.mayGiveJobs(at: .after(.zero)))
        #expect(rotation.nextIsReady(at: .after(.zero)) == [.change(.start)])
        #expect(rotation.nextIsReady(at: .after(.zero)) == [])
    }

    @Test("a crash changes the generation at once")
    mutating func crash() {
        let now = ManualClock.Instant.after(.seconds(5))
        #expect(rotation.tainted(.crash, at: now) == [.change(.crash)])
        #expect(!rotation.isTainted)
        #expect(rotation.mayGiveJobs(at: now))
    }

    @Test("after a crash nobody gets a child until the next generation is ready")
    mutating func notReady() {
        rotation.nextEnded()
        #expect(rotation.tainted(.violation, at: .after(.seconds(5))) == [])
        #expect(!rotation.mayGiveJobs(at: .after(.seconds(5))))
        #expect(!rotation.mayGiveJobs(at: .after(.seconds(50))))
        #expect(rotation.nextIsReady(at: .after(.seconds(51))) == [.change(.violation)])
        #expect(rotation.mayGiveJobs(at: .after(.seconds(51))))
    }

    @Test("within the interval a crash is held back, and made up for when the interval ends")
    mutating func heldBack() {
        #expect(rotation.tainted(.crash, at: .after(.seconds(5))) == [.change(.crash)])
        #expect(rotation.nextIsReady(at: .after(.milliseconds(5_100))) == [])
        let now = ManualClock.Instant.after(.milliseconds(5_200))
        #expect(rotation.tainted(.crash, at: now) == [.heldBack])
        #expect(rotation.tainted(.protocolError, at: now) == [.heldBack])
        #expect(rotation.isTainted)
        #expect(rotation.mayGiveJobs(at: now))
        #expect(rotation.nextDeadline == .after(.seconds(6)))
        #expect(rotation.tick(at: .after(.milliseconds(5_900))) == [])
        #expect(rotation.tick(at: .after(.seconds(6))) == [.change(.crash)])
        #expect(!rotation.isTainted)
    }

    @Test("when the interval has ended and the next one is not ready, the old one is not reused")
    mutating func heldBackAndNotReady() {
        _ = rotation.tainted(.crash, at: .after(.seconds(5)))
        #expect(rotation.tainted(.crash, at: .after(.milliseconds(5_100))) == [.heldBack])
        #expect(rotation.mayGiveJobs(at: .after(.milliseconds(5_999))))
        #expect(rotation.tick(at: .after(.seconds(6))) == [])
        #expect(!rotation.mayGiveJobs(at: .after(.seconds(6))))
        #expect(rotation.nextDeadline == nil)
        #expect(rotation.nextIsReady(at: .after(.seconds(7))) == [.change(.crash)])
    }

    @Test("what is no crash is not held back, and takes a crash that is along")
    mutating func demand() {
        _ = rotation.tainted(.crash, at: .after(.seconds(5)))
        _ = rotation.nextIsReady(at: .after(.milliseconds(5_100)))
        #expect(rotation.tainted(.crash, at: .after(.milliseconds(5_200))) == [.heldBack])
        #expect(
            rotation.ask(.demand, at: .after(.milliseconds(5_300))) == [.change(.demand)])
        #expect(rotation.nextDeadline == .after(.milliseconds(65_300)))
    }

    @Test("a zygote forks so many children and no more")
    mutating func forks() {
        let now = ManualClock.Instant.after(.seconds(1))
        #expect(rotation.forked(at: now) == [])
        #expect(rotation.forked(at: now) == [])
        #expect(rotation.forked(at: now) == [.change(.forks)])
        // The count begins anew.
        #expect(rotation.nextIsReady(at: now) == [])
        #expect(rotation.forked(at: now) == [])
    }

    @Test("a zygote grows so old and no older; children are given until the next one is ready")
    mutating func age() {
        #expect(rotation.nextDeadline == .after(.seconds(60)))
        #expect(rotation.tick(at: .after(.seconds(59))) == [])
        rotation.nextEnded()
        #expect(rotation.tick(at: .after(.seconds(60))) == [])
        #expect(rotation.mayGiveJobs(at: .after(.seconds(60))))
        #expect(rotation.nextDeadline == nil)
        #expect(rotation.nextIsReady(at: .after(.seconds(61))) == [.change(.age)])
    }

    @Test("when the zygote dies the next one takes over, whatever happened before")
    mutating func died() {
        _ = rotation.tainted(.crash, at: .after(.seconds(5)))
        let now = ManualClock.Instant.after(.milliseconds(5_100))
        #expect(rotation.currentEnded(.died, at: now) == [])
        #expect(!rotation.mayGiveJobs(at: now))
        #expect(rotation.nextDeadline == nil)
        #expect(rotation.nextIsReady(at: now) == [.change(.died)])
    }
}

@Suite("The watch over a zygote")
struct ZygoteWatchTests {
    private var watch = ZygoteWatch<ManualClock>(started: .after(.zero), limit: .seconds(10))

    @Test("one that never greets is given up, once")
    mutating func greeting() {
        #expect(watch.tick(at: .after(.seconds(9))) == nil)
        #expect(watch.tick(at: .after(.seconds(10))) == .giveUp)
        #expect(watch.tick(at: .after(.seconds(20))) == nil)
        #expect(watch.nextDeadline == nil)
    }

    @Test("one that answers is asked every five seconds")
    mutating func answers() {
        watch.greeted(at: .after(.seconds(1)))
        #expect(watch.nextDeadline == .after(.seconds(6)))
        #expect(watch.tick(at: .after(.seconds(6))) == .ping(1))
        watch.answered(1, at: .after(.seconds(7)))
        #expect(watch.tick(at: .after(.seconds(12))) == .ping(2))
    }

    @Test("one that does not answer in five seconds is given up; an old answer is none")
    mutating func silent() {
        watch.greeted(at: .after(.seconds(1)))
        #expect(watch.tick(at: .after(.seconds(6))) == .ping(1))
        watch.answered(0, at: .after(.seconds(7)))
        #expect(watch.tick(at: .after(.seconds(10))) == nil)
        #expect(watch.tick(at: .after(.seconds(11))) == .giveUp)
    }
}
