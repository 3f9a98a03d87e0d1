import Crypto
import HTTPTypes
import RequestSyntax

/// What a signed URL asks for: an image, and what is made of it.
struct SignedOrder: Sendable {
    let order: ImageOrder
    /// The address of the image as text: what the configuration replaces is replaced, and nothing is
    /// read yet.
    let source: String
    /// What the client has of an earlier answer.
    let conditions: SourceConditions

    /// Verifies and reads a path in the order that the contract names: the bearer text, the signature,
    /// the options. The source comes last, with whoever fetches it.
    ///
    /// - Parameters:
    ///   - path: as it came, without a query.
    ///   - now: seconds since 1970.
    init(
        _ path: String, _ headers: HTTPFields, _ settings: LiveSettings.Values, now: Int64
    ) throws(Problem) {
        let signing = settings.signing
        guard Self.isKnown(headers, signing.bearer) else { throw .wrongSignature }
        let signed = try Self.verified(path, settings)
        let request = try Self.request(signed, headers, settings)
        order = try ImageOrder(request, headers, settings, now: now)
        source = Self.replaced(request.source, signing)
        conditions = SourceConditions(
            etag: headers[.ifNoneMatch], modified: headers[.ifModifiedSince])
    }

    private static func verified(
        _ path: String, _ settings: LiveSettings.Values
    ) throws(Problem) -> SignedPath {
        let signing = settings.signing
        let signed: SignedPath
        do throws(SignedPathError) {
            signed = try SignedPath(path, prefix: signing.prefix)
        } catch {
            throw .invalidURL(error)
        }
        let signature = signing.signature
        if signature.isOff {
            // Without a key nobody can be told from anybody: that is for trying it out.
            guard settings.isDevelopment else { throw .wrongSignature }
            guard !signed.signature.contains(signing.separator) else { throw .optionForSignature }
        } else {
            guard signature.accepts(signed) else { throw .wrongSignature }
        }
        return signed
    }

    private static func request(
        _ path: SignedPath, _ headers: HTTPFields, _ settings: LiveSettings.Values
    ) throws(Problem) -> SignedRequest {
        do throws(SignedPathError) {
            return try SignedRequest(
                path, startingAt: ImageOrder.start(headers, settings),
                under: settings.requests.rules, settings.signing.grammar)
        } catch {
            guard case .option(let option) = error else { throw .invalidURL(error) }
            throw Problem(option)
        }
    }

    /// The address that the text of a source stands for.
    static func replaced(_ source: String, _ signing: SigningSettings) -> String {
        // A longer one is no address, whatever would be made of it.
        guard source.utf8.count <= SourceAddress.longest else { return source }
        let text = signing.replacements.applied(to: source)
        return text.hasPrefix(signing.baseURL) ? text : signing.baseURL + text
    }

    /// Whether the request has the bearer text, where one is asked for. Both are hashed, so that the
    /// comparison takes the same time whatever was sent.
    private static func isKnown(_ headers: HTTPFields, _ bearer: Secret?) -> Bool {
        guard let bearer else { return true }
        let sent = headers[.authorization] ?? ""
        return SHA256.hash(data: Array(sent.utf8))
            == SHA256.hash(data: Array("Bearer \(bearer.text)".utf8))
    }
}
