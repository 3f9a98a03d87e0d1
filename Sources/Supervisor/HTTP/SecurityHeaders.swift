import HTTPTypes
import Hummingbird

/// The fields that tell browsers what an answer may do: on every answer of both listeners, refusals
/// of what is no request among them.
enum SecurityHeaders {
    /// What an answer is to a browser.
    enum Kind: Equatable, Sendable {
        case image
        /// An SVG: an image that is a document where it is opened by itself.
        case drawing
        /// Facts, errors, several results in one: nothing that a page shows.
        case other

        /// By what an answer says that it is.
        init(_ response: Response) {
            let type = response.headers[.contentType] ?? ""
            if type == "image/svg+xml" {
                self = .drawing
            } else if type.hasPrefix("image/") {
                self = .image
            } else {
                self = .other
            }
        }

        /// The fields whose values depend on it.
        var fields: [(HTTPField.Name, String)] {
            [
                (.contentSecurityPolicy, policy),
                // Images are made to be shown on other sites' pages; what is told about them is not.
                (.crossOriginResourcePolicy, self == .other ? "same-origin" : "cross-origin"),
            ]
        }

        /// Opened by itself, an answer may run nothing and load nothing. A drawing without its own
        /// styles and the pixels in it would be another picture: these, and nothing from elsewhere, it
        /// keeps.
        private var policy: String {
            self == .drawing
                ? "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
                : "default-src 'none'; sandbox"
        }
    }

    /// The fields that are the same on every answer.
    static let always: [(HTTPField.Name, String)] = [
        (.xContentTypeOptions, "nosniff"),
        (.frameOptions, "DENY"),
        (.xssProtection, "1; mode=block"),
        (.referrerPolicy, "strict-origin-when-cross-origin"),
    ]

    /// A year (RFC 6797 section 6.1). Browsers heed it over TLS only, which a proxy in front has to speak.
    static let transport = (
        HTTPField.Name.strictTransportSecurity, "max-age=31536000; includeSubDomains"
    )

    /// - Parameters:
    ///   - kind: that of a result that is not there again, as with 304: caches put the fields of that
    ///     answer in the place of the result's (RFC 9111 section 3.2).
    static func add(to response: inout Response, as kind: Kind? = nil, isEncrypted: Bool) {
        let kind = kind ?? Kind(response)
        for (name, value) in always + kind.fields { response.headers[name] = value }
        if isEncrypted { response.headers[transport.0] = transport.1 }
    }
}

extension HTTPField.Name {
    static let crossOriginResourcePolicy = Self("Cross-Origin-Resource-Policy")!
    static let frameOptions = Self("X-Frame-Options")!
    static let xssProtection = Self("X-XSS-Protection")!
    static let referrerPolicy = Self("Referrer-Policy")!
}
