import SandboxPolicy

/// The text of a file before a parser sees it: UTF-8, and nothing in it that would cost a parser
/// more than the file's size.
enum YAMLText {
    /// Aliases that a parser may meet. They are refused, but by their place in the tree, and to
    /// build a tree in which an alias is a key takes time that doubles with each: of this many it
    /// takes milliseconds.
    static let mostAliases = 24

    static func read(_ bytes: [UInt8]) throws(StrictYAML.Problem) -> String {
        let content = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
        if [[0xFF, 0xFE], [0xFE, 0xFF]].contains(where: content.starts) {
            throw StrictYAML.Problem(.start, "the file is UTF-16", "save it as UTF-8")
        }
        if let offset = content.firstIndex(of: 0) {
            throw StrictYAML.Problem(
                position(ofByte: offset, in: content), "there is a NUL byte here",
                "save the file as plain text in UTF-8")
        }
        try countAliases(in: content)
        do {
            return String(copying: try UTF8Span(validating: StrictYAML.padded(content).span))
        } catch {
            throw StrictYAML.Problem(
                position(ofByte: error.byteOffsets.lowerBound, in: content),
                "the file is not UTF-8 text here", "save it as UTF-8")
        }
    }

    /// U+FEFF, which some editors put in front.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Counts what may be an alias: a star where a value can begin, with a name behind it. In
    /// comments and quotes it counts what is none, so the bound is above what anybody writes there.
    private static func countAliases(in bytes: [UInt8]) throws(StrictYAML.Problem) {
        var count = 0
        for index in bytes.indices where bytes[index] == UInt8(ascii: "*") {
            guard index + 1 < bytes.count, isName(bytes[index + 1]) else { continue }
            guard index == 0 || mayPrecedeValue(bytes[index - 1]) else { continue }
            count += 1
            if count > mostAliases {
                throw StrictYAML.Problem(
                    position(ofByte: index, in: bytes), "anchors and aliases are not read",
                    "write the value out each time")
            }
        }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// White space, U+0085 and U+2028 included by their last bytes, and the indicators behind which
    /// no white space is needed.
    private static func mayPrecedeValue(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte >= 0x80
            || [UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":")]
                .contains(byte)
    }

    /// Where a byte stands.
    static func position(ofByte offset: Int, in bytes: [UInt8]) -> SourcePosition {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lastLine = before.reversed().prefix { $0 != UInt8(ascii: "\n") }
        // Bytes 10xxxxxx continue a character, all others start one.
        return SourcePosition(line: line, column: lastLine.count { $0 & 0xc0 != 0x80 } + 1)
    }
}
