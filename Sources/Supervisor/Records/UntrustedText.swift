/// Text that a child, or a library in it, has printed.
enum UntrustedText {
    /// As below, of a text.
    static func printable(_ text: String) -> String { printable(Array(text.utf8)) }

    /// Printable ASCII stays, everything else becomes an escape, so that nothing in it can move a
    /// terminal's cursor or end a log line.
    static func printable(_ bytes: [UInt8]) -> String {
        var text = ""
        for byte in bytes {
            switch byte {
            case 0x5c: text += "\\\\"
            case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x0a: text += "\\n"
            default:
                text +=
                    byte < 16 ? "\\x0\(String(byte, radix: 16))" : "\\x\(String(byte, radix: 16))"
            }
        }
        return text
    }
}
