/// URL-safe Base64 (RFC 4648 section 5), without padding unless it came with some.
public enum Base64URL {
    /// The bytes of a text, nil where it is none: another alphabet, a last digit that carries bits
    /// which belong to no byte, or padding of the wrong length.
    public static func bytes(in text: some StringProtocol) -> [UInt8]? {
        var digits = Array(text.utf8)
        let length = digits.count
        while digits.last == UInt8(ascii: "=") { digits.removeLast() }
        let padding = length - digits.count
        guard padding == 0 || (padding <= 2 && length.isMultiple(of: 4)) else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for digit in digits {
            guard let value = value(of: digit) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) - 1
            }
        }
        return count < 6 && bits == 0 ? bytes : nil
    }

    /// A text of UTF-8, nil where the bytes are none.
    public static func text(in text: some StringProtocol) -> String? {
        bytes(in: text).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// A text's bytes, written without padding.
    public static func text(of text: String) -> String { self.text(of: Array(text.utf8)) }

    /// Bytes, written without padding.
    public static func text(of bytes: [UInt8]) -> String {
        var digits: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let bits =
                part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
            for index in 0...part.count {
                digits.append(alphabet[Int(bits >> UInt32(18 - 6 * index) & 0x3F)])
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 0x41...0x5A: digit - 0x41
        case 0x61...0x7A: digit - 0x61 + 26
        case 0x30...0x39: digit - 0x30 + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
