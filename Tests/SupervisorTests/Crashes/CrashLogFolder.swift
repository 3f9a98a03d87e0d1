import Descriptors
import FoundationEssentials
import Glibc

@testable import Supervisor

/// A crash log whose lines a test writes itself.
struct CrashLogFolder {
    private let temporary: TemporaryFolder
    /// The file that is written, with a number as the one of that number.
    var path: String { temporary.path + "/crashes/crashes.jsonl" }
    /// Of a log without anything else.
    let log: CrashLog
    let folder: CrashFolder

    init() throws {
        temporary = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: temporary.path + "/crashes", withIntermediateDirectories: false)
        folder = try CrashFolder(ofState: temporary.path)
        log = CrashLog(folder)
    }

    func path(_ number: Int) -> String { number == 0 ? path : "\(path).\(number)" }

    /// Writes a file anew.
    func write(_ lines: [String], to number: Int = 0) throws {
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: path(number)))
    }

    /// Writes more behind what there is.
    func append(_ text: String) throws {
        let file = try folder.append()
        try file.writeAll(Array(text.utf8).span)
    }

    /// Whole lines that there are, of all files.
    var lines: [String] {
        get throws {
            try log.lines(.all).found.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// When a file was written last.
    func set(changed time: Date, of number: Int = 0) {
        let time = timespec(tv_sec: Int(time.timeIntervalSince1970), tv_nsec: 0)
        // The path and two times are read within the call.
        _ = unsafe utimensat(AT_FDCWD, path(number), [time, time], 0)
    }

    /// A line of a record with an id that sorts by `number`, and of a time some seconds after 2027
    /// began.
    static func record(
        _ number: Int, second: Double? = nil, signature: String? = nil, input: Int = 0,
        summary: String = "x"
    ) -> String {
        let time = time(second ?? Double(number))
        return "{\"version\":1,\"id\":\"\(id(number))\",\"time\":\"\(time)\",\"class\":\"crash\","
            + "\"signature\":\"\(signature ?? hex(number % 7, 16))\",\"summary\":\"\(summary)\","
            + "\"policy\":{\"name\":\"raster\"},\"input\":{\"sha256\":\"\(hex(input, 64))\"},"
            + "\"times\":{}}"
    }

    static func count(_ count: Int, second: Double = 0) -> String {
        "{\"version\":1,\"kind\":\"count\",\"time\":\"\(time(second))\",\"class\":\"crash\","
            + "\"signature\":\"\(hex(1, 16))\",\"policy\":\"raster\",\"count\":\(count),"
            + "\"since\":\"\(time(second))\",\"until\":\"\(time(second))\"}"
    }

    static func id(_ number: Int) -> String { hex(number, 20) }
    static func time(_ second: Double) -> String { Timestamp.text(date(second)) }
    static func date(_ second: Double) -> Date {
        Date(timeIntervalSince1970: 1_798_761_600 + second)
    }

    static func hex(_ number: Int, _ digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }
}

extension CrashLog {
    /// The lines that match, as a search reads them.
    func heads(_ filter: CrashFilter) throws -> CrashReading<CrashHead> {
        let lines = try lines(filter)
        return CrashReading(
            found: lines.found.compactMap { CrashLine.head($0, $0.indices) }, isCut: lines.isCut,
            older: lines.older, newer: lines.newer, warnings: lines.warnings)
    }
}
