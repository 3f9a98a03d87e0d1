/// An address of a web server: scheme, host, port and target, each of them parsed.
///
/// The rules are those of RFC 3986, and of the URL standard where browsers and servers are known to
/// disagree: whatever has two readings is refused.
public struct RemoteAddress: Equatable, Hashable, Sendable {
    public let isSecure: Bool
    /// In lower case; an IPv6 address without its brackets.
    public let host: String
    /// Whether ``host`` is an IP address.
    public let isLiteral: Bool
    public let port: UInt16
    /// Path and query, which begin with a slash: ASCII, as they are sent.
    public let target: String

    /// - Parameter text: what stands behind the scheme's slashes.
    init(_ text: some StringProtocol, isSecure: Bool) throws(SourceAddressError) {
        // A backslash is a slash to some, a fragment is for the client alone.
        // Scalars, not characters: a mark that combines with a slash leaves it a slash to others.
        guard !text.unicodeScalars.contains("\\") else { throw .malformed("it holds a backslash") }
        let withoutFragment = String(
            String.UnicodeScalarView(text.unicodeScalars.prefix { $0 != "#" }))
        let scalars = withoutFragment.unicodeScalars
        let end = scalars.firstIndex { $0 == "/" || $0 == "?" } ?? scalars.endIndex
        let authority = withoutFragment[..<end]
        guard !authority.unicodeScalars.contains("@") else {
            throw .malformed("it holds a user or a password")
        }
        let (host, port) = try Self.parts(of: authority)
        (self.host, isLiteral) = try Self.host(host)
        self.isSecure = isSecure
        self.port = port ?? (isSecure ? 443 : 80)
        target = Self.target(withoutFragment[end...])
    }

    /// The scheme's name.
    public var scheme: String { isSecure ? "https" : "http" }

    /// The value of a Host field: without the port that the scheme has anyway.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// The whole address.
    public var text: String { "\(scheme)://\(authority)\(target)" }

    private static func parts(
        of authority: some StringProtocol
    ) throws(SourceAddressError) -> (host: String, port: UInt16?) {
        var host = String(authority)
        var digits: String?
        if host.first == "[" {
            guard let close = host.firstIndex(of: "]") else { throw .malformed("its host is open") }
            let behind = host[host.index(after: close)...]
            guard behind.isEmpty || behind.first == ":" else {
                throw .malformed("its host is none")
            }
            digits = behind.isEmpty ? nil : String(behind.dropFirst())
            host = String(host[...close])
        } else if let colon = host.firstIndex(of: ":") {
            digits = String(host[host.index(after: colon)...])
            host = String(host[..<colon])
        }
        guard let digits, !digits.isEmpty else { return (host, nil) }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits),
            port > 0
        else { throw .malformed("its port is none") }
        return (host, port)
    }

    private static func host(
        _ text: String
    ) throws(SourceAddressError) -> (name: String, isLiteral: Bool) {
        if text.first == "[" {
            let address = text.dropFirst().dropLast()
            // A zone names an interface of this machine.
            guard !address.contains("%"), IPLiteral.isIPv6(address) else {
                throw .malformed("its host is no IPv6 address")
            }
            return (address.lowercased(), true)
        }
        // Some letters elsewhere have one of ASCII's as their lower case.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw .malformed("its host is not in its ASCII form (xn--)")
        }
        var name = text.lowercased()
        // The root's dot makes no difference to where a name leads, and would to who may be asked.
        if name.last == "." { name.removeLast() }
        guard (1...253).contains(name.utf8.count) else { throw .malformed("it has no host") }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        for label in labels {
            let isLabel =
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy {
                    $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                }
            guard isLabel else {
                throw .malformed("its host is no name")
            }
        }
        guard endsInNumber(labels) else { return (name, false) }
        guard IPLiteral.isIPv4(name) else {
            throw .malformed("its host is a number, but no IPv4 address of four decimal parts")
        }
        return (name, true)
    }

    /// Whether programs would take the host for an IPv4 address in one of its old forms: decimal,
    /// octal, hexadecimal or short (the URL standard's "ends in a number").
    private static func endsInNumber(_ labels: [Substring]) -> Bool {
        guard let last = labels.last?.utf8 else { return false }
        if last.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        return last.starts(with: "0x".utf8)
            && last.dropFirst(2).allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
            }
    }

    /// Escapes what may not stand in a path or a query (RFC 3986 appendix A); escapes that are there
    /// stay. What is left no library wants to escape again, so that it is sent as it is here.
    private static func target(_ text: some StringProtocol) -> String {
        let source = Array(text.utf8)
        var bytes: [UInt8] = source.first == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
        let digits = Array("0123456789ABCDEF".utf8)
        for (index, byte) in source.enumerated() {
            let isEscape =
                byte == UInt8(ascii: "%")
                && source[(index + 1)...].prefix(2).count { Self.isHexDigit($0) } == 2
            let mayStay =
                isEscape
                || (byte > 0x20 && byte < 0x7F && !"\"#%<>[]^`{|}".utf8.contains(byte))
            if mayStay {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension RemoteAddress {
    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}

/// IP addresses as text, in the one form that every program reads alike.
enum IPLiteral {
    /// Four decimal parts without leading zeros.
    static func isIPv4(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.allSatisfy { (0x30...0x39).contains($0) }
                    && (part.utf8.count == 1 || part.first != "0") && UInt8(part) != nil
            }
    }

    /// RFC 4291 section 2.2, with the end as IPv4 too.
    static func isIPv6(_ text: some StringProtocol) -> Bool {
        let halves = String(text).split(separator: "::", omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count) else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, part) in parts.enumerated() {
                let isEnd = index == halves.count - 1 && position == parts.count - 1
                if isEnd, part.contains(".") {
                    guard isIPv4(part) else { return false }
                    groups += 2
                } else {
                    guard (1...4).contains(part.utf8.count), UInt16(part, radix: 16) != nil,
                        part.first != "+", part.first != "-"
                    else { return false }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups < 8 : groups == 8
    }
}
