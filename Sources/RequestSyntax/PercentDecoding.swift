/// Percent-decoding (RFC 3986 section 2.1), once and strictly.
enum PercentDecoding {
    /// What is wrong with an encoded text.
    enum Failure: Error, Equatable {
        /// A `%` without two hexadecimal digits behind it.
        case brokenEscape
        /// The result still holds an escape: it was encoded twice, and whoever decodes it again
        /// would read something else than was checked here.
        case encodedTwice
        /// A byte below 0x20 or 0x7F, written plainly or as an escape.
        case controlByte

        /// What to write instead.
        var reason: String {
            switch self {
            case .brokenEscape:
                "A % is not followed by two hexadecimal digits. Write %25 for a percent sign."
            case .encodedTwice: "The text is percent-encoded twice. Encode it once."
            case .controlByte: "The text holds a control character. Write it without."
            }
        }
    }

    /// The bytes that `text` stands for. `+` stays a plus.
    ///
    /// - Parameter mayHoldEscapes: whether the result may be something encoded itself, as the address
    ///   of a source is.
    static func decode(
        _ text: some Collection<UInt8>, mayHoldEscapes: Bool = false
    ) throws(Failure) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            var value = byte
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst().flatMap(hexadecimal),
                    let low = rest.popFirst().flatMap(hexadecimal)
                else { throw .brokenEscape }
                value = high << 4 | low
            }
            guard value >= 0x20, value != 0x7F else { throw .controlByte }
            result.append(value)
        }
        guard mayHoldEscapes || !holdsEscape(result) else { throw .encodedTwice }
        return result
    }

    private static func holdsEscape(_ bytes: [UInt8]) -> Bool {
        bytes.indices.dropLast(2).contains { index in
            bytes[index] == UInt8(ascii: "%") && hexadecimal(bytes[index + 1]) != nil
                && hexadecimal(bytes[index + 2]) != nil
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
