/// JPEG, ITU-T T.81 annex B: segments up to the frame header.
enum JPEGHeader {
    /// Segments before the frame header. A whole ICC profile takes at most 255, and Exif, XMP and
    /// comments come in a few each; extended XMP of 64 MB would still be within.
    private static let mostSegments = 1_024

    static func size(in bytes: Span<UInt8>) throws(HeaderFault) -> PixelSize {
        var offset = 2
        for _ in 0..<mostSegments {
            let marker = try marker(at: &offset, in: bytes)
            guard let length = bytes.bigEndian(2, at: offset).map(Int.init) else {
                throw .truncated
            }
            guard length >= 2 else { throw HeaderFault("a segment shorter than its length field") }
            guard bytes.holds(length, at: offset) else { throw .truncated }
            if isFrameHeader(marker) {
                return try frame(at: offset, length: length, in: bytes)
            }
            offset += length
        }
        throw HeaderFault("too many segments before the frame header")
    }

    /// The marker at `offset` (B.1.1.2: fill bytes may come before it), which is moved behind it.
    private static func marker(
        at offset: inout Int, in bytes: Span<UInt8>
    ) throws(HeaderFault) -> UInt8 {
        guard bytes.holds(2, at: offset) else { throw .truncated }
        guard bytes[offset] == 0xFF else { throw HeaderFault("no marker where one must be") }
        while offset < bytes.count, bytes[offset] == 0xFF { offset += 1 }
        guard offset < bytes.count else { throw .truncated }
        defer { offset += 1 }
        switch bytes[offset] {
        // Stuffed zero, TEM, RSTn, SOI, EOI and SOS: no frame header can follow these.
        case 0x00, 0x01, 0xD0...0xD9, 0xDA: throw HeaderFault("no frame header before the scan")
        case let marker: return marker
        }
    }

    /// SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC).
    private static func isFrameHeader(_ marker: UInt8) -> Bool {
        (0xC0...0xCF).contains(marker) && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
    }

    /// B.2.2: length, precision, height, width, component count, three bytes for each component.
    private static func frame(
        at offset: Int, length: Int, in bytes: Span<UInt8>
    ) throws(HeaderFault) -> PixelSize {
        guard let height = bytes.bigEndian(2, at: offset + 3),
            let width = bytes.bigEndian(2, at: offset + 5),
            let components = bytes.bigEndian(1, at: offset + 7)
        else { throw .truncated }
        guard length == 8 + 3 * Int(components), components > 0 else {
            throw HeaderFault("a frame header of the wrong length")
        }
        return PixelSize(width: width, height: height)
    }
}
