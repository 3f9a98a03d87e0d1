import ImageVocabulary
import NIOCore
import Testing
import WireProtocol

@testable import Supervisor

@Suite("Equal jobs under way")
struct EqualJobsTests {
    private var jobs = EqualJobs<String>(most: 3)

    private static func job(_ change: (inout Job) -> Void = { _ in }) -> Job {
        var job = Job(
            requestID: "a", operation: .process,
            input: SourceBytes(
                bytes: ByteBuffer(string: "image"), sha256: "11", format: .png, announced: nil),
            plans: [Plan(width: 8)],
            limits: JobLimits(
                inputBytes: 1, width: 1, height: 1, pixels: 1, frames: 1, outputBytes: 1),
            deadline: .now)
        change(&job)
        return job
    }

    private static func policy(_ sha256: String = "22") -> PolicyIdentity {
        PolicyIdentity(name: "raster", sha256: sha256, baseSHA256: nil, programSHA256: "33")
    }

    private static func key(_ change: (inout Job) -> Void = { _ in }) -> EqualJobKey {
        EqualJobKey(job(change), policy())
    }

    @Test("the first one starts a job, and its equals are answered with it in their order")
    mutating func shared() {
        let key = Self.key()
        let first = jobs.enter(1, "a", for: key)
        #expect(first.isFirst)
        #expect(jobs.enter(2, "b", for: key) == .init(job: first.job, isFirst: false))
        #expect(jobs.enter(3, "c", for: key) == .init(job: first.job, isFirst: false))
        #expect(jobs.end(first.job) == ["a", "b", "c"])
        #expect(jobs.count == 0)
        // What has ended is nothing to join, and nobody can leave it.
        let gone = jobs.leave(2)
        #expect(gone?.waiter == nil)
        #expect(jobs.enter(4, "d", for: key).isFirst)
    }

    @Test("whoever leaves leaves the others, also the first, and the last one ends the job")
    mutating func leaving() {
        let key = Self.key()
        let job = jobs.enter(1, "a", for: key).job
        _ = jobs.enter(2, "b", for: key)
        let first = jobs.leave(1)
        #expect(first?.waiter == "a" && first?.abandoned == nil)
        let again = jobs.leave(1)
        #expect(again?.waiter == nil)
        let last = jobs.leave(2)
        #expect(last?.waiter == "b" && last?.abandoned == job)
        // A child that is being killed is joined by nobody, and its end is nobody's.
        #expect(jobs.enter(3, "c", for: key).isFirst)
        #expect(jobs.end(job) == [])
        #expect(jobs.count == 1)
    }

    @Test("no more join one job than may, whether or not they stay; the next starts another")
    mutating func most() {
        let key = Self.key()
        let first = jobs.enter(1, "a", for: key).job
        _ = jobs.enter(2, "b", for: key)
        _ = jobs.leave(2)
        #expect(!jobs.enter(3, "c", for: key).isFirst)
        let second = jobs.enter(4, "d", for: key)
        #expect(second.isFirst)
        #expect(jobs.enter(5, "e", for: key) == .init(job: second.job, isFirst: false))
        // The end of the one that is full leaves the other open.
        #expect(jobs.end(first) == ["a", "c"])
        #expect(jobs.enter(6, "f", for: key) == .init(job: second.job, isFirst: false))
        #expect(jobs.end(second.job) == ["d", "e", "f"])
    }

    @Test("nothing that may change the answer, or its record, may differ")
    mutating func differences() {
        let changes: [(inout Job) -> Void] = [
            { $0.input.sha256 = "12" }, { $0.input.format = .webp },
            { $0.input.announced = .png }, { $0.operation = .info }, { $0.plans[0].width = 9 },
            { $0.wishes = .location },
            { $0.plans[0].quality = 1 }, { $0.limits.pixels = 2 }, { $0.limits.outputBytes = 2 },
        ]
        let keys = changes.map { Self.key($0) } + [EqualJobKey(Self.job(), Self.policy("23"))]
        #expect(jobs.enter(0, "", for: Self.key()).isFirst)
        for (number, key) in keys.enumerated() {
            let place = jobs.enter(UInt64(number + 1), "", for: key)
            #expect(place.isFirst, "difference \(number)")
        }
    }

    @Test("who asks and by when make no difference")
    mutating func noDifferences() {
        #expect(
            Self.key()
                == Self.key {
                    $0.requestID = "b"
                    $0.traceID = "t"
                    $0.deadline += .seconds(5)
                })
    }
}
