import Crypto
import RequestSyntax

/// Who may sign URLs: pairs of key and salt, as imgproxy has them.
struct URLSignature: Equatable, Sendable {
    /// One key and its salt. A URL is signed by any of them, so that keys can be changed.
    struct Pair: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
        let key: [UInt8]
        let salt: [UInt8]

        var description: String { "(set)" }
        var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// Empty where signatures are not verified.
    var pairs: [Pair] = []
    /// Bytes of a signature, 1 to 32; longer ones are cut.
    var size = 32
    /// Texts that are accepted in the place of a signature.
    var trusted: [String] = []

    /// Whether signatures are not verified.
    var isOff: Bool { pairs.isEmpty }

    /// Whether a path was signed by one of the pairs.
    func accepts(_ path: SignedPath) -> Bool {
        trusted.contains(path.signature) || isSignature(path.signature, of: path.signed)
    }

    /// Whether a request was signed by one of the pairs. A text that is trusted in the place of a
    /// signature would hold for ever, and is none here.
    func accepts(_ query: SignedQuery) -> Bool {
        isSignature(query.signature, of: query.signed)
    }

    /// All pairs are tried, and each comparison takes the same time wherever the difference is.
    private func isSignature(_ text: String, of signed: String) -> Bool {
        // Padding is no part of the alphabet that signatures are written in.
        guard !text.contains("="), let given = Base64URL.bytes(in: text) else { return false }
        var isRight = false
        for pair in pairs where Self.isEqual(given, bytes(of: signed, by: pair)) {
            isRight = true
        }
        return isRight
    }

    /// The signature of a path, or of a query's text, in URL-safe Base64.
    ///
    /// - Parameter path: what stands behind the signature, its leading slash included.
    func text(of path: String, by pair: Pair) -> String {
        Base64URL.text(of: bytes(of: path, by: pair))
    }

    /// The first bytes of HMAC-SHA256 (RFC 2104) over salt and path.
    private func bytes(of path: String, by pair: Pair) -> [UInt8] {
        var code = HMAC<SHA256>(key: SymmetricKey(data: pair.key))
        code.update(data: pair.salt)
        code.update(data: Array(path.utf8))
        return Array(Array(code.finalize()).prefix(size))
    }

    private static func isEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
