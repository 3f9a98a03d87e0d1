/// A client's key as text: `gbx_live_` or `gbx_admin_`, 30 characters that nobody can guess, and 6 that
/// are a checksum of all before them. The beginning lets scanners for secrets find keys that leaked, the
/// end tells a typing error from a guess without looking at any store.
public struct APIKeyText: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    /// What a key is for, as far as its text says.
    public enum Kind: String, CaseIterable, Sendable {
        case live
        case admin

        var prefix: String { "gbx_\(rawValue)_" }
    }

    public let kind: Kind
    /// The whole key, for the place that hashes it.
    public let text: String

    /// Why a text is no key.
    public enum Failure: Error, Equatable, Sendable {
        /// It does not begin as a key does.
        case other
        /// It begins as one, and its length, its letters or its checksum are not one's: somebody has
        /// copied it in part, or typed it.
        case typo
    }

    /// Random characters: 178 bits.
    public static let randomLength = 30
    static let checksumLength = 6
    private static let alphabet = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    /// Whether a byte is one of the alphabet, by its value.
    private static let isLetter: [Bool] = (0...255).map { alphabet.contains(UInt8($0)) }
    /// What a byte does to the checksum, by its value.
    private static let steps: [UInt32] = (0...255).map { byte in
        (0..<8).reduce(UInt32(byte)) { code, _ in
            code >> 1 ^ (code & 1 == 1 ? 0xEDB8_8320 : 0)
        }
    }

    /// Reads what a client has sent.
    public init(_ text: some StringProtocol) throws(Failure) {
        guard let kind = Kind.allCases.first(where: { text.hasPrefix($0.prefix) }) else {
            throw .other
        }
        let body = Array(text.utf8.dropFirst(kind.prefix.utf8.count))
        let isWhole =
            body.count == Self.randomLength + Self.checksumLength
            && body.allSatisfy { Self.isLetter[Int($0)] }
        guard isWhole,
            Self.checksum(of: text.utf8.dropLast(Self.checksumLength))
                .elementsEqual(body.suffix(Self.checksumLength))
        else { throw .typo }
        self.kind = kind
        self.text = String(text)
    }

    /// Makes a key.
    ///
    /// - Parameter generator: of the system, or of a test.
    public init(_ kind: Kind, using generator: inout some RandomNumberGenerator) {
        let random = (0..<Self.randomLength).map { _ in
            Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &generator)]
        }
        let start = Array(kind.prefix.utf8) + random
        self.kind = kind
        text = String(decoding: start + Self.checksum(of: start), as: UTF8.self)
    }

    /// CRC-32 (ISO/IEC 13239, as zlib and PNG have it) in base 62, most significant digit first.
    static func checksum(of bytes: some Sequence<UInt8>) -> [UInt8] {
        var code = ~UInt32(0)
        for byte in bytes {
            code = code >> 8 ^ steps[Int(UInt8(truncatingIfNeeded: code) ^ byte)]
        }
        code = ~code
        var digits: [UInt8] = []
        for _ in 0..<checksumLength {
            digits.append(alphabet[Int(code % 62)])
            code /= 62
        }
        return digits.reversed()
    }

    public var description: String { "(set)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
