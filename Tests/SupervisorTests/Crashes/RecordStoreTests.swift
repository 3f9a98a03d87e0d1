import FoundationEssentials
import Logging
import Synchronization
import Testing
import WireProtocol

@testable import Supervisor

@Suite("The crash log")
struct RecordStoreTests {
    private let temporary: TemporaryFolder
    private let state: StateDirectory
    private let metrics = CountedRecords()

    init() throws {
        temporary = try TemporaryFolder()
        state = try StateDirectory(path: temporary.path + "/state", account: nil)
    }

    private var path: String { temporary.path + "/state/crashes" }
    private var log: CrashLog { get throws { try CrashLog(ofState: temporary.path + "/state") } }

    private func store(
        full: Int = 1_000, size: Int = 1 << 20, keep: Duration = .seconds(86_400),
        clock: @escaping @Sendable () -> Date = { Date() }
    ) throws -> RecordStore {
        try RecordStore(
            try state.crashes(account: nil),
            RecordStore.Settings(
                limits: CrashWriter.Limits(size: size, keep: keep, sync: .none), full: full),
            metrics: metrics, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: clock)
    }

    /// Gives the store a crash of its own kind for each number.
    @discardableResult
    private func fill(_ store: RecordStore, _ numbers: Range<Int>) throws -> [String] {
        let report = try SampleCrash.all()[0].report
        return try numbers.map { number in
            let key = CrashFlood.Key(
                signature: "\(number % 7)", class: .violation, policy: "raster")
            let ending = try #require(report.ending)
            let id = store.append(key, at: Date()) { id in
                var record = CrashRecord(report, ending, id: id)
                record.input?.sha256 = CrashLogFolder.hex(number, 64)
                return record
            }
            return id ?? "none"
        }
    }

    private func ids(_ filter: CrashFilter = .all) throws -> [String] {
        try log.heads(filter).found.compactMap(\.id)
    }

    @Test("what was taken can be read, in order, by whoever reads the folder")
    func written() async throws {
        let store = try store()
        let report = try SampleCrash.all()[1].report
        let ending = try #require(report.ending)
        let id = try #require(store.append(report, ending))
        let others = try fill(store, 0..<20)
        await store.stop()
        #expect(try ids() == [id] + others)
        let found = try log.lines(CrashFilter([("id", String(id.prefix(18)))]))
        #expect(found.warnings.isEmpty)
        guard case .record(let record)? = found.found.first.flatMap({ CrashEntry(line: $0) }) else {
            Issue.record("no record: \(found)")
            return
        }
        #expect(record.class == .crash && record.id == id)
        #expect(metrics.counts == [.written: 21, .counted: 0, .lost: 0])
    }

    @Test("nobody but the service and its group can read it")
    func modes() async throws {
        await (try store()).stop()
        let folder = try #require(TemporaryFolder.status(of: path))
        #expect(folder.mode & 0o777 == 0o750)
        let file = try #require(TemporaryFolder.status(of: path + "/crashes.jsonl"))
        #expect(file.mode == 0o640)
    }

    @Test("of more than the limit the newest are found, and that there were more")
    func limit() async throws {
        let store = try store()
        let ids = try fill(store, 0..<30)
        await store.stop()
        let reading = try log.heads(CrashFilter([("limit", "5")]))
        #expect(reading.found.compactMap(\.id) == Array(ids.suffix(5)))
        #expect(reading.isCut)
    }

    @Test("beyond the first ones of a kind there is one count, of exactly the rest")
    func flood() async throws {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let store = try store(full: 2) { now }
        try fill(store, 0..<70)
        await store.stop()
        let heads = try log.heads(.all).found
        #expect(heads.count { $0.id != nil } == 14)
        #expect(heads.filter { $0.id == nil }.map(\.count) == Array(repeating: 8, count: 7))
        #expect(metrics.counts == [.written: 14, .counted: 56, .lost: 0])
    }

    @Test("a full file is followed by another, and the oldest go when there are too many bytes")
    func rotation() async throws {
        let size = 1 << 16
        let store = try store(size: size)
        let ids = try fill(store, 0..<120)
        await store.stop()
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        #expect(names.count > 4 && names.count <= CrashFolder.mostFiles)
        let total = try names.reduce(0) { sum, name in
            sum + (try SmallFile.read("\(path)/\(name)", limit: size).bytes.count)
        }
        #expect(total <= size)
        // What is left is the newest, without a gap.
        let left = try self.ids()
        #expect(left.count < 120 && left == Array(ids.suffix(left.count)))
    }

    @Test("files that are older than is kept go at the start")
    func retention() async throws {
        let first = try store(size: 1 << 16)
        try fill(first, 0..<60)
        await first.stop()
        let before = try FileManager.default.contentsOfDirectory(atPath: path).count
        let later = try store(keep: .seconds(3_600)) { Date() + 7_200 }
        await later.stop()
        let left = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(before > 1 && left == ["crashes.jsonl"])
    }

    @Test("a line that is cut off or foreign is skipped, and told with its file and its number")
    func foreign() async throws {
        let first = try store()
        let ids = try fill(first, 0..<3)
        await first.stop()
        let file = path + "/crashes.jsonl"
        var bytes = try SmallFile.read(file, limit: 1 << 20).bytes
        bytes += Array("{\"hello\":\"world\"}\nnothing\n".utf8)
        // As where the machine went down within a line.
        bytes += Array("{\"version\":1,\"id\":\"0123456789".utf8)
        try Data(bytes).write(to: URL(filePath: file))
        let second = try store()
        let more = try fill(second, 3..<5)
        await second.stop()
        let reading = try log.heads(.all)
        #expect(reading.found.compactMap(\.id) == ids + more)
        #expect(reading.warnings.count == 3)
        for line in 4...6 {
            #expect(reading.warnings.contains { $0.contains("\(file):\(line) ") })
        }
    }

    @Test("a log that cannot be written refuses the start with its path")
    func refused() throws {
        try FileManager.default.createDirectory(
            atPath: path + "/crashes.jsonl", withIntermediateDirectories: true)
        let failure = #expect(throws: CommandFailure.self) { _ = try store() }
        #expect(failure?.message.contains(path + "/crashes.jsonl cannot be written") == true)
        try FileManager.default.removeItem(atPath: path)
        try Data().write(to: URL(filePath: path))
        let other = #expect(throws: CommandFailure.self) { _ = try store() }
        #expect(other?.message.contains(path) == true)
    }

    @Test("while the disk does not take records they are counted, and the count is written after")
    func degraded() async throws {
        let store = try store()
        let before = try fill(store, 0..<1)
        let file = path + "/crashes.jsonl"
        // What the file's name stands for is no file any more: nobody can write there, root neither.
        // Purging lets go of the file.
        #expect(try await store.purge(Self.input(9)).crashes == 0)
        try FileManager.default.moveItem(atPath: file, toPath: path + "/kept")
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
        try fill(store, 0..<6)
        // All that came before it is done when this is.
        try await store.settled()
        // Nobody is told of a record that is not there.
        #expect(try fill(store, 6..<7) == ["none"])
        try await store.settled()
        #expect(metrics.counts == [.written: 1, .counted: 7, .lost: 0])
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.moveItem(atPath: path + "/kept", toPath: file)
        // The first to be written again was not sure of it.
        #expect(try fill(store, 7..<8) == ["none"])
        try await store.settled()
        let after = try fill(store, 8..<9)
        await store.stop()
        let heads = try log.heads(.all).found
        let ids = heads.compactMap(\.id)
        #expect(ids.count == 3 && [ids[0], ids[2]] == before + after)
        #expect(heads.filter { $0.id == nil }.map(\.count).reduce(0, +) == 7)
        #expect(metrics.counts == [.written: 3, .counted: 7, .lost: 0])
    }

    @Test("what is purged is gone, and nothing else")
    func purged() async throws {
        let store = try store(size: 1 << 16)
        let ids = try fill(store, 0..<60)
        try await store.settled()
        let before = try self.ids()
        #expect(before.count > 20 && before.last == ids.last)
        #expect(try await store.purge(Self.input(59)) == CrashPurge.Result(crashes: 1))
        let more = try fill(store, 60..<61)
        await store.stop()
        #expect(try self.ids() == before.dropLast() + more)
    }

    private static func input(_ number: Int) throws -> CrashPurge.Order {
        try CrashPurge.Order([("input", CrashLogFolder.hex(number, 64))])
    }

    @Test("purging all takes what is only counted so far, and nothing of it comes back")
    func purgedCounts() async throws {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let store = try store(full: 2) { now }
        try fill(store, 0..<70)
        let all = try CrashPurge.Order([("all", "true")])
        #expect(try await store.purge(all) == CrashPurge.Result(crashes: 70))
        await store.stop()
        #expect(try log.heads(.all).found.isEmpty)
        let again = try self.store(full: 2) { now }
        try fill(again, 0..<70)
        let older = try CrashPurge.Order([("older", "2200-01-01T00:00:00Z")])
        #expect(try await again.purge(older).crashes == 70)
        await again.stop()
        #expect(try log.heads(.all).found.isEmpty)
    }

    @Test("whoever reads while it is written and rotated finds whole lines, each once")
    func concurrent() async throws {
        let store = try store(size: 1 << 17)
        let log = try log
        async let readings: Void = {
            for _ in 0..<40 {
                let reading = try log.heads(.all)
                let ids = reading.found.compactMap(\.id)
                #expect(reading.warnings.isEmpty)
                #expect(ids == ids.sorted() && Set(ids).count == ids.count)
            }
        }()
        try fill(store, 0..<200)
        try await readings
        await store.stop()
    }
}

/// Counts what became of crashes, and nothing else.
final class CountedRecords: ServiceMetrics {
    private let state = Mutex<[RecordStore.Outcome: Int]>([:])

    var counts: [RecordStore.Outcome: Int] { state.withLock { $0 } }

    func crashRecorded(_ outcome: RecordStore.Outcome, count: Int) {
        state.withLock { $0[outcome, default: 0] += count }
    }

    func requestEnded(_ request: EndedRequest) {}
    func childEnded(policy: String, ending: ChildEnding?, hadJob: Bool, exit: ChildExit?) {}
    func callsRecorded(policy: String, count: Int) {}
    func jobEnded(policy: String, outcome: String, waited: Duration, worked: Duration) {}
    func jobRestarted(policy: String) {}
    func jobCoalesced(policy: String) {}
    func generationStarted(policy: String, reason: GenerationReason) {}
    func rotationHeldBack(policy: String) {}
    func zygoteReady(policy: String, after: Duration) {}
    func reloadEnded(_ outcome: ReloadOutcome) {}
    func poisonRefused() {}
    func requestSlowed() {}
    func inputQuarantined(_ outcome: Quarantine.Outcome) {}
}
