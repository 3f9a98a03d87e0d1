/// The target of a request line, by its form (RFC 9112 section 3.2).
public enum RequestTarget: Equatable, Sendable {
    /// A path and perhaps a query, as they came: `/a?b`. The absolute form, which a server must
    /// accept, is reduced to it; whom it names makes no difference here.
    case origin(String)
    /// `*`: the server itself, for OPTIONS only.
    case asterisk

    /// Reads a target; nil when it has none of the forms that are served.
    public init?(_ text: String) {
        // A fragment is never sent (RFC 9110 section 4.2.5).
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            return nil
        }
        if text == "*" {
            self = .asterisk
        } else if text.utf8.first == UInt8(ascii: "/") {
            self = .origin(text)
        } else if let path = Self.path(ofAbsolute: text) {
            self = .origin(path)
        } else {
            return nil
        }
    }

    /// Path and query of `http://authority/path?query` (RFC 9110 section 4.2). An empty path is
    /// the root.
    private static func path(ofAbsolute text: String) -> String? {
        let schemes = ["http://", "https://"]
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0) }) else {
            return nil
        }
        let rest = text.dropFirst(scheme.count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        guard HostField.isValid(rest[..<end]), end != rest.startIndex else { return nil }
        let path = rest[end...]
        return path.first == "/" ? String(path) : "/" + path
    }
}

/// The value of a Host field (RFC 9110 section 7.2): a host and perhaps a port.
public enum HostField {
    /// Whether the value could name a host. An empty one is valid (RFC 9112 section 3.2); user
    /// information, spaces and paths are not.
    public static func isValid(_ value: some StringProtocol) -> Bool {
        var host = Substring(value)
        var port: Substring = ""
        // The colons of an IPv6 address stand between brackets.
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            port = host[host.index(after: colon)...]
            host = host[..<colon]
        }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        if host.first == "[" {
            guard host.last == "]", host.utf8.count > 2 else { return false }
            return host.dropFirst().dropLast().utf8.allSatisfy { isName($0) || $0 == 0x3A }
        }
        return host.utf8.allSatisfy(isName)
    }

    /// unreserved, sub-delims and the percent sign of RFC 3986.
    private static func isName(_ byte: UInt8) -> Bool {
        byte.isLetterOrDigit || "-._~!$&'()*+,;=%".utf8.contains(byte)
    }
}
