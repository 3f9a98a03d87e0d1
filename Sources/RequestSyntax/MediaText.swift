/// Pieces of header fields: RFC 9110 section 5.6.
enum MediaText {
    /// Without spaces and tabs at both ends.
    static func trimmed(_ bytes: some BidirectionalCollection<UInt8>) -> [UInt8] {
        var rest = bytes[...]
        while let first = rest.first, isSpace(first) { rest.removeFirst() }
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return Array(rest)
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Whether a byte may stand in a token (section 5.6.2).
    static func isToken(_ byte: UInt8) -> Bool {
        byte.isLetterOrDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    /// ASCII letters in lower case, other bytes as they are: Unicode's rules would turn a Kelvin
    /// sign into a `k`.
    static func lowercased(_ bytes: some Sequence<UInt8>) -> String {
        let upper = UInt8(ascii: "A")...UInt8(ascii: "Z")
        return String(decoding: bytes.map { upper.contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// A field's value before its parameters, in lower case, and the parameters by their names in
    /// lower case (section 5.6.6). Nil when they cannot be read in one way only: a parameter twice,
    /// a missing value, an open quotation, or bytes between the parts.
    static func parameters(
        of field: some Collection<UInt8>
    ) -> (value: String, parameters: [String: [UInt8]])? {
        var rest = Array(field)[...]
        let value = lowercased(trimmed(rest.prefix { $0 != UInt8(ascii: ";") }))
        rest = rest.drop { $0 != UInt8(ascii: ";") }
        var found: [String: [UInt8]] = [:]
        while rest.popFirst() != nil {
            rest = rest.drop(while: isSpace)
            // An empty parameter, such as a trailing semicolon, is allowed and says nothing.
            if rest.isEmpty || rest.first == UInt8(ascii: ";") { continue }
            let name = lowercased(rest.prefix(while: isToken))
            rest = rest.drop(while: isToken)
            guard !name.isEmpty, rest.popFirst() == UInt8(ascii: "="),
                let text = text(from: &rest), found.updateValue(text, forKey: name) == nil
            else { return nil }
            rest = rest.drop(while: isSpace)
            guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { return nil }
        }
        return (value, found)
    }

    /// A token or a quoted string without its quotes. Only `\"` and `\\` are escapes: browsers that
    /// send a path put single backslashes into it.
    private static func text(from rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.first == UInt8(ascii: "\"") else {
            let token = rest.prefix(while: isToken)
            rest = rest.dropFirst(token.count)
            return token.isEmpty ? nil : Array(token)
        }
        rest.removeFirst()
        var result: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return result }
            if byte == UInt8(ascii: "\\"), let next = rest.first,
                next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\")
            {
                result.append(next)
                rest.removeFirst()
            } else {
                result.append(byte)
            }
        }
        return nil
    }
}
