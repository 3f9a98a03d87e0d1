import RequestSyntax

/// Which secrets nobody has to guess: they were printed somewhere, or were made up in a moment.
enum SecretStrength {
    /// Fewest bytes of a key that nobody tries all of.
    private static let fewestBytes = 16
    /// Fewest characters of a secret text beside words that people write where one belongs.
    private static let fewestCharacters = 12
    /// Fewest different bytes, and different steps from one to the next.
    private static let fewestDifferent = 4

    /// Key and salt of the examples that came with imgproxy's contract, in hexadecimal.
    private static let published: Set<String> = [
        "943b421c9eb07c830af81030552c86009268de4e532ba2ee2eab8247c6da0881",
        "520f986b998545b4785e0defbc4f3c1203f22de2374a3d53cb7a7fe9fea309c5",
    ]

    /// In the order in which they are taken out of a text, a longer one before its parts.
    private static let words = [
        "changeme", "change-me", "change", "password", "passwd", "passphrase", "supersecret",
        "secret", "administrator", "admin", "imgproxy", "glovebox", "example", "default", "letmein",
        "qwerty", "hello", "world", "please", "bearer", "token", "test", "salt", "root", "demo",
        "key", "foo", "bar", "set",
    ]

    /// What is wrong with a key or a salt; nil for what could be random.
    static func weakness(of bytes: [UInt8]) -> String? {
        guard bytes.count >= fewestBytes else {
            let unit = bytes.count == 1 ? "byte" : "bytes"
            return "one of them has \(bytes.count) \(unit) and can be guessed"
        }
        if published.contains(Hexadecimal.text(bytes)) {
            return "one of them was published as an example"
        }
        if isRegular(bytes) || repeats(bytes) {
            return "one of them repeats itself or counts, and can be guessed"
        }
        if bytes.allSatisfy({ (0x20...0x7E).contains($0) }),
            leavesLittle(String(decoding: bytes, as: UTF8.self))
        {
            return "one of them is made of words, and can be guessed"
        }
        return nil
    }

    /// The same of a text that is compared as it is.
    static func weakness(of text: String) -> String? {
        if text.utf8.count < fewestBytes {
            return "\(text.utf8.count) characters can be guessed"
        }
        if isRegular(Array(text.utf8)) { return "it repeats itself or counts, and can be guessed" }
        return leavesLittle(text) ? "it is made of words, and can be guessed" : nil
    }

    /// Whether a text is what clients send to this service, whole or mistyped.
    static func isAPIKey(_ text: some StringProtocol) -> Bool {
        do throws(APIKeyText.Failure) {
            _ = try APIKeyText(text)
            return true
        } catch {
            return error == .typo
        }
    }

    private static func isRegular(_ bytes: [UInt8]) -> Bool {
        let steps = zip(bytes, bytes.dropFirst()).map { $1 &- $0 }
        return Set(bytes).count < fewestDifferent || Set(steps).count < fewestDifferent
    }

    /// Whether a few bytes are written again and again.
    private static func repeats(_ bytes: [UInt8]) -> Bool {
        (1...bytes.count / 2).contains { period in
            zip(bytes, bytes.dropFirst(period)).allSatisfy(==)
        }
    }

    private static func leavesLittle(_ text: String) -> Bool {
        var rest = text.lowercased()
        for word in words { rest = rest.replacing(word, with: "") }
        return rest.utf8.count { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
        } < fewestCharacters
    }
}
