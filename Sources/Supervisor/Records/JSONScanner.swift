/// Goes through one JSON text without making a value of it, and takes out single ones.
///
/// What it passes over is not checked further than to find its end. Reading ends at the first byte
/// that does not fit: nothing here trusts the text.
struct JSONScanner {
    private let text: [UInt8]
    private var place: Int
    private let end: Int
    /// Deeper than anything this service writes.
    private static let deepest = 32

    /// - Parameter range: where in the bytes it stands.
    init(_ text: [UInt8], _ range: Range<Int>) {
        self.text = text
        place = range.lowerBound
        end = range.upperBound
    }

    /// Goes through the members of the object that begins here.
    ///
    /// - Parameter read: called with each member's name at its value, which it must read or skip;
    ///   false ends it.
    /// - Returns: whether it was an object, as far as it was read.
    mutating func members(_ read: (Name, inout JSONScanner) -> Bool) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return true }
        repeat {
            guard let name = stringRange(), take(UInt8(ascii: ":")) else { return false }
            let before = place
            if !read(Name(text: text, range: name), &self) { return place == before }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    /// Goes through the elements of the array that begins here.
    ///
    /// - Parameter read: called with where each element is; false ends it.
    /// - Returns: whether it was an array and nothing ended it.
    mutating func elements(_ read: (Range<Int>) -> Bool) -> Bool {
        guard take(UInt8(ascii: "[")) else { return false }
        if take(UInt8(ascii: "]")) { return true }
        repeat {
            passSpaces()
            let start = place
            guard skip(), place > start, read(start..<place) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]"))
    }

    /// A member's name, which becomes no text of its own.
    struct Name {
        fileprivate let text: [UInt8]
        fileprivate let range: Range<Int>

        static func ~= (name: Known, found: Name) -> Bool {
            guard name.bytes.count == found.range.count else { return false }
            var place = found.range.lowerBound
            for byte in name.bytes {
                if found.text[place] != byte { return false }
                place += 1
            }
            return true
        }
    }

    /// A name that is looked for.
    struct Known: ExpressibleByStringLiteral, Sendable {
        fileprivate let bytes: [UInt8]

        init(stringLiteral name: String) { bytes = Array(name.utf8) }
    }

    /// The string that begins here; nil, with nothing read, where it is none or has an escape, which
    /// no value that is searched for has.
    mutating func string() -> String? {
        stringRange().map { String(decoding: text[$0], as: UTF8.self) }
    }

    private mutating func stringRange() -> Range<Int>? {
        let before = place
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = place
        while place < end {
            let byte = text[place]
            if byte == UInt8(ascii: "\"") {
                place += 1
                return start..<place - 1
            }
            if byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            place += 1
        }
        place = before
        return nil
    }

    /// The whole number that begins here.
    mutating func integer() -> Int? {
        passSpaces()
        var value: Int?
        while place < end, (0x30...0x39).contains(text[place]), (value ?? 0) < 1 << 52 {
            value = (value ?? 0) * 10 + Int(text[place] - 0x30)
            place += 1
        }
        return value
    }

    /// Passes over the value that begins here.
    ///
    /// - Returns: whether there was a whole one.
    mutating func skip() -> Bool {
        passSpaces()
        var depth = 0
        while place < end {
            switch text[place] {
            case UInt8(ascii: "\""):
                guard skipString() else { return false }
                if depth == 0 { return true }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > Self.deepest { return false }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return true }
                depth -= 1
                if depth == 0 {
                    place += 1
                    return true
                }
            case UInt8(ascii: ",") where depth == 0: return true
            default: break
            }
            place += 1
        }
        return false
    }

    private mutating func skipString() -> Bool {
        place += 1
        while place < end {
            switch text[place] {
            case UInt8(ascii: "\\"): place += 2
            case UInt8(ascii: "\""):
                place += 1
                return true
            default: place += 1
            }
        }
        return false
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
