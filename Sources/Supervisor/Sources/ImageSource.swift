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
///
/// Only what is well-formed, and no longer than anybody needs: a source may fail of anything else, and
/// would seem to be broken for others too.
struct SourceConditions: Equatable, Sendable {
    /// The value of If-None-Match.
    let etag: String?
    /// The value of If-Modified-Since.
    let modified: String?

    private static let longest = 512

    init(etag: String? = nil, modified: String? = nil) {
        self.etag = etag.flatMap { Self.isList(Array($0.utf8)[...]) ? $0 : nil }
        self.modified = modified.flatMap { Self.isDate(Array($0.utf8)) ? $0 : nil }
    }

    /// A star, or entity tags with commas between them (RFC 9110 sections 8.8.3 and 13.1.2).
    private static func isList(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count <= longest else { return false }
        if bytes.elementsEqual("*".utf8) { return true }
        var rest = bytes
        while true {
            rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
            if rest.starts(with: "W/".utf8) { rest = rest.dropFirst(2) }
            guard rest.popFirst() == 0x22 else { return false }
            rest = rest.drop { $0 == 0x21 || (0x23...0x7E).contains($0) }
            guard rest.popFirst() == 0x22 else { return false }
            rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
            guard let comma = rest.popFirst() else { return true }
            guard comma == 0x2C else { return false }
        }
    }

    /// The form of dates that everybody writes (RFC 9110 section 5.6.7): Sun, 06 Nov 1994 08:49:37 GMT.
    private static func isDate(_ bytes: [UInt8]) -> Bool {
        let shape = Array("Aaa, 00 Aaa 0000 00:00:00 GMT".utf8)
        guard bytes.count == shape.count else { return false }
        return zip(bytes, shape).enumerated().allSatisfy { index, pair in
            let (byte, wanted) = pair
            switch wanted {
            case 0x30: return (0x30...0x39).contains(byte)
            case 0x41 where index < 26: return (0x41...0x5A).contains(byte)
            case 0x61: return (0x61...0x7A).contains(byte)
            default: return byte == wanted
            }
        }
    }

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
