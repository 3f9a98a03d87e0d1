/// One box of an ISO base media file (ISO/IEC 14496-12 section 4.2), by its place in the bytes.
struct ISOBox: Equatable {
    /// The four-character code as a big-endian number.
    let type: UInt32
    /// The bytes after the box's header.
    let content: Range<Int>

    /// The code of four ASCII characters.
    static func code(_ text: String) -> UInt32 {
        text.utf8.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The box that begins at `range`'s start; nil if its size is not one that `range` can hold.
    ///
    /// A size of 1 means that 64 bits follow the type, a size of 0 that the box fills the range.
    init?(at range: Range<Int>, of bytes: Span<UInt8>) {
        guard range.upperBound <= bytes.count,
            let short = bytes.bigEndian(4, at: range.lowerBound),
            let type = bytes.bigEndian(4, at: range.lowerBound + 4)
        else { return nil }
        var header = 8
        var size = short
        if short == 1 {
            guard let long = bytes.bigEndian(8, at: range.lowerBound + 8) else { return nil }
            header = 16
            size = long
        } else if short == 0 {
            size = UInt64(range.count)
        }
        guard size >= header, size <= range.count else { return nil }
        self.type = UInt32(truncatingIfNeeded: type)
        content = (range.lowerBound + header)..<(range.lowerBound + Int(size))
    }
}
