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
                var patterns: [SourcePattern] = []
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    let part = part.split(separator: " ").joined(separator: " ")
                    guard let pattern = SourcePattern(part) else {
                        throw .malformed(
                            "has \(ConfigurationProblem.quoted(part)), which is no pattern of "
                                + "sources")
                    }
                    patterns.append(pattern)
                }
                return AllowedSources(patterns: patterns)
            },
            text: { allowed in
                allowed.patterns.isEmpty
                    ? "any" : allowed.patterns.map(\.description).joined(separator: ",")
            },
            json: { .array($0.patterns.map { .string($0.description) }) })
    }
}

extension ValueShape where Value == [NetworkBlock] {
    static var blocks: Self {
        ValueShape(
            expects: "blocks of addresses such as 10.0.0.0/8 or fd00::/8 with commas between them, "
                + "or none",
            parse: { text throws(ValueError) in
                guard text != "none" else { return [] }
                var blocks: [NetworkBlock] = []
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    let part = part.split(separator: " ").joined(separator: " ")
                    guard let block = NetworkBlock(part) else {
                        throw .malformed(
                            "has \(ConfigurationProblem.quoted(part)), which is no block of "
                                + "addresses")
                    }
                    blocks.append(block)
                }
                return blocks
            },
            text: { $0.isEmpty ? "none" : $0.map(\.description).joined(separator: ",") },
            json: { .array($0.map { .string($0.description) }) })
    }
}

extension ValueShape where Value == [UInt16] {
    static var ports: Self {
        ValueShape(
            expects: "ports from 1 to 65535 with commas between them, or none",
            parse: { text throws(ValueError) in
                guard text != "none" else { return [] }
                var ports: [UInt16] = []
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    let digits = part.split(separator: " ").joined(separator: " ")
                    guard let number = Int(digits: digits[...]), let port = UInt16(exactly: number),
                        port > 0
                    else {
                        throw .malformed(
                            "has \(ConfigurationProblem.quoted(digits)), which is no port")
                    }
                    ports.append(port)
                }
                return ports
            },
            text: { $0.isEmpty ? "none" : $0.map { "\($0)" }.joined(separator: ",") },
            json: { .array($0.map { .integer(Int64($0)) }) })
    }
}
