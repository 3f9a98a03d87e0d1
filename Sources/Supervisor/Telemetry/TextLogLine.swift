import Logging

/// A log event as a line for people: time, level, message, then the metadata as `name=value`.
///
/// Whatever is not a plain word is written as a JSON string, so that no text of a request, a child
/// or a library can end the line, pose as another field, or reach the terminal as a control
/// sequence.
enum TextLogLine {
    /// - Parameter coloured: whether the level is marked by colour (ECMA-48 SGR).
    static func make(
        time: String, level: Logger.Level, message: String, fields: Logger.Metadata,
        coloured: Bool
    ) -> String {
        let name = level.rawValue.uppercased()
        let mark = coloured ? "\u{1B}[\(colour(level))m\(name)\u{1B}[0m" : name
        let padding = String(repeating: " ", count: max(1, 9 - name.utf8.count))
        var line = "\(time) \(mark)\(padding)"
        // The message without the quotes around it.
        line += String(JSONValue.string(message).text.dropFirst().dropLast())
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += "  \(word(name))=\(text(value))"
        }
        return line + "\n"
    }

    private static func text(_ value: Logger.MetadataValue) -> String {
        let json = JSONValue(value)
        if case .string(let text) = json { return word(text) }
        return json.text
    }

    private static func word(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy(isPlain)
        return isPlain ? text : JSONValue.string(text).text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "\""), UInt8(ascii: "\\"): false
        default: (0x21...0x7E).contains(byte)
        }
    }

    private static func colour(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 90
        case .info: 32
        case .notice: 36
        case .warning: 33
        case .error, .critical: 31
        }
    }
}
