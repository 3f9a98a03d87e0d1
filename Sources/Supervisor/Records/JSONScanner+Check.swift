extension JSONScanner {
    /// Whether the bytes are one JSON text (RFC 8259) and nothing else, with members and elements no
    /// deeper than this service writes, and in printable ASCII alone: such a text can be shown, and
    /// put into another, as it is.
    static func isPlain(_ text: [UInt8], _ range: Range<Int>) -> Bool {
        guard text[range].allSatisfy({ (0x20...0x7e).contains($0) }) else { return false }
        var check = PlainJSON(text, range)
        return check.isWhole()
    }
}

/// Goes through a JSON text and finds out whether it is one.
private struct PlainJSON {
    private let text: [UInt8]
    private var place: Int
    private let end: Int
    /// As ``JSONScanner`` has it.
    private static let deepest = 32

    init(_ text: [UInt8], _ range: Range<Int>) {
        self.text = text
        place = range.lowerBound
        end = range.upperBound
    }

    mutating func isWhole() -> Bool {
        guard value(Self.deepest) else { return false }
        passSpaces()
        return place == end
    }

    private mutating func value(_ depth: Int) -> Bool {
        passSpaces()
        guard place < end, depth > 0 else { return false }
        switch text[place] {
        case UInt8(ascii: "{"): return list(UInt8(ascii: "}"), depth, isObject: true)
        case UInt8(ascii: "["): return list(UInt8(ascii: "]"), depth, isObject: false)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    private mutating func list(_ close: UInt8, _ depth: Int, isObject: Bool) -> Bool {
        place += 1
        if take(close) { return true }
        repeat {
            if isObject {
                passSpaces()
                guard string(), take(UInt8(ascii: ":")) else { return false }
            }
            guard value(depth - 1) else { return false }
        } while take(UInt8(ascii: ","))
        return take(close)
    }

    private mutating func string() -> Bool {
        guard place < end, text[place] == UInt8(ascii: "\"") else { return false }
        place += 1
        while place < end {
            let byte = text[place]
            place += 1
            if byte == UInt8(ascii: "\"") { return true }
            guard byte != UInt8(ascii: "\\") || escape() else { return false }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard place < end else { return false }
        let byte = text[place]
        place += 1
        guard byte == UInt8(ascii: "u") else { return "\"\\/bfnrt".utf8.contains(byte) }
        for _ in 0..<4 {
            guard place < end, Character(Unicode.Scalar(text[place])).isHexDigit else {
                return false
            }
            place += 1
        }
        return true
    }

    private mutating func number() -> Bool {
        if text[place] == UInt8(ascii: "-") { place += 1 }
        let start = place
        guard digits() else { return false }
        if text[start] == UInt8(ascii: "0"), place > start + 1 { return false }
        if place < end, text[place] == UInt8(ascii: ".") {
            place += 1
            guard digits() else { return false }
        }
        guard place < end, text[place] | 0x20 == UInt8(ascii: "e") else { return true }
        place += 1
        if place < end, text[place] == UInt8(ascii: "+") || text[place] == UInt8(ascii: "-") {
            place += 1
        }
        return digits()
    }

    private mutating func digits() -> Bool {
        let start = place
        while place < end, (0x30...0x39).contains(text[place]) { place += 1 }
        return place > start
    }

    private mutating func word(_ word: String) -> Bool {
        for byte in word.utf8 {
            guard place < end, text[place] == byte else { return false }
            place += 1
        }
        return true
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        passSpaces()
        guard place < end, text[place] == byte else { return false }
        place += 1
        return true
    }

    private mutating func passSpaces() {
        while place < end, text[place] == 0x20 { place += 1 }
    }
}
