/// Whom a chain of proxies says a request is from: the fields `Forwarded` (RFC 7239) and
/// `X-Forwarded-For`, nearest proxy last. What they say is worth as much as the proxy that said it.
public enum ForwardedField {
    /// One hop's word for the one before it.
    public enum Node: Equatable, Sendable {
        /// An IP address as text, without port and brackets. It was not looked at further.
        case address(String)
        /// `unknown`, or a name that a proxy made up (section 6.3).
        case hidden
    }

    /// Most hops that are read: a chain that is longer is nobody's.
    public static let mostHops = 32

    /// The nodes of `Forwarded`, all of its fields joined by commas.
    ///
    /// - Returns: nil where the field cannot be read in one way, or is too long a chain.
    public static func nodes(forwarded field: some StringProtocol) -> [Node]? {
        guard let elements = split(Array(field.utf8), at: UInt8(ascii: ",")),
            elements.count <= mostHops
        else { return nil }
        var nodes: [Node] = []
        for element in elements {
            guard let pairs = split(Array(element), at: UInt8(ascii: ";")) else { return nil }
            var found: [UInt8]?
            for pair in pairs {
                let pair = MediaText.trimmed(pair)
                guard !pair.isEmpty else { continue }
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return nil }
                guard MediaText.lowercased(pair[..<equals]) == "for" else { continue }
                guard found == nil, let value = unquoted(pair[(equals + 1)...]) else { return nil }
                found = value
            }
            // An element may say something else, by whom or for which host.
            guard let found else { continue }
            guard let node = node(found) else { return nil }
            nodes.append(node)
        }
        return nodes
    }

    /// Where the last element of `Forwarded` begins, by what stands in it and behind it: a quotation that
    /// a client has left open further left does not reach what a proxy has added.
    ///
    /// - Returns: the comma before it; nil where there is one element.
    public static func lastComma(ofForwarded field: Substring) -> Substring.Index? {
        let bytes = field.utf8
        var isQuoted = false
        var index = bytes.endIndex
        while index > bytes.startIndex {
            index = bytes.index(before: index)
            switch bytes[index] {
            case UInt8(ascii: "\"") where isQuoted:
                // Behind an odd number of backslashes it is a character of the quotation.
                let escapes = bytes[..<index].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
                isQuoted = !escapes.isMultiple(of: 2)
            case UInt8(ascii: "\""): isQuoted = true
            case UInt8(ascii: ",") where !isQuoted: return index
            default: break
            }
        }
        return nil
    }

    /// The nodes of `X-Forwarded-For`, all of its fields joined by commas.
    public static func nodes(xForwardedFor field: some StringProtocol) -> [Node]? {
        let parts = Array(field.utf8).split(
            separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count <= mostHops else { return nil }
        var nodes: [Node] = []
        for part in parts {
            let part = MediaText.trimmed(part)
            guard !part.isEmpty else { continue }
            guard let node = node(part) else { return nil }
            nodes.append(node)
        }
        return nodes
    }

    /// Splits at a separator outside of quotation marks; nil where a quotation is open.
    private static func split(_ bytes: [UInt8], at separator: UInt8) -> [ArraySlice<UInt8>]? {
        var parts: [ArraySlice<UInt8>] = []
        var start = 0
        var isQuoted = false
        var isEscaped = false
        for (index, byte) in bytes.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == separator, !isQuoted {
                parts.append(bytes[start..<index])
                start = index + 1
            }
        }
        guard !isQuoted else { return nil }
        return parts + [bytes[start...]]
    }

    /// A token, or what stands in quotation marks.
    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        guard bytes.first == UInt8(ascii: "\"") else {
            // Proxies write addresses with a port without quoting them, too.
            let isPlain = bytes.allSatisfy { MediaText.isToken($0) || ":[]".utf8.contains($0) }
            return isPlain && !bytes.isEmpty ? Array(bytes) : nil
        }
        guard bytes.count > 1, bytes.last == UInt8(ascii: "\"") else { return nil }
        var result: [UInt8] = []
        var isEscaped = false
        for byte in bytes.dropFirst().dropLast() {
            if !isEscaped, byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            }
            guard isEscaped || byte != UInt8(ascii: "\"") else { return nil }
            isEscaped = false
            result.append(byte)
        }
        return isEscaped ? nil : result
    }

    /// Section 6: an address with perhaps a port, in brackets where it is IPv6, or a name.
    private static func node(_ bytes: [UInt8]) -> Node? {
        let text = String(decoding: bytes, as: UTF8.self)
        if MediaText.lowercased(bytes) == "unknown" || text.hasPrefix("_") { return .hidden }
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            let behind = text[text.index(after: close)...]
            guard behind.isEmpty || isPort(behind) else { return nil }
            let address = text[text.index(after: text.startIndex)..<close]
            return IPLiteral.isIPv6(address) ? .address(address.lowercased()) : nil
        }
        if IPLiteral.isIPv6(text) { return .address(text.lowercased()) }
        let address = text.prefix { $0 != ":" }
        let behind = text[address.endIndex...]
        guard IPLiteral.isIPv4(address), behind.isEmpty || isPort(behind) else { return nil }
        return .address(String(address))
    }

    private static func isPort(_ text: some StringProtocol) -> Bool {
        guard text.first == ":" else { return false }
        let digits = text.dropFirst().utf8
        return (1...5).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
