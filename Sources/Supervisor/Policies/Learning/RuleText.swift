import SandboxPolicy

/// One rule as YAML, in the style of the shipped policies.
enum RuleText {
    static let columns = 100

    /// The lines of an element of `linux.seccomp.syscalls`.
    ///
    /// - Parameter indent: Spaces before the dash.
    static func lines(_ rule: SyscallRule, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        let inner = margin + "  "
        var lines = names(rule.names.map(\.text), margin: margin)
        lines.append("\(inner)action: \(rule.action.name)")
        if case .errno(let code) = rule.action { lines.append("\(inner)errnoRet: \(code)") }
        if rule.conditions.count == 1 {
            lines.append("\(inner)args: [\(text(of: rule.conditions[0]))]")
        } else if !rule.conditions.isEmpty {
            lines.append("\(inner)args:")
            lines += rule.conditions.map { "\(inner)  - \(text(of: $0))" }
        }
        return lines + comment(rule.comment ?? "", inner: inner)
    }

    private static func names(_ names: [String], margin: String) -> [String] {
        let line = "\(margin)- names: [\(names.joined(separator: ", "))]"
        if line.count <= columns { return [line] }
        return ["\(margin)- names:"] + names.map { "\(margin)    - \($0)" }
    }

    static func text(of condition: ArgumentCondition) -> String {
        let second =
            condition.comparison == .maskedEqual ? ", valueTwo: \(number(condition.valueTwo))" : ""
        return "{ index: \(condition.index), value: \(number(condition.value))\(second), "
            + "op: \(condition.comparison.rawValue) }"
    }

    /// Small numbers are easier to read in decimal.
    private static func number(_ value: UInt64) -> String {
        value < 0x400 ? String(value) : "0x" + String(value, radix: 16)
    }

    private static func comment(_ comment: String, inner: String) -> [String] {
        let text = oneLine(comment)
        if text.isEmpty { return [] }
        let line = "\(inner)comment: \(text)"
        if line.count <= columns, isPlain(text) { return [line] }
        let folded = WrappedText.lines(
            text, columns: columns, first: inner + "  ", rest: inner + "  ")
        return ["\(inner)comment: >-"] + folded
    }

    /// A text without what YAML would take for an end of line or cannot hold, and with single
    /// spaces.
    static func oneLine(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            if scalar.properties.isWhitespace { return " " }
            switch scalar.properties.generalCategory {
            case .control, .format, .unassigned, .privateUse, .surrogate: return "\u{fffd}"
            default: return scalar
            }
        }
        return String(String.UnicodeScalarView(scalars)).split(separator: " ")
            .joined(separator: " ")
    }

    /// Whether YAML reads a text as it stands as that text, and no reader as a number or a truth
    /// value: several words that begin with a letter.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x41...0x5a).contains(first & 0xdf),
            text.contains(" ")
        else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: ":"), UInt8(ascii: "#"): false
            default: (0x20...0x7e).contains(byte)
            }
        }
    }
}
