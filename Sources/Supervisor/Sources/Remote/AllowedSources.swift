import RequestSyntax

/// The sources that may be asked for: patterns over the parts of an address, never over its text.
struct AllowedSources: Equatable, Sendable {
    /// Empty for all.
    var patterns: [SourcePattern] = []

    func contain(_ address: SourceAddress) -> Bool {
        patterns.isEmpty || patterns.contains { $0.matches(address) }
    }
}

/// One line of the list, such as `https://*.example.com/photos/`, `local:///public/` or `s3://bucket/`.
///
/// A star in the host stands for any run of characters without a slash. The path is a prefix that ends
/// where a segment does: `/photos` has `/photos/a.jpg` and not `/photos-of-others/a.jpg`.
struct SourcePattern: Equatable, Sendable, CustomStringConvertible {
    let scheme: String
    /// The host with stars, or a bucket's name; empty for local files.
    private let host: [UInt8]
    /// nil for the scheme's own.
    let port: UInt16?
    private let path: [UInt8]
    let description: String

    /// - Returns: nil for what is no pattern.
    init?(_ text: some StringProtocol) {
        guard let mark = text.firstRange(of: "://"), text.allSatisfy({ $0.isASCII && $0 != " " })
        else {
            return nil
        }
        scheme = text[..<mark.lowerBound].lowercased()
        guard ["http", "https", "local", "s3"].contains(scheme) else { return nil }
        let rest = text[mark.upperBound...]
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        // Names of hosts have no case, those of buckets have.
        var authority = scheme == "s3" ? String(rest[..<end]) : rest[..<end].lowercased()
        var port: UInt16?
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            guard let number = UInt16(authority[authority.index(after: colon)...]) else {
                return nil
            }
            port = number
            authority = String(authority[..<colon])
        }
        guard authority.isEmpty == (scheme == "local"), !authority.contains("@") else { return nil }
        if authority.first == "[" { authority = String(authority.dropFirst().dropLast()) }
        host = Array(authority.utf8)
        self.port = port
        path = Array(rest[end...].utf8)
        guard !path.contains(where: { "*?#".utf8.contains($0) }) else { return nil }
        description = String(text)
    }

    func matches(_ address: SourceAddress) -> Bool {
        switch address {
        case .local(let file):
            return scheme == "local" && isPrefix(of: Array("/\(file.text)".utf8))
        case .bucket(let name, let key):
            return scheme == "s3" && Self.matches(host[...], Array(name.utf8)[...])
                && isPrefix(of: Array("/\(key)".utf8))
        case .remote(let remote):
            let standard: UInt16 = remote.isSecure ? 443 : 80
            return scheme == remote.scheme && remote.port == port ?? standard
                && Self.matches(host[...], Array(remote.host.utf8)[...])
                && isPrefix(of: Array(remote.target.prefix { $0 != "?" }.utf8))
        }
    }

    private func isPrefix(of other: [UInt8]) -> Bool {
        guard !path.isEmpty, path != [UInt8(ascii: "/")] else { return true }
        let slash = UInt8(ascii: "/")
        guard other.starts(with: path),
            !other.split(separator: slash).contains(where: Self.mayClimb)
        else { return false }
        return path.last == slash || other.count == path.count || other[path.count] == slash
    }

    /// Whether a segment could lead out of the prefix on the other side: dots in whatever encoding,
    /// also where the server decodes twice or takes what stands behind a semicolon for parameters.
    private static func mayClimb(_ segment: some Sequence<UInt8>) -> Bool {
        let plain = String(decoding: withoutEscapedEscapes(segment), as: UTF8.self).lowercased()
        if ["%2f", "%5c", "%00"].contains(where: plain.contains) { return true }
        let name = plain.replacing("%2e", with: ".").replacing("%3b", with: ";")
            .prefix { $0 != ";" }
        return name == "." || name == ".."
    }

    /// With each `%25` that stands for the sign of an escape, however often that was encoded, as the
    /// sign alone.
    private static func withoutEscapedEscapes(_ segment: some Sequence<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in segment {
            bytes.append(byte)
            if bytes.suffix(3).elementsEqual("%25".utf8) { bytes.removeLast(2) }
        }
        return bytes
    }

    /// Whether a text is made of the pattern's pieces in order, with anything for each star.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        let star = UInt8(ascii: "*")
        let pieces = pattern.split(separator: star, omittingEmptySubsequences: false)
        guard pieces.count > 1 else { return pattern.elementsEqual(text) }
        guard let first = pieces.first, let last = pieces.last, text.starts(with: first) else {
            return false
        }
        var rest = text.dropFirst(first.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            let found = rest.indices.first { rest[$0...].starts(with: piece) }
            guard let found else { return false }
            rest = rest[(found + piece.count)...]
        }
        return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
    }
}
