import FoundationEssentials

/// The key under which inputs are quarantined: 32 bytes. Wherever it is printed, `(set)` stands.
struct QuarantineKey: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    static let length = 32

    /// For the place that encrypts.
    let bytes: [UInt8]

    /// Reads 64 hexadecimal digits, or base64 (RFC 4648 section 4); nil for anything else.
    init?(_ text: String) {
        if text.utf8.count == 2 * Self.length, let digits = Hexadecimal.bytes(text.utf8) {
            bytes = digits
        } else {
            guard let data = Data(base64Encoded: text) else { return nil }
            bytes = Array(data)
        }
        guard bytes.count == Self.length else { return nil }
    }

    var description: String { "(set)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension ValueShape where Value == QuarantineKey {
    static var quarantineKey: Self {
        ValueShape(
            expects: "32 bytes as 64 hexadecimal digits or in base64, for example what "
                + "'head -c 32 /dev/urandom | base64' prints",
            parse: { text throws(ValueError) in
                guard let key = QuarantineKey(text) else {
                    throw .malformed("is no key of 32 bytes")
                }
                return key
            },
            text: { $0.description }, json: { .string($0.description) })
    }
}
