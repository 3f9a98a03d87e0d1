import Foundation
import SandboxPolicy

/// The kernel's audit records, as auditd or the kernel's log has them: type 1326 (SECCOMP) names a
/// call without its arguments, type 1300 (SYSCALL) the first four.
enum AuditRecord {
    /// nil for a line that is no audit record.
    static func read(_ line: ArraySlice<UInt8>) -> TraceLine? {
        // Cheap for the lines of every other format.
        guard
            line.first == UInt8(ascii: "t") || line.first == UInt8(ascii: "[")
                || line.count > 40,
            let fields = fields(line), let type = fields["type"]
        else { return nil }
        guard ["1326", "1300", "SECCOMP", "SYSCALL"].contains(type) else {
            return .aside(.auditRecords)
        }
        guard let call = fields["syscall"], let architecture = architecture(fields["arch"]) else {
            return .unreadable("is an audit record without its call")
        }
        var traced = TracedCall(
            identity: UInt32(call).map { .number($0) } ?? .name(call), architecture: architecture)
        for index in 0..<4 {
            if let value = fields["a\(index)"].flatMap({ UInt64($0, radix: 16) }) {
                traced.arguments[index] = .value(value)
            }
        }
        return .call(traced)
    }

    /// Hexadecimal in raw records, a name in those that ausearch has interpreted.
    private static func architecture(_ text: String?) -> UInt32? {
        guard let text else { return nil }
        return UInt32(text, radix: 16)
            ?? SeccompArchitecture.allCases.first { $0.label == text }?.auditValue
    }

    /// `key=value` words behind `type=`, which an audit record has, and `audit(` behind it.
    private static func fields(_ line: ArraySlice<UInt8>) -> [String: String]? {
        let marker = Array("audit(".utf8)
        guard let type = line.firstRange(of: Array("type=".utf8)),
            line[type.upperBound...].firstRange(of: marker) != nil
        else { return nil }
        let before = line[..<type.lowerBound]
        // In quotes it is something that a traced program has written.
        if before.contains(UInt8(ascii: "\"")) { return nil }
        let isRecord =
            before.isEmpty || before.firstRange(of: Array("audit: ".utf8)) != nil
            || before.starts(with: Array("node=".utf8))
        guard isRecord else { return nil }
        var fields: [String: String] = [:]
        for word in line[type.lowerBound...].split(separator: 0x20) {
            guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let key = String(decoding: word[..<equals], as: UTF8.self)
            // The first one counts: what comes later may be a traced program's own words.
            if fields[key] == nil {
                fields[key] = String(decoding: word[(equals + 1)...], as: UTF8.self)
            }
        }
        return fields
    }
}

/// Glovebox's own log line of a child that ended on a call.
enum LoggedCall {
    private struct Line: Decodable {
        var number: String?
        var arch: String?
        var arguments: [String]?

        /// The names of `ChildReport`.
        enum CodingKeys: String, CodingKey {
            case number = "syscall_number"
            case arch, arguments
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            if let value = try? values.decode(UInt32.self, forKey: .number) {
                number = String(value)
            } else {
                number = try? values.decode(String.self, forKey: .number)
            }
            arch = try? values.decode(String.self, forKey: .arch)
            arguments = try? values.decode([String].self, forKey: .arguments)
        }
    }

    static func read(_ line: ArraySlice<UInt8>) -> TraceLine {
        guard let fields = try? JSONDecoder().decode(Line.self, from: Data(line)) else {
            return .unreadable("is not JSON")
        }
        guard let number = fields.number else { return .aside(.logLines) }
        guard let number = UInt32(number), let architecture = fields.arch.flatMap({ hex($0) }),
            let architecture = UInt32(exactly: architecture)
        else { return .unreadable("is a log line whose call cannot be read") }
        var call = TracedCall(identity: .number(number), architecture: architecture)
        for (index, text) in (fields.arguments ?? []).prefix(6).enumerated() {
            guard let value = hex(text) else {
                return .unreadable("is a log line whose arguments cannot be read")
            }
            call.arguments[index] = .value(value)
        }
        return .call(call)
    }

    private static func hex(_ text: String) -> UInt64? {
        text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : nil
    }
}
