import RequestSyntax

/// The way from an address over redirects to an image: a pure value that decides what is asked next.
struct RedirectWalk: Sendable {
    /// What the service does after a server has answered.
    enum Step: Equatable, Sendable {
        /// The body is the image.
        case image
        /// What the client has is still right.
        case unchanged
        case ask(RemoteAddress)
        case fail(SourceFailure)
    }

    private(set) var address: RemoteAddress
    private var followed = 0
    /// Most redirects.
    private let most: Int

    init(from address: RemoteAddress, most: Int) {
        self.address = address
        self.most = most
    }

    /// - Parameter location: the value of the Location field, where there is one.
    mutating func answered(status: Int, location: String?) -> Step {
        switch status {
        case 200: return .image
        case 304: return .unchanged
        case 301, 302, 303, 307, 308:
            guard followed < most else { return .fail(.tooManyRedirects) }
            guard let location, let next = resolve(location) else { return .fail(.badRedirect) }
            // What was asked for in secret is not fetched in public.
            guard next.isSecure || !address.isSecure else { return .fail(.insecureRedirect) }
            followed += 1
            address = next
            return .ask(next)
        case 400..<500: return .fail(.refused(status))
        case 500..<600: return .fail(.broken(status))
        // A part of an image, and nothing that was asked for.
        default: return .fail(.unexpected(status))
        }
    }

    /// A reference as RFC 3986 section 5 resolves it, for those forms that name a resource: a whole
    /// address, one without a scheme, a path, and a path that counts from here.
    private func resolve(_ reference: String) -> RemoteAddress? {
        let text: String
        if reference.hasPrefix("//") {
            text = "\(address.scheme):\(reference)"
        } else if reference.hasPrefix("/") {
            text = "\(address.scheme)://\(address.authority)\(reference)"
        } else if let colon = reference.firstIndex(of: ":"),
            reference[..<colon].allSatisfy({
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+")
            })
        {
            text = reference
        } else {
            let path = address.target.prefix { $0 != "?" }
            let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
            text = "\(address.scheme)://\(address.authority)\(folder)\(reference)"
        }
        guard case .remote(let next) = try? SourceAddress(text) else { return nil }
        return next
    }
}
