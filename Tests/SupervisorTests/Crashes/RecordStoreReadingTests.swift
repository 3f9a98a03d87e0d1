import FoundationEssentials
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Supervisor

@Suite("Asking the service for crashes")
struct RecordStoreReadingTests {
    private final class Running: Sendable {
        let most = Mutex((now: 0, most: 0))

        func begin() {
            most.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        }

        func end() { most.withLock { $0.now -= 1 } }
    }

    private static func store(_ state: StateDirectory) throws -> RecordStore {
        try RecordStore(
            try state.crashes(account: nil), RecordStore.Settings(), metrics: CountedRecords(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("the log is read on one thread that serves nobody else, one reading after the other")
    func reader() async throws {
        let temporary = try TemporaryFolder()
        let store = try Self.store(StateDirectory(path: temporary.path + "/state", account: nil))
        let running = Running()
        let places = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await store.read { log in
                        running.begin()
                        defer { running.end() }
                        _ = try log.heads(.all)
                        return MultiThreadedEventLoopGroup.currentEventLoop == nil
                    }
                }
            }
            var places: [Bool] = []
            for try await place in group { places.append(place) }
            return places
        }
        #expect(places == Array(repeating: true, count: 8))
        #expect(running.most.withLock { $0.most } == 1)
        await store.stop()
    }

    @Test("the service answers in pages, and a page's places lead to the next")
    func pages() async throws {
        let temporary = try TemporaryFolder()
        let store = try Self.store(StateDirectory(path: temporary.path + "/state", account: nil))
        let lines = (0..<1_100).map { CrashLogFolder.record($0) }
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(
            to: URL(filePath: temporary.path + "/state/crashes/crashes.jsonl"))
        let desk = CrashDesk(records: store)
        func page(_ options: [(name: String, value: String)]) async throws
            -> CrashReading<[UInt8]>
        {
            let answer = try await desk.list(CrashFilter(options))
            return try #require(CrashAnswer.reading(Array(answer.readableBytesView)))
        }
        func text(_ reading: CrashReading<[UInt8]>) -> [String] {
            reading.found.map { String(decoding: $0, as: UTF8.self) }
        }
        let newest = try await page([("limit", "100000")])
        #expect(text(newest) == Array(lines.suffix(CrashDesk.mostLines)) && newest.isCut)
        let before = try await page([("before", try #require(newest.older).description)])
        #expect(text(before) == Array(lines[100..<600]))
        let oldest = try await page([("before", try #require(before.older).description)])
        #expect(text(oldest) == Array(lines[..<100]) && oldest.older == nil && !oldest.isCut)
        let after = try await page([("after", try #require(newest.newer).description)])
        #expect(after.found.isEmpty && !after.isCut && after.newer == newest.newer)
        await #expect(throws: Problem.notFound) { try await desk.record("ffff") }
        await store.stop()
    }
}
