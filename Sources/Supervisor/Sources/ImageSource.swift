/// One place that an image comes from: the body of a request, a file, a web server, a bucket. All
/// answer alike, so that nothing behind them depends on where an image was.
protocol ImageSource: Sendable {
    /// Reads the image whole: counted against the memory budget as it arrives, hashed, and of a format
    /// that is known.
    ///
    /// - Parameter largest: most bytes.
    func collect(largest: Int) async throws(Problem) -> SourceAnswer
}

/// What a source has answered.
enum SourceAnswer: Sendable {
    case image(CollectedSource, SourceValidators)
    /// What the client has is still right.
    case unchanged(SourceValidators)
}

/// What a client has of an earlier answer (RFC 9110 section 13.1), for the source to compare.
struct SourceConditions: Equatable, Sendable {
    /// The value of If-None-Match.
    var etag: String?
    /// The value of If-Modified-Since.
    var modified: String?

    /// Whether nothing is known of what the client has.
    var isEmpty: Bool { etag == nil && modified == nil }

    /// Whether the client's ETags name this state (RFC 9110 section 13.1.2, weak comparison).
    func name(_ validators: SourceValidators) -> Bool {
        guard let etag, let current = validators.etag else { return false }
        return etag.split(separator: ",").contains { part in
            let tag = part.split(separator: " ").joined(separator: " ")
            return tag == "*" || tag == current || tag == "W/\(current)"
        }
    }
}

/// What names the state of a source, and how long that state holds, as the source says it: what can
/// stand in a header field, and nothing longer than anybody needs.
struct SourceValidators: Equatable, Sendable {
    let etag: String?
    /// The value of Last-Modified.
    let modified: String?
    /// The value of Cache-Control.
    let cacheControl: String?
    /// The value of Expires.
    let expires: String?

    private static let longest = 512

    init(
        etag: String? = nil, modified: String? = nil, cacheControl: String? = nil,
        expires: String? = nil
    ) {
        self.etag = Self.usable(etag)
        self.modified = Self.usable(modified)
        self.cacheControl = Self.usable(cacheControl)
        self.expires = Self.usable(expires)
    }

    private static func usable(_ value: String?) -> String? {
        guard let value, (1...longest).contains(value.utf8.count),
            value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        return value
    }
}
