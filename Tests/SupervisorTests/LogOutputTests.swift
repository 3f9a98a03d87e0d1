import FoundationEssentials
import Logging
import Synchronization
import Testing

@testable import Supervisor

@Suite("Log lines")
struct LogOutputTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private struct Line: Decodable {
        var time: String
        var level: String
        var message: String
        var path: String?
        var status: Int?
        var duration: Double?
        var ok: Bool?
        var fieldLevel: String?
        var list: [String]?

        enum CodingKeys: String, CodingKey {
            case time, level, message, path, status, ok, list
            case duration = "duration_ms"
            case fieldLevel = "field_level"
        }
    }

    private func output(
        _ format: LogFormat, into lines: Lines, isTerminal: Bool = false, colour: Bool = true
    ) -> LogOutput {
        LogOutput(
            level: .info, format: format, isTerminal: isTerminal, allowsColour: colour
        ) { line in lines.all.withLock { $0.append(line) } }
    }

    private func lines(_ log: (Logger) -> Void) -> [String] {
        let lines = Lines()
        var logger = output(.json, into: lines).logger
        logger[metadataKey: "path"] = "/"
        log(logger)
        return lines.all.withLock { $0 }
    }

    private func decoded(_ line: String) throws -> Line {
        try JSONDecoder().decode(Line.self, from: Data(line.utf8))
    }

    @Test("an event is one line of JSON with its metadata beside time, level and message")
    func oneLine() throws {
        let lines = lines { logger in
            logger.info(
                "request",
                metadata: [
                    "status": .stringConvertible(200 as Int),
                    "duration_ms": .stringConvertible(1.5 as Double),
                    "ok": .stringConvertible(true), "list": ["a", "b"],
                ])
            logger.debug("unseen")
        }
        #expect(lines.count == 1)
        let line = try decoded(lines[0])
        #expect(line.level == "info")
        #expect(line.message == "request")
        #expect(line.path == "/")
        #expect(line.status == 200)
        #expect(line.duration == 1.5)
        #expect(line.ok == true)
        #expect(line.list == ["a", "b"])
        #expect(line.time.hasSuffix("Z"))
    }

    @Test(
        "no text can end its line, its string or a terminal's",
        arguments: [
            "a\nb\r\nc", "\"}{\"", "back\\slash\\", "\u{0}\u{1F}\u{7F}\u{9B}31m", "\u{1B}[2J",
            "\u{2028}\u{2029}", "\u{202E}gpj.exe\u{2066}", "ünïcödé 🖼",
        ])
    func escaping(_ text: String) throws {
        let lines = lines { $0.info("x", metadata: ["path": .string(text)]) }
        let line = try #require(lines.first)
        #expect(line.hasSuffix("}\n"))
        for scalar in line.unicodeScalars.dropLast() {
            #expect(scalar.value >= 0x20)
            #expect(!(0x7F...0x9F).contains(scalar.value))
            #expect(!(0x2028...0x2029).contains(scalar.value))
        }
        #expect(try decoded(line).path == text)
    }

    @Test("invalid UTF-8 is replaced before it reaches a line")
    func invalidUTF8() throws {
        let text = String(decoding: [0x61, 0xFF, 0xC3] as [UInt8], as: UTF8.self)
        let lines = lines { $0.info("x", metadata: ["path": .string(text)]) }
        #expect(try decoded(lines[0]).path == "a\u{FFFD}\u{FFFD}")
    }

    @Test("metadata cannot pose as the line's own fields")
    func reservedNames() throws {
        let lines = lines { $0.info("x", metadata: ["level": "critical"]) }
        let line = try decoded(lines[0])
        #expect(line.level == "info")
        #expect(line.fieldLevel == "critical")
    }

    @Test("times are RFC 3339 in UTC with milliseconds")
    func timestamps() {
        #expect(
            Timestamp.text(Date(timeIntervalSince1970: 1_700_000_000.25))
                == "2023-11-14T22:13:20.250Z")
    }

    @Test("a number that JSON lacks becomes null")
    func notANumber() {
        #expect(JSONValue.array([.decimal(.nan), .decimal(.infinity)]).text == "[null,null]")
    }

    @Test(
        "for people, no text can end its line, pose as a field or reach the terminal as control",
        arguments: [
            "a\nb\r\nc", "x status=200", "\"}{\"", "back\\slash\\", "\u{1B}[2J\u{9B}31m", "",
            "\u{1B}]0;title\u{7}", "\u{2028}\u{2029}\u{202E}", "ünïcödé 🖼",
        ])
    func textEscaping(_ text: String) throws {
        let lines = Lines()
        let logger = output(.text, into: lines).logger
        logger.info(
            "\(text)",
            metadata: [
                "path": .string(text), text: "name", "list": [.string(text)],
                "nested": ["inner": .string(text)],
            ])
        let all = lines.all.withLock { $0 }
        let line = try #require(all.first)
        #expect(all.count == 1 && line.hasSuffix("\n"))
        let clean = line.unicodeScalars.dropLast().allSatisfy {
            $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
                && !(0x2028...0x202E).contains($0.value)
        }
        #expect(clean)
        #expect(!line.contains("path=x status=200"))
        #expect(line.contains("  path="))
    }

    @Test("for people, words stand plain and everything else in quotes")
    func textLine() {
        let line = TextLogLine.make(
            time: "T", level: .warning, message: "child ended",
            fields: [
                "class": "crash", "ms": .stringConvertible(1.5 as Double), "text": "two words",
            ], coloured: false)
        #expect(line == "T WARNING  child ended  class=crash  ms=1.5  text=\"two words\"\n")
    }

    @Test("auto is text on a terminal and JSON elsewhere; colour is for terminals that want it")
    func formats() throws {
        for (format, isTerminal, colour, begin) in [
            (LogFormat.auto, false, true, "{"), (.auto, true, true, "2"), (.json, true, true, "{"),
            (.text, false, true, "2"), (.text, true, false, "2"),
        ] {
            let lines = Lines()
            output(format, into: lines, isTerminal: isTerminal, colour: colour).logger.error("x")
            let line = try #require(lines.all.withLock { $0.first })
            #expect(line.hasPrefix(begin))
            #expect(line.contains("\u{1B}[31m") == (isTerminal && colour && begin != "{"))
        }
    }

    @Test("every logger follows a change of level and format at once, and none gets louder")
    func changes() {
        let lines = Lines()
        let output = output(.json, into: lines)
        let logger = output.logger
        var quiet = logger
        quiet.logLevel = .warning
        logger.debug("unseen")
        #expect(output.change(to: .debug) == .info)
        #expect(logger.logLevel == .debug && quiet.logLevel == .warning)
        logger.debug("seen")
        quiet.info("unseen")
        output.level = .error
        #expect(quiet.logLevel == .error)
        quiet.warning("unseen")
        output.format = .text
        logger.error("text")
        let all = lines.all.withLock { $0 }
        #expect(all.count == 2)
        #expect(all.first?.hasPrefix("{") == true && all.last?.hasSuffix("ERROR    text\n") == true)
    }
}
