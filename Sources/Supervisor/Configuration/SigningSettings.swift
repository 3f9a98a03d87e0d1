import RequestSyntax

/// `key`, `salt` and `signed`: URLs that are signed, as imgproxy has them.
struct SigningSettings: Equatable, Sendable {
    var keys = HexSecrets()
    var salts = HexSecrets()
    /// Bytes of a signature.
    var signatureSize = 32
    /// How long a signed query may hold.
    var longest = Duration.seconds(7 * 86_400)
    /// Texts that are accepted in the place of a signature.
    var trusted = SecretTexts()
    /// What requests have to send as Authorization: Bearer beside their signature.
    var bearer: Secret?
    /// What stands before the signature.
    var prefix = ""
    /// What is put before the address of a source that does not begin with it.
    var baseURL = ""
    var replacements: [AddressReplacement] = []
    /// Between an option's name and its arguments.
    var separator = ":"
    /// Whether the last of several Base64 parts is a name for search engines.
    var fileNames = false
    /// How long answers may be kept by caches.
    var maxAge = Duration.seconds(31_536_000)
    /// Whether what the source says of that comes first.
    var passesCacheControl = false

    var signature: URLSignature {
        URLSignature(
            pairs: zip(keys.values, salts.values).map { .init(key: $0, salt: $1) },
            size: signatureSize, trusted: trusted.values)
    }

    var grammar: SignedRequest.Grammar {
        var grammar = SignedRequest.Grammar()
        grammar.separator = separator.first ?? ":"
        grammar.hasFileNames = fileNames
        return grammar
    }
}

/// Secrets in hexadecimal, one or several with commas between them. Wherever they are printed, `(set)`
/// stands.
struct HexSecrets: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    var values: [[UInt8]] = []

    var description: String { values.isEmpty ? "none" : "(set)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// Texts that are compared and never shown.
struct SecretTexts: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    var values: [String] = []

    var description: String { values.isEmpty ? "none" : "(set)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension ValueShape where Value == HexSecrets {
    static var hexSecrets: Self {
        ValueShape(
            expects: "an even number of hexadecimal digits, or several such texts with commas "
                + "between them, for example what 'glovebox sign --new-pair' prints",
            parse: { text throws(ValueError) in
                guard text != "none" else { return HexSecrets() }
                let values = try ListText.read(text, isSecret: true) {
                    part throws(ValueError) in try Self.bytes(part)
                }
                return HexSecrets(values: values)
            },
            text: { $0.description },
            json: { $0.values.isEmpty ? .null : .string($0.description) })
    }

    /// Up to 1024 bytes, at least one.
    private static func bytes(_ text: String) throws(ValueError) -> [UInt8] {
        guard !SecretStrength.isAPIKey(text) else {
            throw .refused(
                "is an API key, which clients send",
                advice: "URLs are signed with a pair that 'glovebox sign --new-pair' makes.")
        }
        let digits = text.utf8
        let areDigits = digits.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        guard areDigits, !digits.isEmpty else { throw .malformed("is not hexadecimal") }
        guard digits.count.isMultiple(of: 2) else {
            throw .malformed("has an odd number of hexadecimal digits")
        }
        guard digits.count <= 2_048, let bytes = Hexadecimal.bytes(digits) else {
            throw .outOfRange
        }
        return bytes
    }
}

extension ValueShape where Value == SecretTexts {
    static var secretTexts: Self {
        ValueShape(
            expects: "texts of printable ASCII without slashes, spaces and commas, with commas "
                + "between them",
            parse: { text throws(ValueError) in
                guard text != "none" else { return SecretTexts() }
                let values = try ListText.read(text, isSecret: true) { part throws(ValueError) in
                    guard !part.isEmpty else { throw .malformed("is empty") }
                    let canStand = part.utf8.allSatisfy {
                        (0x21...0x7E).contains($0) && $0 != 0x2F
                    }
                    guard canStand else { throw .malformed("holds what cannot stand in a path") }
                    return part
                }
                return SecretTexts(values: values)
            },
            text: { $0.description },
            json: { $0.values.isEmpty ? .null : .string($0.description) })
    }
}
