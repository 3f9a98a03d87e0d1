import Logging

/// A log event as one line of JSON: `time`, `level`, `message`, then the event's metadata by name,
/// in alphabetical order.
enum JSONLogLine {
    static func make(
        time: String, level: Logger.Level, message: String, fields: Logger.Metadata
    ) -> String {
        var members: [(String, JSONValue)] = [
            ("time", .string(time)), ("level", .string(level.rawValue)),
            ("message", .string(message)),
        ]
        let reserved = members.map(\.0)
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            // Two members of one name would be read differently by different readers.
            members.append((reserved.contains(name) ? "field_\(name)" : name, JSONValue(value)))
        }
        return JSONValue.object(members).text + "\n"
    }
}

extension JSONValue {
    /// Numbers and booleans stay what they are; everything else is text.
    init(_ value: Logger.MetadataValue) {
        self =
            switch value {
            case .string(let text): .string(text)
            case .array(let values): .array(values.map { JSONValue($0) })
            case .dictionary(let members):
                .object(
                    members.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })
            case .stringConvertible(let value):
                switch value {
                case let flag as Bool: .bool(flag)
                case let number as Double: .decimal(number)
                case let number as any FixedWidthInteger:
                    if let signed = Int64(exactly: number) {
                        .integer(signed)
                    } else {
                        .unsigned(UInt64(clamping: number))
                    }
                default: .string(value.description)
                }
            }
    }
}
