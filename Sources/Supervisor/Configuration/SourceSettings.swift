import RequestSyntax

/// `sources`: where images may come from, and what is asked of their bytes.
struct SourceSettings: Equatable, Sendable {
    /// Whether a file's extension announces its type, and a contradiction is an error.
    var strictType = false
    /// The sources that requests may name; empty for any public one where requests are signed, or
    /// under `--dev`, and for none where they are not.
    var allowed = AllowedSources()
    /// Blocks of addresses that may be reached though they are not public.
    var addresses: [NetworkBlock] = []
    /// Ports beside 80 and 443.
    var ports: [UInt16] = []
    /// Redirects that are followed.
    var redirects = 3
    /// From the look-up of a name until its server can be asked.
    var connectTimeout = Duration.seconds(3)
    /// From the request to the head of its answer, and between two pieces of it.
    var answerTimeout = Duration.seconds(3)
    /// For the whole way from the first look-up to the last byte.
    var timeout = Duration.seconds(5)
    /// A file of certificates that servers may be signed by beside those of the system.
    var certificates: String?
    /// What servers are told of who asks.
    var userAgent = "Glovebox"
    /// Failures in a row after which a host is left alone.
    var breakerFailures = 5
    /// For how long it is.
    var breakerTime = Duration.seconds(10)
    /// How long a failed address is remembered.
    var failureCache = Duration.seconds(3)
}

extension ValueShape where Value == AllowedSources {
    /// Patterns with commas between them.
    static var sources: Self {
        ValueShape(
            expects: "patterns such as https://*.example.com/photos/, local:///public/ or "
                + "s3://bucket/, with commas between them, or any",
            parse: { text throws(ValueError) in
                guard text != "any" else { return AllowedSources() }
                let patterns = try ListText.read(text) { part throws(ValueError) in
                    try Self.pattern(part)
                }
                return AllowedSources(patterns: patterns)
            },
            text: { allowed in
                allowed.patterns.isEmpty
                    ? "any" : allowed.patterns.map(\.description).joined(separator: ",")
            },
            json: { .array($0.patterns.map { .string($0.description) }) })
    }

    private static func pattern(_ text: String) throws(ValueError) -> SourcePattern {
        if let pattern = SourcePattern(text) { return pattern }
        let whole = "https://\(text)\(text.contains("/") ? "" : "/")"
        let isHost = text.contains { $0 == "." || $0 == ":" } && SourcePattern(whole) != nil
        guard isHost, !text.contains("://"), text.utf8.count <= 80 else {
            throw .malformed("is no pattern of sources")
        }
        throw .refused("has no scheme", advice: "Write \(UntrustedText.printable(whole)).")
    }
}

extension ValueShape where Value == [NetworkBlock] {
    static var blocks: Self { blocks(none: "none") }

    /// - Parameter none: the word for an empty list.
    static func blocks(none: String) -> Self {
        ValueShape(
            expects: "blocks of addresses such as 10.0.0.0/8 or fd00::/8 with commas between them, "
                + "or \(none)",
            parse: { text throws(ValueError) in
                guard text != none else { return [] }
                return try ListText.read(text) { part throws(ValueError) in try Self.block(part) }
            },
            text: { $0.isEmpty ? none : $0.map(\.description).joined(separator: ",") },
            json: { .array($0.map { .string($0.description) }) })
    }

    private static func block(_ text: String) throws(ValueError) -> NetworkBlock {
        if let block = NetworkBlock(text) { return block }
        guard let meant = withoutBits(text) else { throw .malformed("is no block of addresses") }
        throw .refused("has bits behind its prefix", advice: "Write \(meant).")
    }

    /// The block with all bits behind the prefix 0; nil where there is none.
    private static func withoutBits(_ text: String) -> NetworkBlock? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = NetworkAddress(parts[0]),
            let prefix = Int(digits: parts[1])
        else { return nil }
        let bytes = address.bytes.enumerated().map { index, byte in
            byte & ~(0xFF >> UInt8(min(max(prefix - 8 * index, 0), 8)))
        }
        return NetworkBlock("\(NetworkAddress(bytes: bytes))/\(prefix)")
    }
}

extension ValueShape where Value == [UInt16] {
    static var ports: Self {
        ValueShape(
            expects: "ports from 1 to 65535 with commas between them, or none",
            parse: { text throws(ValueError) in
                guard text != "none" else { return [] }
                return try ListText.read(text) { part throws(ValueError) in
                    guard let number = Int(digits: part[...]), let port = UInt16(exactly: number),
                        port > 0
                    else { throw .malformed("is no port") }
                    return port
                }
            },
            text: { $0.isEmpty ? "none" : $0.map { "\($0)" }.joined(separator: ",") },
            json: { .array($0.map { .integer(Int64($0)) }) })
    }
}
