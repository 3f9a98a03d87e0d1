/// What stands before an SVG's root element, read far enough to know that the root is one.
///
/// XML 1.0 sections 2.8 and 3.1: a byte order mark, the declaration, comments, processing
/// instructions, one document type, white space; then the root's name, `svg` with or without a
/// namespace prefix. In UTF-8 or another encoding in which ASCII is itself: UTF-16 is not recognised.
/// No other XML and no HTML passes, whatever stands inside it.
enum SVGProlog {
    static func leadsToSVG(_ bytes: Span<UInt8>) -> Bool {
        let window = bytes.extracting(first: min(bytes.count, ImageSignature.longestNeeded))
        var offset = 0
        _ = take([0xEF, 0xBB, 0xBF], at: &offset, in: window)
        var sawType = false
        while true {
            skipSpace(at: &offset, in: window)
            if take("<?".utf8, at: &offset, in: window) {
                guard skip(past: "?>", at: &offset, in: window) else { return false }
            } else if take("<!--".utf8, at: &offset, in: window) {
                guard skip(past: "-->", at: &offset, in: window) else { return false }
            } else if take("<!DOCTYPE".utf8, at: &offset, in: window) {
                guard !sawType, skipDocumentType(at: &offset, in: window) else { return false }
                sawType = true
            } else {
                return take("<".utf8, at: &offset, in: window) && takeName(at: &offset, in: window)
            }
        }
    }

    private static func take(
        _ text: some Collection<UInt8>, at offset: inout Int, in bytes: Span<UInt8>
    ) -> Bool {
        guard bytes.has(text, at: offset) else { return false }
        offset += text.count
        return true
    }

    private static func skipSpace(at offset: inout Int, in bytes: Span<UInt8>) {
        while offset < bytes.count, isSpace(bytes[offset]) { offset += 1 }
    }

    /// - Returns: whether the text was there; then the offset is behind it.
    private static func skip(
        past text: String, at offset: inout Int, in bytes: Span<UInt8>
    ) -> Bool {
        while offset < bytes.count {
            if take(text.utf8, at: &offset, in: bytes) { return true }
            offset += 1
        }
        return false
    }

    /// Behind `<!DOCTYPE`: the root's name, which must be SVG's, and everything up to the end. An
    /// internal subset ends at the first `]` that a `>` follows.
    private static func skipDocumentType(at offset: inout Int, in bytes: Span<UInt8>) -> Bool {
        guard offset < bytes.count, isSpace(bytes[offset]) else { return false }
        skipSpace(at: &offset, in: bytes)
        guard takeName(at: &offset, in: bytes) else { return false }
        while offset < bytes.count {
            defer { offset += 1 }
            switch bytes[offset] {
            case UInt8(ascii: ">"): return true
            case UInt8(ascii: "["): return skipInternalSubset(at: &offset, in: bytes)
            default: break
            }
        }
        return false
    }

    private static func skipInternalSubset(
        at offset: inout Int, in bytes: Span<UInt8>
    ) -> Bool {
        while skip(past: "]", at: &offset, in: bytes) {
            skipSpace(at: &offset, in: bytes)
            // The caller goes on behind the bracket.
            if bytes.has(">", at: offset) { return true }
        }
        return false
    }

    /// Whether an XML name stands here whose local part is `svg`; the offset is behind it then.
    private static func takeName(at offset: inout Int, in bytes: Span<UInt8>) -> Bool {
        let start = offset
        while offset < bytes.count, isNameByte(bytes[offset]) { offset += 1 }
        // A name that reaches the end of what is looked at may go on behind it.
        guard offset < bytes.count else { return false }
        let parts = bytes.copy(start..<offset).split(
            separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard let local = parts.last, parts.count <= 2, !parts[0].isEmpty else { return false }
        return local.elementsEqual("svg".utf8)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// What may stand in a name (XML 1.0 section 2.3), every byte beyond ASCII included.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: ":"), 0x80...0xFF:
            true
        default: false
        }
    }
}
