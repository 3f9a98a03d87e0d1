/// Checked reads from borrowed bytes. Every offset may come from a hostile file: nothing here traps,
/// and what is outside the bytes is nil.
extension Span where Element == UInt8 {
    /// Whether `length` bytes stand at `offset`.
    func holds(_ length: Int, at offset: Int) -> Bool {
        offset >= 0 && offset <= count && length >= 0 && length <= count - offset
    }

    /// `length` bytes, 1 to 8, most significant first.
    func bigEndian(_ length: Int, at offset: Int) -> UInt64? {
        guard length <= 8, holds(length, at: offset) else { return nil }
        var value: UInt64 = 0
        for index in offset..<(offset + length) { value = value << 8 | UInt64(self[index]) }
        return value
    }

    /// `length` bytes, 1 to 8, least significant first.
    func littleEndian(_ length: Int, at offset: Int) -> UInt64? {
        guard length <= 8, holds(length, at: offset) else { return nil }
        var value: UInt64 = 0
        for index in (offset..<(offset + length)).reversed() {
            value = value << 8 | UInt64(self[index])
        }
        return value
    }

    /// Whether the ASCII bytes of `text` stand at `offset`.
    func has(_ text: String, at offset: Int) -> Bool {
        has(text.utf8, at: offset)
    }

    /// Whether exactly these bytes stand at `offset`.
    func has(_ bytes: some Collection<UInt8>, at offset: Int) -> Bool {
        guard holds(bytes.count, at: offset) else { return false }
        var index = offset
        for byte in bytes {
            guard self[index] == byte else { return false }
            index += 1
        }
        return true
    }

    /// The bytes in `range`, which must lie within.
    func copy(_ range: Range<Int>) -> [UInt8] {
        range.map { self[$0] }
    }
}
