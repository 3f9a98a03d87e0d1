/// WebP, RFC 9649 section 2: a RIFF file whose first chunk holds the size.
enum WebPHeader {
    /// Where the first chunk's payload begins: RIFF, size, WEBP, chunk name, chunk size.
    private static let payload = 20

    static func size(in bytes: Span<UInt8>) throws(HeaderFault) -> PixelSize {
        guard let file = bytes.littleEndian(4, at: 4), let chunk = bytes.littleEndian(4, at: 16)
        else { throw .truncated }
        guard file <= UInt64(bytes.count - 8) else { throw .truncated }
        // The file's size counts from `WEBP`: 12 of its bytes come before the chunk's payload.
        guard file >= 12, chunk <= file - 12 else {
            throw HeaderFault("a first chunk larger than the file")
        }
        if bytes.has("VP8 ", at: 12) { return try lossy(bytes, chunk) }
        if bytes.has("VP8L", at: 12) { return try lossless(bytes, chunk) }
        if bytes.has("VP8X", at: 12) { return try extended(bytes, chunk) }
        throw HeaderFault("an unknown first chunk")
    }

    /// RFC 6386 section 9.1: three bytes of frame tag (bit 0 clear in a key frame), a start code,
    /// then 14 bits each, the two bits above them a scale that decoders ignore.
    private static func lossy(
        _ bytes: Span<UInt8>, _ chunk: UInt64
    ) throws(HeaderFault) -> PixelSize {
        guard chunk >= 10, let tag = bytes.littleEndian(1, at: payload), tag & 1 == 0,
            bytes.has([0x9D, 0x01, 0x2A], at: payload + 3),
            let width = bytes.littleEndian(2, at: payload + 6),
            let height = bytes.littleEndian(2, at: payload + 8)
        else { throw HeaderFault("no key frame at the start") }
        return PixelSize(width: width & 0x3FFF, height: height & 0x3FFF)
    }

    /// RFC 9649 section 3.4: a signature byte, 14 bits each less one, a hint, three bits of version.
    private static func lossless(
        _ bytes: Span<UInt8>, _ chunk: UInt64
    ) throws(HeaderFault) -> PixelSize {
        guard chunk >= 5, bytes.has([0x2F], at: payload),
            let bits = bytes.littleEndian(4, at: payload + 1), bits >> 29 == 0
        else { throw HeaderFault("no lossless image at the start") }
        return PixelSize(width: bits & 0x3FFF + 1, height: (bits >> 14) & 0x3FFF + 1)
    }

    /// RFC 9649 section 2.7: flags, then 24 bits each less one; their product has 32 bits at most.
    private static func extended(
        _ bytes: Span<UInt8>, _ chunk: UInt64
    ) throws(HeaderFault) -> PixelSize {
        guard chunk >= 10, let width = bytes.littleEndian(3, at: payload + 4),
            let height = bytes.littleEndian(3, at: payload + 7)
        else { throw HeaderFault("no canvas size at the start") }
        return PixelSize(width: width + 1, height: height + 1)
    }
}
