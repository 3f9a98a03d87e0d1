/// TIFF 6.0 section 2 and BigTIFF: the first image file directory, in either byte order.
enum TIFFHeader {
    /// Entries in a directory. TIFF allows 65535; encoders write a few dozen.
    private static let mostEntries = 4_096

    static func size(in bytes: Span<UInt8>) throws(HeaderFault) -> PixelSize {
        let reader = DirectoryReader(
            isBigEndian: bytes.has("MM", at: 0),
            isBig: bytes.has([43], at: 2) || bytes.has([43], at: 3))
        let directory = try reader.firstDirectory(in: bytes)
        guard (1...mostEntries).contains(directory.count) else {
            throw HeaderFault("a directory of no entries or too many")
        }
        var width: UInt64?
        var height: UInt64?
        for index in 0..<directory.count {
            let offset = directory.start + index * reader.entrySize
            // ImageWidth and ImageLength; one that stands there twice could be read either way.
            switch try reader.integer(2, at: offset, in: bytes) {
            case 256 where width == nil: width = try reader.value(at: offset, in: bytes)
            case 257 where height == nil: height = try reader.value(at: offset, in: bytes)
            case 256, 257: throw HeaderFault("a directory with a side twice")
            default: break
            }
        }
        guard let width, let height else { throw HeaderFault("a directory without a size") }
        return PixelSize(width: width, height: height)
    }
}

/// The shapes that differ between the two byte orders and the two versions.
private struct DirectoryReader {
    let isBigEndian: Bool
    let isBig: Bool

    /// Tag, type, count, value: 2 + 2 + 4 + 4 bytes, or 2 + 2 + 8 + 8.
    var entrySize: Int { isBig ? 20 : 12 }

    func integer(
        _ length: Int, at offset: Int, in bytes: Span<UInt8>
    ) throws(HeaderFault) -> UInt64 {
        let value =
            isBigEndian
            ? bytes.bigEndian(length, at: offset) : bytes.littleEndian(length, at: offset)
        guard let value else { throw .truncated }
        return value
    }

    /// Where the first directory's entries begin, and how many there are; all of them are there.
    func firstDirectory(
        in bytes: Span<UInt8>
    ) throws(HeaderFault) -> (start: Int, count: Int) {
        if isBig {
            // The size of offsets, always 8, and a zero.
            guard try integer(2, at: 4, in: bytes) == 8, try integer(2, at: 6, in: bytes) == 0
            else { throw HeaderFault("offsets of an unknown size") }
        }
        let place = try integer(isBig ? 8 : 4, at: isBig ? 8 : 4, in: bytes)
        guard place <= UInt64(bytes.count) else { throw .truncated }
        let countSize = isBig ? 8 : 2
        let count = try integer(countSize, at: Int(place), in: bytes)
        let start = Int(place) + countSize
        guard count <= UInt64(bytes.count / entrySize),
            bytes.holds(Int(count) * entrySize, at: start)
        else { throw .truncated }
        return (start, Int(count))
    }

    /// The one value of the entry at `offset`: SHORT (3), LONG (4) or, in BigTIFF, LONG8 (16),
    /// left-justified in its field.
    func value(at offset: Int, in bytes: Span<UInt8>) throws(HeaderFault) -> UInt64 {
        let count = try integer(isBig ? 8 : 4, at: offset + 4, in: bytes)
        guard count == 1 else { throw HeaderFault("a side of several values") }
        let field = offset + (isBig ? 12 : 8)
        switch try integer(2, at: offset + 2, in: bytes) {
        case 3: return try integer(2, at: field, in: bytes)
        case 4: return try integer(4, at: field, in: bytes)
        case 16 where isBig: return try integer(8, at: field, in: bytes)
        default: throw HeaderFault("a side of an unknown type")
        }
    }
}
