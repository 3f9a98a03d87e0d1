import HTTPTypes
import RequestSyntax

/// What an answer says about where its image is from: its name, and how long it is good.
struct ImageOrigin: Sendable {
    /// The last part of the source's address; empty for none.
    var name = ""
    /// The value of Cache-Control. An upload's result is for nobody else.
    var cacheControl = "no-store"
    /// The value of Expires.
    var expires: String?
    var validators = SourceValidators()
    /// Whether the source says how long its image may be kept.
    private var passesCacheControl = false
    /// What is answered where the image that was asked for could not be had, and this is another one.
    var missing: HTTPResponse.Status?

    /// To be kept, and asked about before each use.
    static let revalidated = "no-cache"

    init(name: String = "", cacheControl: String = "no-store", missing: HTTPResponse.Status? = nil)
    {
        self.name = name
        self.cacheControl = cacheControl
        self.missing = missing
    }

    /// Of a signed URL.
    ///
    /// - Parameter now: seconds since 1970.
    init(name: String, _ delivery: Delivery, _ signing: SigningSettings, now: Int64) {
        self.name = name
        let left = delivery.expires.map { max(0, $0 - now) }
        let age = min(signing.maxAge.components.seconds, left ?? .max)
        // What asks for a secret is nothing that a cache may hand to others.
        cacheControl = "max-age=\(age), \(signing.bearer == nil ? "public" : "private")"
        passesCacheControl = signing.passesCacheControl && left == nil && signing.bearer == nil
    }

    /// With what the source says.
    func with(_ validators: SourceValidators) -> ImageOrigin {
        var origin = self
        origin.validators = validators
        guard passesCacheControl else { return origin }
        if let value = validators.cacheControl {
            origin.cacheControl = value
        } else if let value = validators.expires {
            origin.cacheControl = "public"
            origin.expires = value
        }
        return origin
    }

    /// The name without its last extension.
    var stem: String {
        guard !name.isEmpty else { return "image" }
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }
}
