import ImageVocabulary
import RequestSyntax

/// Signs paths for a service of the same configuration. What it signs that service can read: the
/// same reader has read it before.
struct URLSigner {
    /// A path with its signature.
    struct Signed {
        let signature: String
        /// The whole path of a URL: prefix, signature, and what was signed.
        let path: String
        /// What it asks for.
        let request: SignedRequest

        var json: JSONValue {
            .object([
                ("path", .string(path)), ("signature", .string(signature)),
                ("source", .string(request.source)),
            ])
        }
    }

    /// What stands for a signature where none is asked for.
    static let unsigned = "unsafe"

    let signing: SigningSettings
    let rules: OptionRules
    /// What options change.
    let start: RequestOptions
    let allowed: AllowedSources
    /// Seconds since 1970.
    let now: Int64
    /// nil where nothing is signed.
    private let pair: URLSignature.Pair?

    /// - Parameter isUnsigned: whether URLs are for a service that verifies no signatures.
    init(
        _ configuration: ServiceConfiguration, isUnsigned: Bool = false, now: Int64
    ) throws(CommandFailure) {
        signing = configuration.signing
        rules = configuration.options.rules
        start = configuration.results.start
        allowed = configuration.sources.allowed
        self.now = now
        let (keys, salts) = (signing.keys.values.count, signing.salts.values.count)
        guard isUnsigned || keys == salts else {
            throw .failed(
                "The number of keys is \(keys), that of salts \(salts). Each key needs a salt: "
                    + "set as many.")
        }
        pair = isUnsigned ? nil : signing.signature.pairs.first
        guard isUnsigned || pair != nil else {
            let hint = configuration.dev ? "" : " A file .env is read with --dev only."
            throw .failed(
                "There is no key to sign with. Set GLOVEBOX_KEY and GLOVEBOX_SALT, or name "
                    + "--key-file and --salt-file; 'glovebox sign --new-pair' makes a pair.\(hint)")
        }
    }

    /// Signs what stands behind a signature, its leading slash included, as the service repairs it.
    ///
    /// - Throws: why the service could never answer it.
    func sign(_ path: String) throws(CommandFailure) -> Signed {
        guard path.first == "/" else {
            throw Self.refused(
                path,
                path.hasPrefix("http://") || path.hasPrefix("https://")
                    ? "Leave out what is before the options: a path such as "
                        + "/rs:fit:300:300/plain/http://example.com/a.jpg is signed."
                    : "A path begins with a slash, which is signed too.")
        }
        if let byte = path.utf8.first(where: { !URLText.travels($0) }) {
            throw Self.refused(
                path,
                "\(URLText.named(byte)) does not reach a service as it is. Write "
                    + "\(URLText.escape(byte)) in a plain source, or the source in Base64.")
        }
        let signed = try read(path)
        let signature = pair.map { signing.signature.text(of: signed.path.signed, by: $0) }
        let text = signature ?? Self.unsigned
        return Signed(
            signature: text, path: "\(signing.prefix)/\(text)\(signed.path.signed)",
            request: signed.request)
    }

    /// The signature of a request's text.
    func text(of request: String) throws(CommandFailure) -> String {
        guard let pair else { throw .failed("There is no key to sign with.") }
        return signing.signature.text(of: request, by: pair)
    }

    /// What the service would say to a signature.
    enum Verdict: String, Sendable {
        case right
        case wrong
        /// It is right, and its time is over.
        case expired
    }

    /// What a whole path, from its first slash on, would come to.
    func verdict(_ path: String) throws(CommandFailure) -> Verdict {
        let signed: SignedPath
        do throws(SignedPathError) {
            signed = try SignedPath(path.prefix { $0 != "?" }, prefix: signing.prefix)
        } catch {
            throw Self.refused(path, error.reason)
        }
        guard signing.signature.accepts(signed) else { return .wrong }
        // What cannot be read has no time.
        let request = try? SignedRequest(signed, startingAt: start, under: rules, signing.grammar)
        guard let expires = request?.options.delivery.expires, expires < now else { return .right }
        return .expired
    }

    private func read(
        _ path: String
    ) throws(CommandFailure) -> (path: SignedPath, request: SignedRequest) {
        do throws(Refusal) {
            return try parse(path)
        } catch {
            let segments = path.dropFirst().split(separator: "/", maxSplits: 1)
            if segments.count == 2, !segments[0].contains(signing.grammar.separator),
                (try? parse("/\(segments[1])")) != nil
            {
                throw Self.refused(
                    path,
                    "It begins with something that is no option. Prefix and signature are put "
                        + "before it: leave them out.")
            }
            throw Self.refused(path, error.reason)
        }
    }

    private struct Refusal: Error {
        let reason: String
    }

    private func parse(
        _ path: String
    ) throws(Refusal) -> (path: SignedPath, request: SignedRequest) {
        let signed: SignedPath
        let request: SignedRequest
        do throws(SignedPathError) {
            signed = try SignedPath("/\(Self.unsigned)\(path)")
            request = try SignedRequest(
                signed, startingAt: start, under: rules, signing.grammar)
        } catch {
            throw Refusal(reason: error.reason)
        }
        do throws(OptionError) {
            try request.options.plan.checkTogether()
        } catch {
            throw Refusal(reason: SignedPathError.option(error).reason)
        }
        if let expires = request.options.delivery.expires, expires < now {
            throw Refusal(reason: "It expired already.")
        }
        try check(source: request.source)
        return (signed, request)
    }

    private func check(source: String) throws(Refusal) {
        let address: SourceAddress
        do throws(SourceAddressError) {
            address = try SourceAddress(SignedOrder.replaced(source, signing))
        } catch {
            switch error {
            case .unknownScheme:
                throw Refusal(
                    reason: "The source is at none of https, http, local and s3. Write its whole "
                        + "address.")
            case .malformed(let what):
                throw Refusal(reason: "The address of the source cannot be used: \(what).")
            }
        }
        guard allowed.contain(address) else {
            throw Refusal(reason: "The source is none that the setting sources.allowed lists.")
        }
    }

    static func refused(_ path: String, _ reason: String) -> CommandFailure {
        .failed("\(ConfigurationProblem.quoted(path)) is not signed. \(reason)")
    }
}

/// Which bytes of a path reach a service as they were signed.
enum URLText {
    /// Printable ASCII that neither browsers escape in a path (the URL standard's path
    /// percent-encode set) nor anybody takes for its end, or for a slash.
    static func travels(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"\"#<>?\\^`{}".utf8.contains(byte)
    }

    /// The address of a source as it stands behind `plain/`. All that is not plain there is
    /// escaped, and a colon that the repair of a lost slash would take for a scheme's.
    static func plain(_ address: String) -> String {
        let bytes = Array(address.utf8)
        let scheme = address.firstRange(of: "://").map {
            address.utf8.distance(from: address.startIndex, to: $0.lowerBound)
        }
        var text = ""
        for (index, byte) in bytes.enumerated() {
            let isColon = byte == UInt8(ascii: ":") && index != scheme
            let isAmbiguous =
                isColon && bytes.dropFirst(index + 1).first == UInt8(ascii: "/")
            text += isPlain(byte) && !isAmbiguous ? String(UnicodeScalar(byte)) : escape(byte)
        }
        return text
    }

    /// Whether clients leave all of the address alone when it is plain: they resolve segments of
    /// dots, escaped or not.
    static func isStable(_ address: String) -> Bool {
        !address.split(separator: "/").contains { $0 == "." || $0 == ".." }
    }

    static func escape(_ byte: UInt8) -> String {
        "%" + Hexadecimal.text([byte]).uppercased()
    }

    /// The byte to stand at the beginning of a sentence.
    static func named(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: " "): "A space"
        case 0x21...0x7E: "The character \(UnicodeScalar(byte))"
        case 0x80...: "What is not ASCII"
        default: "A control character"
        }
    }

    /// unreserved, sub-delims, colon and slash of RFC 3986.
    private static func isPlain(_ byte: UInt8) -> Bool {
        "-._~!$&'()*+,;=:/".utf8.contains(byte)
            || UnicodeScalar(byte).properties.isAlphabetic && byte < 0x80
            || (0x30...0x39).contains(byte)
    }
}
