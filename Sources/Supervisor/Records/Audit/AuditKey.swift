import Crypto

/// The key that audit lines are sealed with. It is never shown, only its id.
struct AuditKey: Sendable {
    static let length = 32
    /// What a sealed line ends with: a code of 64 digits stands between these.
    private static let beforeCode = Array(",\"code\":\"".utf8)
    private static let afterCode = Array("\"}".utf8)
    private static let codeLength = 64

    private let key: SymmetricKey
    /// Tells one key from another, and gives nothing of it away.
    let id: String

    init(_ bytes: [UInt8]) {
        key = SymmetricKey(data: bytes)
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("glovebox audit key".utf8), using: key)
        id = String(Hexadecimal.text(Array(code)).prefix(16))
    }

    /// One line of these members, with `code` as the last one: HMAC-SHA256 (RFC 2104) of all that
    /// stands before it.
    func seal(_ members: [(String, JSONValue)]) -> String {
        let text = String(JSONValue.object(members).text.dropLast())
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
        return "\(text),\"code\":\"\(Hexadecimal.text(Array(code)))\"}"
    }

    /// Whether a line, without its line feed, is as it was sealed: every byte of it.
    func sealed(_ line: ArraySlice<UInt8>) -> Bool {
        let length = Self.beforeCode.count + Self.codeLength + Self.afterCode.count
        guard line.count > length else { return false }
        let text = line.dropLast(length)
        let rest = line.suffix(length)
        let digits = rest.dropFirst(Self.beforeCode.count).prefix(Self.codeLength)
        guard rest.starts(with: Self.beforeCode), rest.suffix(2).elementsEqual(Self.afterCode),
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
            let code = Hexadecimal.bytes(digits)
        else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: Array(text), using: key)
    }
}

/// What one line of the chain has of the one before it.
enum AuditHash {
    /// What the first line follows.
    static let start = String(repeating: "0", count: 64)

    /// SHA-256 of a line without its line feed, in lower-case hex.
    static func of(_ line: some Sequence<UInt8>) -> String {
        Hexadecimal.text(Array(SHA256.hash(data: Array(line))))
    }
}
