import Crypto
import Foundation
import Testing

@testable import Supervisor

@Suite("Verifying the audit log")
struct AuditVerificationTests {
    private let sample: AuditSample

    init() throws { sample = try AuditSample() }

    @Test("a log is whole as it was written, and says what was looked at")
    func whole() throws {
        try sample.write(5)
        let found = try sample.verification()
        #expect(found.isWhole && found.faults.isEmpty && found.lines == 5)
        #expect(found.from == 1 && found.to == 5 && found.head == 5)
        #expect(found.since == "2027-01-15T08:00:01.000Z")
        #expect(found.until == "2027-01-15T08:00:05.000Z")
        for path in [sample.file(), sample.path + "/head.json"] {
            #expect(TemporaryFolder.status(of: path)?.mode == 0o600)
        }
    }

    @Test("every line is what the format says, by an HMAC and a hash that are computed here")
    func format() throws {
        try sample.write(3)
        var previous = String(repeating: "0", count: 64)
        let text = String(decoding: try sample.bytes(sample.file()), as: UTF8.self)
        for (index, line) in text.split(separator: "\n").enumerated() {
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object["version"] as? Int == 1 && object["number"] as? Int == index + 1)
            #expect(object["action"] as? String == "service.reloaded")
            #expect(object["actor"] as? String == "key:shop")
            #expect(object["subject"] as? String == "a\"b\\x1b\\xc3\\xa9")
            #expect((object["fields"] as? [String: Any])?["n"] as? Int == index)
            #expect(object["previous"] as? String == previous)
            let cut = try #require(line.range(of: ",\"code\":\""))
            let code = HMAC<SHA256>.authenticationCode(
                for: Data(line[..<cut.lowerBound].utf8),
                using: SymmetricKey(data: AuditSample.bytes))
            #expect(
                object["code"] as? String == code.map { String(format: "%02x", $0) }.joined())
            previous = SHA256.hash(data: Data(line.utf8))
                .map { String(format: "%02x", $0) }.joined()
        }
    }

    @Test("any byte of the log or of its head that is another is told, at its line")
    func everyByte() throws {
        try sample.write(3)
        for path in [sample.file(), sample.path + "/head.json"] {
            let bytes = try sample.bytes(path)
            var line = 1
            for index in bytes.indices {
                for change: UInt8 in [0x01, 0x20, 0x80] {
                    var changed = bytes
                    changed[index] ^= change
                    try sample.set(changed, path)
                    let found = try sample.verification()
                    guard !found.isWhole else {
                        Issue.record("byte \(index) of \(path) changed by \(change)")
                        return
                    }
                    let fault = try #require(found.faults.first)
                    let isHead = path.hasSuffix("head.json")
                    #expect(fault.file == (isHead ? "head.json" : AuditFolder.fileName(1)))
                    #expect(isHead || fault.line == line)
                }
                if bytes[index] == 0x0a { line += 1 }
            }
            try sample.set(bytes, path)
        }
        #expect(try sample.verification().isWhole)
    }

    @Test("a line that was removed, doubled, exchanged, or put in from elsewhere is told")
    func lines() throws {
        try sample.write(6)
        let whole = try sample.bytes(sample.file())
        let lines = whole.split(separator: 0x0a).map { Array($0) + [0x0a] }
        func faults(_ lines: [[UInt8]]) throws -> [AuditVerification.Fault] {
            try sample.set(lines.flatMap { $0 }, sample.file())
            return try sample.verification().faults
        }
        for index in lines.indices {
            var changed = lines
            changed.remove(at: index)
            let removed = try faults(changed)
            #expect(removed.map(\.kind) == [index == 5 ? .cut : .missing], "removed \(index)")
            #expect(index == 5 || removed.first?.line == index + 1)
            changed.insert(lines[index], at: index)
            changed.insert(lines[index], at: index)
            let doubled = try #require(try faults(changed).first)
            #expect(doubled.kind == .misplaced && doubled.line == index + 2, "doubled \(index)")
            guard index > 0 else { continue }
            changed = lines
            changed.swapAt(index - 1, index)
            #expect(try faults(changed).first?.line == index, "exchanged \(index)")
        }
        // A line of another log, sealed with the same key.
        let other = try AuditSample()
        other.now += 100
        try other.write(6)
        let foreign = try other.bytes(other.file()).split(separator: 0x0a)[3]
        var changed = lines
        changed[3] = Array(foreign) + [0x0a]
        let found = try faults(changed)
        #expect(found.first?.kind == .misplaced && found.first?.line == 4)
        #expect(try faults(lines).isEmpty)
    }

    @Test("an end that was cut off is told, and so is a log that is gone but for its head")
    func cut() throws {
        try sample.write(4)
        let whole = try sample.bytes(sample.file())
        let ends = whole.indices.filter { whole[$0] == 0x0a }
        try sample.set(Array(whole[...ends[1]]), sample.file())
        let found = try sample.verification()
        #expect(found.faults.map(\.kind) == [.cut] && found.to == 2 && found.head == 4)
        try sample.set(Array(whole[...(ends[1] + 9)]), sample.file())
        #expect(try sample.verification().faults.map(\.kind) == [.torn, .cut])
        try FileManager.default.removeItem(atPath: sample.file())
        #expect(try sample.verification().faults.map(\.kind) == [.cut])
    }

    @Test("another key opens nothing, and is named as that")
    func otherKey() throws {
        try sample.write(3)
        let other = AuditKey([UInt8](repeating: 1, count: 32))
        #expect(try sample.verification(other).faults.first?.kind == .otherKey)
        try FileManager.default.removeItem(atPath: sample.path + "/head.json")
        let found = try sample.verification(other)
        #expect(found.faults.map(\.kind).contains(.otherKey) && found.faults.count == 2)
        #expect(try sample.verification().faults.map(\.kind) == [.head])
        #expect(throws: AuditWriter.Failure.self) {
            var writer = AuditWriter(sample.folder, other)
            try writer.open(at: sample.now)
        }
    }

    @Test("a head of before, put back with the log of before, is what nobody can tell")
    func rolledBack() throws {
        try sample.write(2)
        let old = try (sample.bytes(sample.file()), sample.bytes(sample.path + "/head.json"))
        try sample.write(2)
        #expect(try sample.verification().lines == 4)
        try sample.set(old.0, sample.file())
        #expect(try sample.verification().faults.map(\.kind) == [.cut])
        try sample.set(old.1, sample.path + "/head.json")
        #expect(try sample.verification().isWhole)
    }
}
