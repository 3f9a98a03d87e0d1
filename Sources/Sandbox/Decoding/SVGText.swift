/// What libmagic has to be shown of an SVG.
enum SVGText {
    /// Where the text begins behind a byte order mark, white space and comments. XML allows them
    /// before the root element (XML 1.0 sections 2.8 and 4.3.3), but libmagic's entries look at the
    /// first byte.
    static func start(in bytes: Span<UInt8>) -> Int {
        var start = has([0xEF, 0xBB, 0xBF], at: 0, bytes) ? 3 : 0
        while start < bytes.count {
            if [0x20, 0x09, 0x0A, 0x0D].contains(bytes[start]) {
                start += 1
            } else if has("<!--".utf8, at: start, bytes) {
                start += 4
                while start < bytes.count, !has("-->".utf8, at: start, bytes) { start += 1 }
                start = min(start + 3, bytes.count)
            } else {
                break
            }
        }
        return start
    }

    private static func has(
        _ text: some Collection<UInt8>, at offset: Int, _ bytes: Span<UInt8>
    ) -> Bool {
        guard text.count <= bytes.count - offset else { return false }
        var index = offset
        for byte in text {
            guard bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }
}
