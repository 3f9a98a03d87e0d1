import Dispatch
import ImageVocabulary
import NIOCore
import NIOPosix
import SandboxPolicy
import Synchronization
import Testing
import WireProtocol

@testable import Supervisor

/// What a job's owner hears of a child that can be given nothing for now.
@Suite("A job whose input waits to be written", .serialized)
struct ChildWorkTests {
    /// Holds all threads of the pool on which inputs are written.
    private final class Blockade: Sendable {
        private let gate = DispatchSemaphore(value: 0)
        private let isOver = Atomic(false)
        private let threads = NIOSingletons.blockingPoolThreadCountSuggestion

        /// Returns when each of them is held, for five minutes at the most.
        init() async {
            let (held, isHeld) = AsyncStream.makeStream(of: Void.self)
            for _ in 0..<threads {
                NIOThreadPool.singleton.submit { [self] _ in
                    isHeld.yield()
                    if gate.wait(timeout: .now() + 300) == .timedOut {
                        isOver.store(true, ordering: .relaxed)
                    }
                }
            }
            var count = 0
            for await _ in held {
                count += 1
                if count == threads { break }
            }
        }

        /// - Returns: whether they were held until now.
        func end() -> Bool {
            for _ in 0..<threads { gate.signal() }
            return !isOver.load(ordering: .relaxed)
        }
    }

    private static let job = JobMessage(
        operation: .info, limits: JobLimits(),
        inputs: [.init(offset: 0, length: 2 << 20, format: .png)], plans: [])

    /// One that is ready, without a process.
    private static func child() async throws -> Child {
        let place = Child.Place(
            id: 1, policy: "raster", generation: 1,
            budget: .init(memory: 1 << 20, processor: 1_000_000), birth: .seconds(10))
        let child = try await Child.make(
            place, group: MultiThreadedEventLoopGroup.singleton, tell: { _, _ in })
        _ = child.take(.born)
        child.childIsReady(Posture())
        return child
    }

    private static let input = ByteBuffer(repeating: 1, count: 2 << 20)

    @Test("is answered at its deadline, whoever holds the threads")
    func deadline() async throws {
        let child = try await Self.child()
        let blockade = await Blockade()
        let outcome = await child.work(
            Self.job, inputs: [Self.input], deadline: .now + .milliseconds(50))
        #expect(blockade.end())
        guard case .deadline = outcome else {
            Issue.record("\(outcome)")
            return
        }
        child.close()
    }

    @Test("is answered when its client goes away, and the child and its descriptors go with it")
    func abandoned() async throws {
        weak var gone: Child?
        let blockade = await Blockade()
        do {
            let child = try await Self.child()
            gone = child
            let (given, isGiven) = AsyncStream.makeStream(of: Void.self)
            let work = Task {
                isGiven.finish()
                return await child.work(
                    Self.job, inputs: [Self.input], deadline: .now + .seconds(60))
            }
            for await _ in given {}
            work.cancel()
            guard case .abandoned = await work.value else {
                Issue.record("the cancelled job has another outcome")
                return
            }
            child.settle()
            _ = child.take(.orphaned)
            child.close()
        }
        #expect(blockade.end())
        try await soon { gone == nil }
    }

    @Test("is answered when the child dies, as one that another child may do")
    func died() async throws {
        let child = try await Self.child()
        let blockade = await Blockade()
        async let outcome = child.work(
            Self.job, inputs: [Self.input], deadline: .now + .seconds(60))
        try await soon { child.life.hasJob }
        _ = child.take(.orphaned)
        child.close()
        guard case .lost(mayRestart: true) = await outcome else {
            Issue.record("\(await outcome)")
            return
        }
        #expect(blockade.end())
    }

    private func soon(_ isSo: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while !isSo() {
            try #require(ContinuousClock.now < end)
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
