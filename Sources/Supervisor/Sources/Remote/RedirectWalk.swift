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
    /// Whether the requests say what the client has.
    private let isConditional: Bool

    init(from address: RemoteAddress, most: Int, isConditional: Bool = false) {
        self.address = address
        self.most = most
        self.isConditional = isConditional
    }

    /// Whether no redirect has been followed.
    var isAtStart: Bool { followed == 0 }

    /// - Parameter location: the value of the Location field, where there is one and no other.
    mutating func answered(status: Int, location: String?) -> Step {
        switch status {
        case 200: return .image
        case 304 where isConditional: return .unchanged
        case 301, 302, 303, 307, 308:
            guard followed < most else { return .fail(.tooManyRedirects) }
            guard let location, let next = resolve(location) else { return .fail(.badRedirect) }
            // What was asked for in secret is not fetched in public.
            guard next.isSecure || !address.isSecure else { return .fail(.insecureRedirect) }
            followed += 1
            address = next
            return .ask(next)
        case 400..<500: return .fail(.clientError(status))
        case 500..<600: return .fail(.serverError(status))
        // A part of an image, and nothing that was asked for.
        default: return .fail(.unexpected(status))
        }
    }

    /// A reference as RFC 3986 section 5.2 resolves it; nil for one that names this very resource,
    /// which would answer the same again.
    private func resolve(_ text: String) -> RemoteAddress? {
        let reference = text.prefix { $0 != "#" }
        let path = reference.prefix { $0 != "?" }
        guard !reference.isEmpty else { return nil }
        let whole: String
        if path.hasPrefix("//") {
            whole = "\(address.scheme):\(reference)"
        } else if path.prefix(while: { $0 != "/" }).contains(":") {
            // A colon in the first segment ends a scheme (section 4.2).
            whole = String(reference)
        } else {
            let here = address.target.prefix { $0 != "?" }
            let merged =
                if path.isEmpty {
                    String(here)
                } else if path.hasPrefix("/") {
                    Self.withoutDots(path)
                } else {
                    Self.withoutDots(here[...(here.lastIndex(of: "/") ?? here.startIndex)] + path)
                }
            whole =
                "\(address.scheme)://\(address.authority)\(merged)\(reference[path.endIndex...])"
        }
        guard case .remote(let next) = try? SourceAddress(whole) else { return nil }
        return next
    }

    /// A path without its segments `.` and `..` (RFC 3986 section 5.2.4).
    ///
    /// - Parameter path: begins with a slash.
    private static func withoutDots(_ path: some StringProtocol) -> String {
        var kept: [Substring] = []
        let segments = String(path).split(separator: "/", omittingEmptySubsequences: false)
            .dropFirst()
        for segment in segments where segment != "." {
            if segment != ".." { kept.append(segment) } else { _ = kept.popLast() }
        }
        // A dot at the end stands for a folder.
        if segments.last == "." || segments.last == ".." { kept.append("") }
        return "/" + kept.joined(separator: "/")
    }
}
