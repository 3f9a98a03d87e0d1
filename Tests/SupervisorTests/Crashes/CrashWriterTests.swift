import FoundationEssentials
import Testing

@testable import Supervisor

@Suite("Writing and removing in the crash log")
struct CrashWriterTests {
    private typealias Lines = CrashLogFolder
    private let log: CrashLogFolder

    init() throws { log = try CrashLogFolder() }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: log.folder.path).sorted()
    }

    private func purge(_ name: String, _ value: String) throws -> CrashPurge.Result {
        var writer = CrashWriter(log.folder, CrashWriter.Limits())
        return try writer.purge(CrashPurge.Order([(name, value)]))
    }

    @Test("what is kept long enough goes also where no child dies any more")
    func quiet() throws {
        try log.write([Lines.record(0)])
        log.set(changed: Lines.date(0))
        let keep = Duration.seconds(8 * 3_600)
        var writer = CrashWriter(log.folder, CrashWriter.Limits(keep: keep, sync: .none))
        try writer.open()
        try writer.tick(at: Lines.date(1_800))
        #expect(try names() == ["crashes.jsonl"])
        // An eighth of the time is over, and the next look is an hour after the last.
        try writer.tick(at: Lines.date(5_300))
        #expect(try names() == ["crashes.jsonl"])
        try writer.tick(at: Lines.date(5_500))
        #expect(try names() == ["crashes.jsonl.1"])
        #expect(try log.lines == [Lines.record(0)])
        try writer.tick(at: Lines.date(9_200))
        #expect(try log.lines == [Lines.record(0)])
        try writer.tick(at: Lines.date(8 * 3_600 + 60))
        #expect(try log.lines == [] && names() == ["crashes.jsonl"])
    }

    @Test("a log whose folder was removed goes on in a new one, with its modes and for readers")
    func folderGone() throws {
        var writer = CrashWriter(log.folder, CrashWriter.Limits(sync: .none))
        try writer.append(Lines.record(1), at: Date())
        try FileManager.default.removeItem(atPath: log.folder.path)
        try writer.append(Lines.record(2), at: Date())
        #expect(try log.lines == [Lines.record(2)])
        // Moved away, and another made in its place.
        try FileManager.default.moveItem(
            atPath: log.folder.path, toPath: log.folder.path + ".old")
        try FileManager.default.createDirectory(
            atPath: log.folder.path, withIntermediateDirectories: false)
        try writer.tick(at: Date())
        try writer.append(Lines.record(3), at: Date())
        #expect(try log.lines == [Lines.record(3)])
        #expect(TemporaryFolder.status(of: log.path)?.mode == 0o640)
    }

    @Test("purging all leaves nothing, whatever it was")
    func all() throws {
        let other = Lines.record(2).replacing("\"version\":1", with: "\"version\":2")
        try log.write([Lines.record(1), other, "nonsense"])
        try log.append(Lines.record(3).dropLast(5) + "")
        try log.write([Lines.record(0), other], to: 2)
        try FileManager.default.createSymbolicLink(
            atPath: log.path(4), withDestinationPath: "/etc/passwd")
        try Data("left".utf8).write(to: URL(filePath: log.path + ".new"))
        #expect(try purge("all", "true") == CrashPurge.Result(crashes: 2))
        #expect(try names() == [])
        #expect(FileManager.default.contents(atPath: "/etc/passwd")?.isEmpty == false)
    }

    @Test(
        "what names an input goes with it, also where nobody can read it; the rest is left and told"
    )
    func input() throws {
        let hash = Lines.hex(5, 64)
        let cut = String(Lines.record(3, input: 5).dropLast(5))
        try log.write([Lines.record(1), Lines.record(2, input: 5), cut, "nonsense"])
        try log.write([Lines.record(0, input: 5)], to: 1)
        let result = try purge("input", hash)
        #expect(result == CrashPurge.Result(crashes: 2, unreadable: 1))
        #expect(result.text.contains("1 line that cannot be read was left"))
        let left = FileManager.default.contents(atPath: log.path) ?? Data()
        #expect(String(decoding: left, as: UTF8.self) == Lines.record(1) + "\nnonsense\n")
        #expect(try names() == ["crashes.jsonl"])
    }

    @Test("what is older than a time goes, with what nobody can read of a file that is as old")
    func older() throws {
        try log.write(["nonsense", Lines.record(1)], to: 1)
        log.set(changed: Lines.date(2), of: 1)
        try log.write([Lines.record(3), Lines.record(20), "more nonsense"])
        log.set(changed: Lines.date(30))
        let result = try purge("older", Lines.time(10))
        #expect(result == CrashPurge.Result(crashes: 2, unreadable: 1))
        #expect(try log.lines == [Lines.record(20)] && names() == ["crashes.jsonl"])
    }
}
