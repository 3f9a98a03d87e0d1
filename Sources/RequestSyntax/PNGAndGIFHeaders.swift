/// PNG, third edition, 5.6 and 11.2.1: the IHDR chunk comes first and has 13 bytes.
enum PNGHeader {
    static func size(in bytes: Span<UInt8>) throws(HeaderFault) -> PixelSize {
        guard bytes.holds(8 + 8 + 13 + 4, at: 0) else { throw .truncated }
        guard bytes.bigEndian(4, at: 8) == 13, bytes.has("IHDR", at: 12),
            let width = bytes.bigEndian(4, at: 16), let height = bytes.bigEndian(4, at: 20)
        else { throw HeaderFault("no IHDR chunk at the start") }
        return PixelSize(width: width, height: height)
    }
}

/// GIF89a section 18: the logical screen descriptor follows the signature.
enum GIFHeader {
    static func size(in bytes: Span<UInt8>) throws(HeaderFault) -> PixelSize {
        guard let width = bytes.littleEndian(2, at: 6), let height = bytes.littleEndian(2, at: 8),
            bytes.holds(13, at: 0)
        else { throw .truncated }
        return PixelSize(width: width, height: height)
    }
}
