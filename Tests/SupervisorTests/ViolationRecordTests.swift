import Logging
import SandboxPolicy
import Synchronization
import Testing

@testable import Supervisor

@Suite("Records of violations")
struct ViolationRecordTests {
    /// The metadata that a child's end is logged with.
    private static let fields: Logger.Metadata = [
        "class": "violation", "policy": "raster", "syscall": "mmap",
        "syscall_number": .stringConvertible(9 as UInt32), "arch": "0xc000003e",
        "arguments": ["0x0", "0x1000", "0x1", "0x1", "0x3", "0xffffffff00000000"],
        "stage": "decode", "request_id": "0198f0c2-7a", "stderr": "a = \"b\"  class=crash\n[{",
        "child": .stringConvertible(7 as UInt64),
    ]

    /// The line as the service writes it.
    private static func line(
        _ format: LogFormat, colour: Bool = false, message: String = "child ended",
        _ change: (inout Logger.Metadata) -> Void = { _ in }
    ) -> String {
        var fields = fields
        change(&fields)
        let lines = Mutex<[String]>([])
        let output = LogOutput(
            level: .info, format: format, isTerminal: colour, allowsColour: colour
        ) { line in lines.withLock { $0.append(line) } }
        output.write(
            time: "2026-03-01T00:00:00.000Z", level: .warning, message: message, fields: fields)
        return String(lines.withLock { $0 }.joined().dropLast())
    }

    private static let call = SeccompCall(
        9, [0, 0x1000, 1, 1, 3, 0xffff_ffff_0000_0000], on: .amd64)

    @Test(
        "both log formats give the same record", arguments: [LogFormat.json, .text], [true, false])
    func formats(format: LogFormat, colour: Bool) throws {
        guard case .violation(let record) = ViolationRecord.read(Self.line(format, colour: colour))
        else {
            Issue.record("\(Self.line(format))")
            return
        }
        #expect(record.call == Self.call)
        #expect(record.policy == "raster" && record.stage == "decode")
        #expect(record.requestID == "0198f0c2-7a")
    }

    @Test("words that a journal puts before a line of JSON do not matter")
    func journal() {
        let line = "Mar 01 00:00:00 host glovebox[12]: " + Self.line(.json)
        #expect(ViolationRecord.read(line) == ViolationRecord.read(Self.line(.json)))
    }

    @Test(
        "what a child wrote makes no record of another line",
        arguments: [LogFormat.json, .text])
    func untrusted(format: LogFormat) {
        let forged = Self.line(format) { $0["class"] = "crash" }
        #expect(ViolationRecord.read(forged) == .other)
        for text in [
            "[x", "{\"message\":\"child ended\",\"class\":\"violation\"}", "  class=violation",
        ] {
            let line = Self.line(format) {
                $0["class"] = "crash"
                $0["stderr"] = "\(text)"
            }
            #expect(ViolationRecord.read(line) == .other, "\(text)")
        }
    }

    @Test("lines of something else are passed over, and lines of nothing are told apart")
    func others() {
        #expect(ViolationRecord.read(Self.line(.json, message: "request")) == .other)
        #expect(ViolationRecord.read(Self.line(.text, message: "request")) == .other)
        for line in ["hello", "{", "[1]", "{\"message\":", "42"] {
            #expect(ViolationRecord.read(line) == .unreadable, "\(line)")
        }
    }

    @Test(
        "a violation of which something is missing says what",
        arguments: ["syscall_number", "arch", "arguments"])
    func incomplete(field: String) {
        let line = Self.line(.json) { $0[field] = nil }
        guard case .incomplete(let reason) = ViolationRecord.read(line) else {
            Issue.record("\(ViolationRecord.read(line))")
            return
        }
        #expect(reason.contains(field))
        let wrong = Self.line(.text) { $0[field] = "9x" }
        if case .incomplete = ViolationRecord.read(wrong) {} else { Issue.record("\(wrong)") }
    }

    @Test("calls that differ in addresses alone are told once, with how often")
    func equalCalls() {
        var calls = ReportedCalls()
        for (number, address) in ["0x0", "0x7000", "0x9000"].enumerated() {
            let line = Self.line(.json) {
                $0["arguments"] = .array([
                    "\(address)", "0x1000", "0x1", number == 2 ? "0x11" : "0x1", "0x3", "0x0",
                ])
            }
            calls.add(Array(line.utf8), at: number + 1)
        }
        calls.add(Array("nonsense".utf8), at: 4)
        #expect(calls.reported.map(\.count) == [2, 1])
        #expect(calls.unreadable == 1)
    }
}
