import Crypto
import RequestSyntax

/// What is kept of a key in its place: enough to know it again, and nothing to send.
///
/// Keys of the store are hashed with a key of this installation, so that whoever reads a copy of the
/// store cannot even try guesses. Declared keys are hashed without: their hashes are written by hand
/// into files that several installations share, and nobody guesses 178 bits.
enum KeyCode: Hashable, Sendable {
    /// HMAC-SHA256 (RFC 2104) of the key's text.
    case keyed([UInt8])
    /// SHA-256 of the key's text.
    case plain([UInt8])

    /// - Parameter pepper: the installation's key.
    init(of key: APIKeyText, keyedWith pepper: SymmetricKey) {
        self = .keyed(
            Array(HMAC<SHA256>.authenticationCode(for: Array(key.text.utf8), using: pepper)))
    }

    init(plain key: APIKeyText) {
        self = .plain(Array(SHA256.hash(data: Array(key.text.utf8))))
    }

    /// Reads `sha256:` and 64 hexadecimal digits.
    init?(declared text: String) {
        guard text.hasPrefix(Self.prefix),
            let bytes = Hexadecimal.bytes(text.dropFirst(Self.prefix.count).utf8),
            bytes.count == SHA256.byteCount
        else { return nil }
        self = .plain(bytes)
    }

    /// As it is declared; nil for one that only its installation can use.
    var declaration: String? {
        if case .plain(let bytes) = self { Self.prefix + Hexadecimal.text(bytes) } else { nil }
    }

    private static let prefix = "sha256:"

    var bytes: [UInt8] {
        switch self {
        case .keyed(let bytes), .plain(let bytes): bytes
        }
    }
}
