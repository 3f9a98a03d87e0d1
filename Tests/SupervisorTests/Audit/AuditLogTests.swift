import Foundation
import Logging
import Synchronization
import Testing

@testable import Supervisor

@Suite("The audit log of a running service")
struct AuditLogTests {
    private let sample: AuditSample

    init() throws { sample = try AuditSample() }

    private func log(
        _ lines: LogLines = LogLines(), _ limits: AuditWriter.Limits = AuditWriter.Limits()
    ) throws -> AuditLog {
        let now = sample.now
        return try AuditLog(
            sample.folder, AuditSample.key, limits, logger: lines.logger,
            clock: { now })
    }

    /// What the service's log was told.
    private final class LogLines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }
        var logger: Logger {
            LogOutput(level: .info, format: .json, isTerminal: false, allowsColour: false) {
                [self] line in lines.withLock { $0.append(line) }
            }.logger
        }
    }

    private static func refusal(_ address: String, _ problem: String) -> AuditEvent {
        AuditEvent(
            .refusedCredential, by: .client(address),
            fields: [("problem", .string(problem)), ("address", .string(address))])
    }

    @Test("of a flood of wrong keys the first have a line, the rest a count; nothing else waits")
    func flood() async throws {
        let log = try log()
        for _ in 0..<30 {
            log.record(Self.refusal("192.0.2.1", "unauthorized"))
            log.record(Self.refusal("2001:db8::\(Int.random(in: 1...9))", "key-expired"))
        }
        log.record(AuditSample.event(1))
        await log.stop()
        let lines = try sample.lines()
        let counted = lines.filter { $0.fields?["count"] != nil }
        #expect(lines.count == 10 + 10 + 1 + 2 && counted.count == 2)
        #expect(counted.allSatisfy { $0.fields?["count"]?.text == "20" })
        #expect(Set(counted.map { $0.fields?["problem"]?.text ?? "" }).count == 2)
        #expect(lines.contains { $0.action == "service.reloaded" })
        #expect(try sample.verification().isWhole)
    }

    @Test("however many addresses guess, lines and counts stay few, and no one is lost")
    func manyAddresses() throws {
        var flood = AuditFlood()
        let now = AuditSample.start
        var written = 0
        for index in 0..<20_000 {
            let address = "10.\(index >> 16 & 255).\(index >> 8 & 255).\(index & 255)"
            if flood.admits(Self.refusal(address, "unauthorized"), at: now) { written += 1 }
        }
        #expect(written == AuditFlood.full * AuditFlood.ofAll)
        let early = flood.drain(at: now + 1)
        #expect(early.isEmpty)
        let counts = flood.drain(at: now + 601)
        #expect(counts.count <= AuditFlood.mostKinds + 1)
        let total = counts.reduce(0) { sum, event in
            for case ("count", .integer(let count)) in event.fields { return sum + Int(count) }
            return sum
        }
        #expect(written + total == 20_000)
        let isNew = flood.admits(Self.refusal("10.0.0.1", "unauthorized"), at: now + 601)
        #expect(isNew)
    }

    @Test("what cannot be written is counted, said, and told in the next line that can be")
    func lost() async throws {
        let said = LogLines()
        let log = try log(said)
        log.record(AuditSample.event(1))
        try await log.settled()
        let aside = sample.path + "/aside"
        try FileManager.default.moveItem(atPath: sample.file(), toPath: aside)
        try FileManager.default.createDirectory(
            atPath: sample.file(), withIntermediateDirectories: false)
        for number in 2...4 { log.record(AuditSample.event(number)) }
        try await log.settled()
        #expect(said.all.count { $0.contains("the audit log cannot be written") } == 1)
        try FileManager.default.removeItem(atPath: sample.file())
        try FileManager.default.moveItem(atPath: aside, toPath: sample.file())
        log.record(AuditSample.event(5))
        await log.stop()
        let lines = try sample.lines()
        #expect(lines.map(\.action) == ["service.reloaded", "audit.lost", "service.reloaded"])
        #expect(lines[1].fields?["count"]?.text == "3")
        #expect(lines[2].fields?["n"]?.text == "5")
        #expect(said.all.count { $0.contains("the audit log is written again") } == 1)
        #expect(try sample.verification().isWhole)
    }

    @Test(
        "a process that keeps the log locked stops neither the service nor its end, and it is said")
    func locked() async throws {
        let said = LogLines()
        let log = try log(said, AuditWriter.Limits(patience: .milliseconds(20)))
        log.record(AuditSample.event(1))
        try await log.settled()
        let other = try AuditFolder(inState: sample.temporary.path)
        try other.lock(patience: .zero)
        for number in 2...4 { log.record(AuditSample.event(number)) }
        try await log.settled()
        #expect(said.all.count { $0.contains("another process has kept it locked") } == 1)
        other.unlock()
        log.record(AuditSample.event(5))
        try await log.settled()
        try other.lock(patience: .zero)
        await log.stop()
        other.unlock()
        let lines = try sample.lines()
        #expect(lines.map(\.action) == ["service.reloaded", "audit.lost", "service.reloaded"])
        #expect(lines[1].fields?["count"]?.text == "3")
    }

    @Test(
        "lines that are in the log and cannot be brought to the disk are told of, and not as lost")
    func unkept() async throws {
        let said = LogLines()
        let log = try log(said, AuditWriter.Limits(sync: .each))
        log.record(AuditSample.event(1))
        try await log.settled()
        let obstacle = sample.path + "/head.json.new"
        try FileManager.default.createDirectory(
            atPath: obstacle, withIntermediateDirectories: false)
        for number in 2...4 { log.record(AuditSample.event(number)) }
        try await log.settled()
        #expect(said.all.count { $0.contains("cannot be brought to the disk") } == 1)
        #expect(!said.all.contains { $0.contains("cannot be written") })
        try FileManager.default.removeItem(atPath: obstacle)
        await log.stop()
        #expect(try sample.lines().map(\.number) == [1, 2, 3, 4])
        #expect(said.all.count { $0.contains("brought to the disk again") } == 1)
        let found = try sample.verification()
        #expect(found.isWhole && found.head == 4)
    }

    @Test("pages go by the numbers of lines, older and newer, and filters hold on all of them")
    func pages() async throws {
        try sample.write(30, AuditWriter.Limits(size: 8 * 2_000))
        func numbers(_ options: [(name: String, value: String)]) throws -> [Int] {
            let reading = try AuditReading(sample.folder, AuditFilter(options))
            let again = try #require(AuditReading(answer: reading.answer))
            #expect(again.lines == reading.lines && again.isCut == reading.isCut)
            return again.lines.compactMap { AuditLine($0[...])?.number }
        }
        #expect(try numbers([]) == Array(1...30))
        #expect(try numbers([("limit", "4")]) == [27, 28, 29, 30])
        #expect(try numbers([("limit", "4"), ("before", "27")]) == [23, 24, 25, 26])
        #expect(try numbers([("limit", "4"), ("after", "3")]) == [4, 5, 6, 7])
        #expect(try numbers([("after", "30")]) == [])
        #expect(try numbers([("action", "service"), ("before", "3")]) == [1, 2])
        #expect(try numbers([("actor", "key"), ("limit", "1")]) == [30])
        #expect(try numbers([("since", "2027-01-15T08:00:29Z")]) == [29, 30])
        for wrong in [
            ("limit", "0"), ("limit", "501"), ("before", "x"), ("actions", "a"), ("action", "serv"),
        ] {
            #expect(throws: CrashFilter.Failure.self) { try AuditFilter([wrong]) }
        }
    }
}
