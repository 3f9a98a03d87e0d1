import HTTPTypes
import RequestSyntax

extension SignedQuery {
    /// The signature of a request that its route lets count.
    ///
    /// - Returns: nil where there is none.
    static func read(
        _ head: HTTPRequest, _ route: Route
    ) throws(Problem) -> SignedQuery? {
        guard route.takesSignedQueries else { return nil }
        do throws(OptionError) {
            return try SignedQuery(method: head.method.rawValue, target: head.path ?? "")
        } catch {
            throw .invalidOption(error)
        }
    }

    /// Lets the request pass that somebody with a key of this service has signed, until it expires.
    ///
    /// - Parameter now: seconds since 1970.
    func verify(_ settings: LiveSettings.Values, now: Int64) throws(Problem) {
        let signature = settings.signing.signature
        if signature.isOff {
            // Without a key nobody can be told from anybody: that is for trying it out.
            guard settings.isDevelopment else { throw .wrongSignature }
        } else {
            guard signature.accepts(self) else { throw .wrongSignature }
        }
        // Nothing is said of the time to whoever made it up.
        guard now < expires else { throw .signatureExpired }
        let longest = settings.signing.longest
        guard expires - now <= longest.components.seconds else {
            throw .invalidOption(
                OptionError(
                    option: Self.expiryName,
                    reason:
                        "It lies further ahead than the \(Time.text(longest)) that a signed query "
                        + "may hold. Sign the request for less."))
        }
    }
}

extension Route {
    /// Whether a query may be signed in the place of a key.
    var takesSignedQueries: Bool { scope != nil }

    /// The query without what its signature needs; as it came where there is none.
    func options(in target: String, _ signed: SignedQuery?) -> String {
        signed?.options ?? Self.query(of: target)
    }
}
