/// JPEG XL: the size header of the codestream (ISO/IEC 18181-1 annex D.2), which stands alone or in
/// the boxes of a container (ISO/IEC 18181-2).
enum JXLHeader {
    /// Boxes before the codestream.
    private static let mostBoxes = 1_024

    static func size(in bytes: Span<UInt8>) throws(HeaderFault) -> PixelSize {
        let start = bytes.has([0xFF, 0x0A], at: 0) ? 0 : try codestream(in: bytes)
        guard bytes.has([0xFF, 0x0A], at: start) else {
            throw HeaderFault("no codestream where one must be")
        }
        var bits = BitReader(offset: start + 2)
        let isSmall = try bits.next(1, of: bytes) == 1
        let height = try side(isSmall, &bits, bytes)
        let width: UInt64 =
            switch try bits.next(3, of: bytes) {
            case 0: try side(isSmall, &bits, bytes)
            // The ratios of table D.2; a height has at most 30 bits, so no product overflows.
            case 1: height
            case 2: height * 12 / 10
            case 3: height * 4 / 3
            case 4: height * 3 / 2
            case 5: height * 16 / 9
            case 6: height * 5 / 4
            default: height * 2
            }
        return PixelSize(width: width, height: height)
    }

    /// A side: a multiple of 8 up to 256, or one of four lengths of number, each less one.
    private static func side(
        _ isSmall: Bool, _ bits: inout BitReader, _ bytes: Span<UInt8>
    ) throws(HeaderFault) -> UInt64 {
        if isSmall { return (try bits.next(5, of: bytes) + 1) * 8 }
        let lengths = [9, 13, 18, 30]
        let choice = try bits.next(2, of: bytes)
        return try bits.next(lengths[Int(choice)], of: bytes) + 1
    }

    /// Where the codestream begins: in `jxlc` or in the first `jxlp`, behind its number.
    private static func codestream(in bytes: Span<UInt8>) throws(HeaderFault) -> Int {
        var rest = 0..<bytes.count
        for _ in 0..<mostBoxes where !rest.isEmpty {
            guard let box = ISOBox(at: rest, of: bytes) else { throw .truncated }
            switch box.type {
            case ISOBox.code("jxlc"): return box.content.lowerBound
            case ISOBox.code("jxlp"): return box.content.lowerBound + 4
            default: rest = box.content.upperBound..<rest.upperBound
            }
        }
        throw HeaderFault("no box with a codestream")
    }
}

/// Reads bits, the lowest of each byte first.
private struct BitReader {
    /// In bits.
    private var position: Int

    /// - Parameter offset: in bytes, within the file.
    init(offset: Int) { position = offset * 8 }

    mutating func next(_ count: Int, of bytes: Span<UInt8>) throws(HeaderFault) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count {
            guard let byte = bytes.littleEndian(1, at: position / 8) else { throw .truncated }
            value |= (byte >> UInt64(position % 8) & 1) << UInt64(index)
            position += 1
        }
        return value
    }
}
