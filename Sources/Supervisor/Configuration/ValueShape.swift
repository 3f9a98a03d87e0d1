import Logging
import RequestSyntax
import SandboxPolicy

/// Why a text is no value of a setting. The text itself stands before it in the message.
enum ValueError: Error, Equatable, Sendable {
    /// It is not what is wanted: `is no time`.
    case malformed(String)
    /// It is beyond what the setting allows, for the reason that its row in the table names.
    case outOfRange
    /// It is well-formed and still cannot be had, with what to do instead.
    case refused(String, advice: String)
}

/// How the text of a setting is read and shown again: once as a person writes it, once as JSON.
struct ValueShape<Value: Equatable & Sendable>: Sendable {
    /// What to write, to stand after "Write".
    let expects: String
    let parse: @Sendable (String) throws(ValueError) -> Value
    /// The value as it may be written in a file.
    let text: @Sendable (Value) -> String
    let json: @Sendable (Value) -> JSONValue
    /// What stands between the parts of a value that may also be written as a list; nil for one value.
    var separator: String?

    /// The same, of which a configuration file may write the parts as a list.
    func asList(_ separator: String = ",") -> Self {
        var shape = self
        shape.separator = separator
        return shape
    }

    /// A value that may be missing.
    ///
    /// - Parameters:
    ///   - word: a word that may be written to say so.
    ///   - none: how the lack of a value is shown.
    static func optional<Wrapped>(
        _ shape: ValueShape<Wrapped>, word: String? = nil, none: String
    ) -> Self where Value == Wrapped? {
        ValueShape(
            expects: word.map { "\(shape.expects), or \($0)" } ?? shape.expects,
            parse: { text throws(ValueError) in text == word ? nil : try shape.parse(text) },
            text: { $0.map(shape.text) ?? none },
            json: { $0.map(shape.json) ?? .null }, separator: shape.separator)
    }
}

extension ValueShape where Value == Int {
    static func number(_ range: ClosedRange<Int>) -> Self {
        ValueShape(
            expects: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text throws(ValueError) in
                guard let number = Int(digits: text[...]) else {
                    throw .malformed("is no whole number")
                }
                guard range.contains(number) else { throw .outOfRange }
                return number
            },
            text: { String($0) },
            json: { .integer(Int64($0)) })
    }

    /// Bytes, as a number or with a unit.
    static func size(_ range: ClosedRange<Int>) -> Self {
        ValueShape(
            expects: "bytes, or a whole number with kB, KiB, MB, MiB, GB, GiB or TiB, from "
                + "\(Size.text(range.lowerBound)) to \(Size.text(range.upperBound))",
            parse: { text throws(ValueError) in
                let bytes = try Size.parse(text)
                guard range.contains(bytes) else { throw .outOfRange }
                return bytes
            },
            text: { Size.text($0) },
            json: { .integer(Int64($0)) })
    }
}

extension ValueShape where Value == Duration {
    /// A time, as seconds or with a unit.
    static func time(_ range: ClosedRange<Duration>) -> Self {
        ValueShape(
            expects: "seconds, or a number with ms, s, m, h or d, from "
                + "\(Time.text(range.lowerBound)) to \(Time.text(range.upperBound))",
            parse: { text throws(ValueError) in
                let time = try Time.parse(text)
                guard range.contains(time) else { throw .outOfRange }
                return time
            },
            text: { Time.text($0) },
            json: { time in
                let milliseconds = Time.milliseconds(time)
                return milliseconds % 1_000 == 0
                    ? .integer(milliseconds / 1_000) : .decimal(Double(milliseconds) / 1_000)
            })
    }
}

extension ValueShape where Value == Bool {
    static var flag: Self {
        ValueShape(
            expects: "true or false",
            parse: { text throws(ValueError) in
                switch text {
                case "true", "1": return true
                case "false", "0": return false
                default: throw .malformed("is neither true nor false")
                }
            },
            text: { String($0) },
            json: { .bool($0) })
    }
}

extension ValueShape where Value == String {
    static func path(_ what: String) -> Self {
        ValueShape(
            expects: "the path of \(what)",
            parse: { text throws(ValueError) in
                guard !text.utf8.contains(0) else { throw .malformed("is no path") }
                return text
            },
            text: { $0 }, json: { .string($0) })
    }
}

extension ValueShape where Value == ListenAddress {
    static var address: Self {
        ValueShape(
            expects: "an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080",
            parse: { text throws(ValueError) in
                guard let address = ListenAddress(text) else {
                    throw .malformed("is no address and port")
                }
                return address
            },
            text: { $0.text }, json: { .string($0.text) })
    }
}

extension ValueShape where Value == Account {
    static var account: Self {
        ValueShape(
            expects: "the name or the number of an account of this machine",
            parse: { text throws(ValueError) in try Account.named(text) },
            text: { String($0.uid) }, json: { .integer(Int64($0.uid)) })
    }
}

extension ValueShape where Value == Secret {
    static func secret(_ length: ClosedRange<Int>) -> Self {
        ValueShape(
            expects: "\(length.lowerBound) to \(length.upperBound) printable ASCII characters "
                + "without spaces, for example what 'head -c 32 /dev/urandom | base64' prints",
            parse: { text throws(ValueError) in
                guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                    throw .malformed("holds a space or a character that is not printable ASCII")
                }
                guard length.contains(text.utf8.count) else { throw .outOfRange }
                return Secret(text)
            },
            text: { $0.description }, json: { .string($0.description) })
    }
}

extension ValueShape where Value: RawRepresentable, Value.RawValue == String {
    static func choice(_ values: [Value]) -> Self {
        let names = values.map(\.rawValue)
        let list = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        return ValueShape(
            expects: list,
            parse: { text throws(ValueError) in
                guard names.contains(text), let value = Value(rawValue: text) else {
                    guard let nearest = NearestName.of(text, among: names) else {
                        throw .malformed("is none of the words there are")
                    }
                    throw .refused(
                        "is not known", advice: "Write \(nearest); it is one of \(list).")
                }
                return value
            },
            text: { $0.rawValue }, json: { .string($0.rawValue) })
    }
}
