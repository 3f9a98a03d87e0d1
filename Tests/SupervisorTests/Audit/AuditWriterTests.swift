import Foundation
import Testing

@testable import Supervisor

@Suite("Writing the audit log")
struct AuditWriterTests {
    private let sample: AuditSample

    init() throws { sample = try AuditSample() }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: sample.path)
            .filter { $0.hasPrefix("audit-") }.sorted()
    }

    @Test("a new writer goes on where the last one ended")
    func goesOn() throws {
        for _ in 0..<3 { try sample.write(2) }
        #expect(try sample.lines().map(\.number) == [1, 2, 3, 4, 5, 6])
        #expect(try sample.verification().isWhole)
    }

    @Test("two writers at once give no number twice")
    func twoWriters() throws {
        var one = AuditWriter(sample.folder, AuditSample.key)
        var other = AuditWriter(try AuditFolder(inState: sample.temporary.path), AuditSample.key)
        for number in 0..<10 {
            try one.append(AuditSample.event(number), at: sample.now, now: sample.now)
            try other.append(AuditSample.event(number), at: sample.now, now: sample.now)
        }
        try one.end(at: sample.now)
        try other.end(at: sample.now)
        #expect(try sample.verification().isWhole && sample.lines().map(\.number) == Array(1...20))
    }

    @Test("a line that was cut off is moved aside, which is said, and the chain is whole")
    func torn() throws {
        try sample.write(3)
        let whole = try sample.bytes(sample.file())
        let rest = Array("{\"version\":1,\"number\":4,\"ti\0\0\0".utf8)
        try sample.set(whole + rest, sample.file())
        #expect(try sample.verification().faults.map(\.kind) == [.torn])
        try sample.write(1)
        #expect(try sample.actions.suffix(2) == ["audit.repaired", "service.reloaded"])
        let found = try sample.verification()
        #expect(found.isWhole && found.to == 5)
        let aside = try FileManager.default.contentsOfDirectory(atPath: sample.path)
            .filter { $0.hasPrefix("torn-") }
        #expect(aside.count == 1)
        #expect(try sample.bytes(sample.path + "/" + aside[0]) == rest)
    }

    @Test("what was moved aside goes with the lines of its time")
    func tornIsOld() throws {
        func aside() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: sample.path)
                .filter { $0.hasPrefix("torn-") }
        }
        try sample.write(2)
        try sample.set(try sample.bytes(sample.file()) + Array("{\"ver".utf8), sample.file())
        try sample.write(1)
        #expect(try aside().count == 1)
        sample.now += 399 * 86_400
        try sample.write(1)
        #expect(try files().count == 2 && aside().count == 1)
        sample.now += 401 * 86_400
        var writer = AuditWriter(sample.folder, AuditSample.key)
        try writer.tick(at: sample.now)
        #expect(try files().first != AuditFolder.fileName(1) && aside().isEmpty)
        #expect(try sample.verification().isWhole)
    }

    @Test("what the head tells of and is not there any more stays told of for good")
    func damaged() throws {
        try sample.write(4)
        let whole = try sample.bytes(sample.file())
        let ends = whole.indices.filter { whole[$0] == 0x0a }
        try sample.set(Array(whole[...ends[1]]), sample.file())
        try sample.write(1)
        #expect(try sample.lines().map(\.number) == [1, 2, 5, 6])
        #expect(try sample.actions[2] == "audit.damaged")
        let found = try sample.verification()
        #expect(found.faults.map(\.kind) == [.missing] && found.faults.first?.line == 3)
    }

    @Test("without its head a log goes on, and that is said once")
    func withoutHead() throws {
        try sample.write(2)
        try FileManager.default.removeItem(atPath: sample.path + "/head.json")
        try sample.write(1)
        try sample.write(1)
        #expect(try sample.actions.filter { $0 == "audit.damaged" }.count == 1)
        #expect(try sample.verification().isWhole)
    }

    @Test("a full file is followed by another, and the chain goes through all of them")
    func rotation() throws {
        try sample.write(40, AuditWriter.Limits(size: 8 * 2_000))
        let files = try files()
        #expect(files.count > 4)
        for name in files {
            let size = try sample.bytes(sample.path + "/" + name).count
            #expect(size <= 2_000)
        }
        let found = try sample.verification()
        #expect(found.isWhole && found.lines == 40)
        try FileManager.default.removeItem(atPath: sample.path + "/" + files[1])
        #expect(try sample.verification().faults.first?.kind == .missing)
    }

    @Test("the oldest files go by size, the head says where the log begins, and it is whole")
    func bySize() throws {
        let limits = AuditWriter.Limits(size: 8 * 2_000)
        try sample.write(80, limits)
        var writer = AuditWriter(sample.folder, AuditSample.key, limits)
        try writer.tick(at: sample.now)
        let total = try files().reduce(0) { try $0 + sample.bytes(sample.path + "/" + $1).count }
        #expect(total <= limits.size + 1_000)
        let lines = try sample.lines()
        let first = try #require(lines.first?.number)
        #expect(first > 1 && lines.last?.action == "audit.expired" && lines.last?.number == 81)
        #expect(lines.last?.fields?["to"]?.text == "\(first - 1)")
        #expect(try sample.verification().isWhole)
        // Nobody takes one more away.
        try FileManager.default.removeItem(atPath: sample.file(first))
        #expect(try sample.verification().faults.first?.kind == .missing)
    }

    @Test("a file goes when its last line is as old as lines are kept, and not before")
    func byAge() throws {
        let keep = 8.0 * 86_400
        let limits = AuditWriter.Limits(keep: .seconds(keep))
        // One file a day and a little.
        try sample.write(10, limits, apart: 86_401)
        let before = try files().count
        #expect(before == 10)
        var writer = AuditWriter(sample.folder, AuditSample.key, limits)
        sample.now += 3_600
        try writer.tick(at: sample.now)
        let oldest = try #require(try sample.lines().first)
        let time = try #require(Timestamp.date(oldest.time))
        #expect(oldest.number > 1 && sample.now.timeIntervalSince(time) > keep - 86_401)
        #expect(try sample.verification().isWhole)
    }

    @Test("texts of whoever asks are cut to a length, and plain ASCII")
    func bounded() throws {
        var writer = AuditWriter(sample.folder, AuditSample.key)
        let long = String(repeating: "\u{202e}é", count: 100_000)
        try writer.append(
            AuditEvent(
                .reloaded, by: .client(long), on: long,
                fields: [("reasons", .array((0..<1_000).map { _ in .string(long) }))]),
            at: sample.now, now: sample.now)
        try writer.end(at: sample.now)
        let bytes = try sample.bytes(sample.file())
        #expect(bytes.count < 1 << 20)
        #expect(bytes.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0a })
        #expect(try sample.verification().isWhole)
    }
}
