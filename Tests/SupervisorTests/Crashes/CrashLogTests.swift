import FoundationEssentials
import Testing

@testable import Supervisor

@Suite("Reading the crash log")
struct CrashLogTests {
    private typealias Lines = CrashLogFolder
    private let log: CrashLogFolder

    init() throws { log = try CrashLogFolder() }

    private func filter(_ options: [(name: String, value: String)]) throws -> CrashFilter {
        try CrashFilter(options)
    }

    private static func text(_ reading: CrashReading<[UInt8]>) -> [String] {
        reading.found.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Follows the pages of the whole log; the oldest first in either direction.
    private func pages(
        forward: Bool, _ page: ReadingBudget, limit: Int
    ) throws -> (lines: [String], pages: Int) {
        var lines: [String] = []
        var count = 0
        var place: CrashCursor? = forward ? .beginning : nil
        repeat {
            var filter = CrashFilter.all
            filter.limit = limit
            if forward { filter.after = place } else { filter.before = place }
            let reading = try log.log.lines(filter, page)
            #expect(reading.found.count <= limit && reading.warnings.isEmpty)
            lines = forward ? lines + Self.text(reading) : Self.text(reading) + lines
            place = forward ? (reading.isCut ? reading.newer : nil) : reading.older
            count += 1
        } while place != nil && count < 10_000
        return (lines, count)
    }

    @Test("numbers that nobody can have counted are no lines of the log, and end nothing")
    func hugeCounts() throws {
        let huge = [45_035_996_273_704_959, 1_000_000_001, 0].flatMap { count in
            (0..<210).map { _ in Lines.count(count) }
        }
        try log.write(huge + [Lines.count(1_000_000_000), Lines.count(1_000_000_000)])
        let stats = try log.log.stats(.all)
        #expect(stats.count == 2_000_000_000 && stats.records == 0)
        #expect(stats.signatures.map(\.count) == [2_000_000_000])
        #expect(stats.warnings.last == "And 610 more lines of it were skipped.")
        var writer = CrashWriter(log.folder, CrashWriter.Limits())
        #expect(try writer.purge(CrashPurge.Order([("all", "true")])).crashes == 2_000_000_000)
        #expect(Int.max.addingClamped(1) == .max)
    }

    @Test("pages have every line once and in order, from either end and whatever ends a page")
    func paging() throws {
        let all = (0..<4_000).map {
            Lines.record($0, summary: String(repeating: "y", count: $0 % 17 * 20))
        }
        for part in 0..<8 { try log.write(Array(all[part * 500..<part * 500 + 500]), to: 7 - part) }
        for forward in [true, false] {
            let wide = try pages(forward: forward, ReadingBudget(), limit: 500)
            #expect(wide.lines == all && (8...9).contains(wide.pages))
            let narrow = try pages(
                forward: forward, ReadingBudget(bytes: 100_000, scanned: 60_000), limit: 700)
            #expect(narrow.lines == all && narrow.pages > 20)
        }
        let stats = try log.log.stats(.all)
        #expect(stats.count == 4_000 && stats.overTime.reduce(0, +) == 4_000)
        #expect(stats.signatures.map(\.count).sorted() == [571, 571, 571, 571, 572, 572, 572])
        #expect(stats.since == Lines.time(0) && stats.signatures.allSatisfy { $0.newest != nil })
        let newest = try log.log.lines(filter([("limit", "3")]))
        #expect(Self.text(newest) == Array(all.suffix(3)) && newest.isCut)
        let found = try log.log.heads(filter([("id", Lines.id(1_234))]))
        #expect(found.found.map(\.id) == [Lines.id(1_234)] && !found.isCut)
    }

    @Test("a page holds one line however long it is, and numbers keep few of many signatures")
    func bounds() throws {
        let long = (0..<3).map { Lines.record($0, summary: String(repeating: "z", count: 9_000)) }
        try log.write(long)
        let tiny = try pages(forward: true, ReadingBudget(bytes: 10, scanned: 10), limit: 5)
        #expect(tiny.lines == long && tiny.pages >= 3)
        try log.write((0..<1_200).map { Lines.record($0, signature: Lines.hex($0, 16)) })
        let stats = try log.log.stats(.all)
        #expect(stats.count == 1_200 && stats.signatures.count == CrashStats.mostListed)
        #expect(stats.moreSignatures == 1_200 - CrashStats.mostListed)
    }

    @Test("who follows the log gets each new line once, through a rotation, whatever its time")
    func following() throws {
        // The clock was wrong once; and an old line is within the last seconds.
        try log.write([Lines.record(1), Lines.record(2, second: 9e9), Lines.record(3)])
        let first = try log.log.lines(filter([("limit", "1")]))
        #expect(Self.text(first) == [Lines.record(3)])
        var place = try #require(first.newer)
        func newest() throws -> CrashCursor {
            try #require(try log.log.lines(filter([("limit", "1")])).newer)
        }
        func news() throws -> [String] {
            var filter = CrashFilter.all
            filter.after = place
            let reading = try log.log.lines(filter)
            place = try #require(reading.newer)
            #expect(reading.warnings.isEmpty, "\(reading.warnings)")
            return Self.text(reading)
        }
        #expect(try news() == [])
        try log.append(Lines.record(4) + "\n" + Lines.record(5).prefix(40))
        #expect(try news() == [Lines.record(4)])
        // Who begins now begins at the same place: before the line that is half there.
        let begun = try newest()
        #expect(begun.inode == place.inode && begun.offset == place.offset)
        try log.append(Lines.record(5).dropFirst(40) + "\n" + Lines.count(3) + "\n")
        try log.folder.rotate()
        try log.append(Lines.record(6) + "\n")
        #expect(try news() == [Lines.record(5), Lines.count(3), Lines.record(6)])
        try log.append(Lines.record(8))
        #expect(try news() == [Lines.record(8)])
        try log.append("\n")
        #expect(try news() == [])
        try log.folder.rotate()
        #expect(try news() == [])
        try log.append(Lines.record(7) + "\n")
        #expect(try news() == [Lines.record(7)])
    }

    @Test("who follows a log that has nothing yet gets its first line")
    func followingNothing() throws {
        let first = try log.log.lines(.all)
        var filter = CrashFilter.all
        filter.after = first.newer
        try log.write([Lines.record(1)])
        let reading = try log.log.lines(filter)
        #expect(Self.text(reading) == [Lines.record(1)] && reading.warnings.isEmpty)
    }

    @Test("where the file of a place is gone the log goes on by time, and says so")
    func lostPlace() throws {
        try log.write((1..<6).map { Lines.record($0) })
        let page = ReadingBudget(now: Lines.date(100))
        let seen = try log.log.lines(filter([("limit", "1")]), page)
        var filter = CrashFilter.all
        filter.after = seen.newer
        try FileManager.default.removeItem(atPath: log.path)
        try log.write((4..<9).map { Lines.record($0) })
        let reading = try log.log.lines(filter)
        #expect(Self.text(reading) == (6..<9).map { Lines.record($0) })
        #expect(reading.warnings.count == 1)
    }

    @Test("a reading of the last hour opens no file that is older, and finds no less")
    func since() throws {
        try log.write(["garbage"] + (0..<5).map { Lines.record($0) }, to: 1)
        try log.write((5..<9).map { Lines.record($0) })
        log.set(changed: Lines.date(4), of: 1)
        log.set(changed: Lines.date(9))
        let options = [(name: "since", value: Lines.time(7))]
        let reading = try log.log.lines(filter(options))
        #expect(Self.text(reading) == [7, 8].map { Lines.record($0) } && reading.warnings.isEmpty)
        #expect(try log.log.stats(filter(options)).count == 2)
        #expect(try log.log.lines(filter([("since", Lines.time(2))])).warnings.count == 1)
    }

    @Test("a file that is none of the log's is told and skipped, in reading and in writing")
    func obstacles() throws {
        try log.write((0..<3).map { Lines.record($0) }, to: 1)
        try FileManager.default.createSymbolicLink(
            atPath: log.path(3), withDestinationPath: "/etc/passwd")
        try FileManager.default.createDirectory(
            atPath: log.path(7), withIntermediateDirectories: false)
        let reading = try log.log.lines(.all)
        #expect(Self.text(reading).count == 3 && reading.warnings.count == 2)
        #expect(reading.warnings.contains { $0.contains(log.path(3)) })
        var writer = CrashWriter(log.folder, CrashWriter.Limits(size: 8 * 400, sync: .none))
        for number in 3..<20 { try writer.append(Lines.record(number), at: Date()) }
        let left = try log.log.heads(.all)
        #expect(left.found.last?.id == Lines.id(19) && left.warnings.isEmpty)
        let names = try FileManager.default.contentsOfDirectory(atPath: log.folder.path)
        #expect(names.contains("crashes.jsonl.7.foreign-1"))
    }

    @Test("a line is passed on as it is, unless a terminal or a program could not take it")
    func passedOn() throws {
        let report = try SampleCrash.all()[1].report
        let whole = CrashEntry.record(try SampleCrash.record(1, report)).line
        let turned = whole.replacing("SIGSEGV", with: "SIG\u{202e}\u{9b}SEGV")
        let broken = whole.dropLast(2) + "\\x}}"
        let unknown = Lines.record(3)
        try log.write([whole, turned, String(broken), unknown])
        let reading = try log.log.lines(.all)
        #expect(reading.warnings.count == 1)
        try #require(reading.found.count == 3)
        #expect(Self.text(reading)[0] == whole && Self.text(reading)[2] == unknown)
        let rewritten = Self.text(reading)[1]
        #expect(rewritten.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        #expect(rewritten.contains("\\u202e") && CrashEntry(json: rewritten) != nil)
        let answer = CrashAnswer.bytes(reading)
        let read = try #require(CrashAnswer.reading(answer))
        #expect(read.found == reading.found && read.warnings == reading.warnings)
        #expect(read.newer == reading.newer && read.newer != nil)
        #expect(CrashAnswer.reading(Array("{\"crashes\":[".utf8)) == nil)
    }

    @Test("of a flood the records are found among the counts")
    func recordsOnly() throws {
        try log.write([Lines.record(1)] + (0..<600).map { Lines.count($0 + 1) })
        let reading = try log.log.heads(filter([("limit", "1"), ("records", "true")]))
        #expect(reading.found.map(\.id) == [Lines.id(1)])
    }

    @Test("a place is read as it was written, and nothing else is")
    func cursors() {
        let cursor = CrashCursor(inode: .max, offset: 5, print: 77, time: 1_798_761_600_123)
        #expect(CrashCursor(cursor.description) == cursor)
        #expect(CrashCursor("0") == .beginning)
        #expect(cursor.timeText == "2027-01-01T00:00:00.123Z")
        for time in cursor.time..<cursor.time + 1_000 {
            var other = cursor
            other.time = time
            #expect(CrashCursor.time(of: other.timeText, now: .distantFuture) == time)
        }
        for text in [
            "", "1", "0-0-0", "0-0-0-0-0", "-1-0-0-0", "+1-0-0-0", "g-0-0-0", "1-0-0-", "1--1-0-0",
            "1-8000000000000000-0-0", "1-0-0-ffffffffffff", "10000000000000000-0-0-0",
        ] {
            #expect(CrashCursor(text) == nil, "\(text)")
        }
    }
}
