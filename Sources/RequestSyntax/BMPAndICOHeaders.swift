/// BMP: the file header, then one of several information headers, told apart by their size
/// (Windows BITMAPCOREHEADER 12, BITMAPINFOHEADER 40 and its successors; OS/2 64).
enum BMPHeader {
    private static let sizes: Set<UInt64> = [12, 40, 52, 56, 64, 108, 124]

    static func isOne(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.has("BM", at: 0), let size = bytes.littleEndian(4, at: 14) else { return false }
        return sizes.contains(size)
    }

    static func size(in bytes: Span<UInt8>) throws(HeaderFault) -> PixelSize {
        try size(at: 14, in: bytes)
    }

    /// The size in the information header at `offset`. A height below zero marks rows from the top.
    static func size(at offset: Int, in bytes: Span<UInt8>) throws(HeaderFault) -> PixelSize {
        guard let length = bytes.littleEndian(4, at: offset) else { throw .truncated }
        guard sizes.contains(length) else { throw HeaderFault("an unknown information header") }
        if length == 12 {
            guard let width = bytes.littleEndian(2, at: offset + 4),
                let height = bytes.littleEndian(2, at: offset + 6)
            else { throw .truncated }
            return PixelSize(width: width, height: height)
        }
        guard let width = bytes.littleEndian(4, at: offset + 4),
            let height = bytes.littleEndian(4, at: offset + 8)
        else { throw .truncated }
        guard width < 1 << 31 else { throw HeaderFault("a width below zero") }
        let rows = Int32(truncatingIfNeeded: height).magnitude
        return PixelSize(width: width, height: UInt64(rows))
    }
}

/// ICO and CUR: a directory of images, each a PNG or a BMP without its file header.
enum ICOHeader {
    /// Whether the bytes begin with a directory: a zero, 1 for icons or 2 for cursors, a count, and
    /// a first entry that lies behind the directory and has the zero it must have.
    static func isOne(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.has([0, 0, 1, 0], at: 0) || bytes.has([0, 0, 2, 0], at: 0),
            let count = bytes.littleEndian(2, at: 4), count > 0,
            bytes.has([0], at: 9), let place = bytes.littleEndian(4, at: 18)
        else { return false }
        return place >= 6 + 16 * count
    }

    /// The size of the largest image; of equal ones it is the one with most bits, then the first.
    /// It is read from the image itself: the directory has one byte for each side.
    static func size(in bytes: Span<UInt8>) throws(HeaderFault) -> PixelSize {
        let start = try bestEntry(in: bytes)
        if bytes.has([0x89, 0x50, 0x4E, 0x47], at: start) {
            guard bytes.has("IHDR", at: start + 12),
                let width = bytes.bigEndian(4, at: start + 16),
                let height = bytes.bigEndian(4, at: start + 20)
            else { throw HeaderFault("an icon without its header") }
            return PixelSize(width: width, height: height)
        }
        // The height counts the rows of the mask as well.
        let both = try BMPHeader.size(at: start, in: bytes)
        return PixelSize(width: both.width, height: both.height / 2)
    }

    private static func bestEntry(in bytes: Span<UInt8>) throws(HeaderFault) -> Int {
        guard let count = bytes.littleEndian(2, at: 4), bytes.holds(16 * Int(count), at: 6) else {
            throw .truncated
        }
        let isCursor = bytes.has([2], at: 2)
        var best: (rank: UInt64, start: Int)?
        for index in 0..<Int(count) {
            let entry = 6 + 16 * index
            // A side of 256 is written as 0.
            let width = UInt64(bytes[entry]) == 0 ? 256 : UInt64(bytes[entry])
            let height = UInt64(bytes[entry + 1]) == 0 ? 256 : UInt64(bytes[entry + 1])
            // A cursor has its hot spot where an icon has its depth.
            let bits = isCursor ? 0 : UInt64(bytes[entry + 6]) | UInt64(bytes[entry + 7]) << 8
            guard let place = bytes.littleEndian(4, at: entry + 12) else { throw .truncated }
            let rank = width * height << 16 | bits
            if best.map({ $0.rank < rank }) ?? true { best = (rank, Int(place)) }
        }
        guard let best else { throw HeaderFault("an empty directory") }
        return best.start
    }
}
