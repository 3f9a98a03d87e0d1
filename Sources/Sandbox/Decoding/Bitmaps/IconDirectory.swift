/// The directory of an ICO or CUR file, and the one image of it that is shown: the largest, of equal
/// ones the one with most bits a pixel, of those the first.
struct IconDirectory {
    /// Images in the file, at least 1.
    let count: Int
    /// Where the chosen image stands.
    let image: Range<Int>

    init(_ bytes: Span<UInt8>) throws(VipsFailure) {
        let kind = try bytes.little(2, at: 2)
        count = try bytes.little(2, at: 4)
        guard try bytes.little(2, at: 0) == 0, kind == 1 || kind == 2, count > 0 else {
            throw VipsFailure("ico: no directory")
        }
        var best: (rank: Int, image: Range<Int>)?
        for index in 0..<count {
            let entry = 6 + 16 * index
            // A side of 256 is written as 0. A cursor has its hot spot where an icon has its depth.
            let width = try bytes.little(1, at: entry)
            let height = try bytes.little(1, at: entry + 1)
            let bits = kind == 1 ? try bytes.little(2, at: entry + 6) : 0
            let size = try bytes.little(4, at: entry + 8)
            let start = try bytes.little(4, at: entry + 12)
            let rank = ((width == 0 ? 256 : width) * (height == 0 ? 256 : height)) << 16 | bits
            if best.map({ $0.rank < rank }) ?? true { best = (rank, start..<(start + size)) }
        }
        guard let best, best.image.lowerBound >= 6 + 16 * count,
            best.image.upperBound <= bytes.count, !best.image.isEmpty
        else { throw VipsFailure("ico: an image beyond the end of the file") }
        image = best.image
    }

    /// Whether the image is a whole PNG file; otherwise it is a BMP without its file header.
    static func isPNG(_ image: Span<UInt8>) -> Bool {
        let magic: [UInt8] = [0x89, 0x50, 0x4E, 0x47]
        return image.count >= 4 && magic.indices.allSatisfy { image[$0] == magic[$0] }
    }
}

/// The pixels of an icon's image that is no PNG: red, green, blue and alpha.
///
/// Behind the colours stands a mask of one bit a pixel, set where the icon is transparent. An image
/// of 32 bits has its own transparency instead, unless all of it is 0: then the mask decides there
/// too, as it did before icons had more than 24 bits.
struct IconRows {
    private let rows: BitmapRows
    /// Where the mask begins; nil when the pixels' own transparency counts.
    private let mask: Int?
    private let maskStride: Int

    var header: BitmapHeader { rows.header }

    init(_ header: BitmapHeader, in bytes: Span<UInt8>) throws(VipsFailure) {
        rows = try BitmapRows(header, in: bytes)
        maskStride = (header.width + 31) / 32 * 4
        if header.hasAlpha {
            guard try !Self.usesAlpha(rows, bytes) else {
                mask = nil
                return
            }
        }
        // The rows were found to be there, so neither product overflows.
        let start = header.pixels + header.stride * header.height
        guard start <= bytes.count, maskStride * header.height <= bytes.count - start else {
            throw VipsFailure("ico: the mask ends early")
        }
        mask = start
    }

    private static func usesAlpha(
        _ rows: BitmapRows, _ bytes: Span<UInt8>
    ) throws(VipsFailure) -> Bool {
        var row = [UInt8](repeating: 0, count: rows.header.width * 4)
        for y in 0..<rows.header.height {
            var span = row.mutableSpan
            try rows.read(y, of: bytes, into: &span)
            if stride(from: 3, to: row.count, by: 4).contains(where: { row[$0] != 0 }) {
                return true
            }
        }
        return false
    }

    /// As ``BitmapRows/read(_:of:into:)``, always four channels.
    func read(
        _ y: Int, of bytes: Span<UInt8>, into row: inout MutableSpan<UInt8>
    ) throws(VipsFailure) {
        try rows.read(y, of: bytes, into: &row)
        let width = rows.header.width
        if rows.bands == 3 {
            // From the end, so that nothing is overwritten before it is moved.
            for x in (0..<width).reversed() {
                for band in (0..<3).reversed() { row[x * 4 + band] = row[x * 3 + band] }
            }
        }
        guard let mask else { return }
        let start = mask + (rows.header.height - 1 - y) * maskStride
        for x in 0..<width {
            let isClear = bytes[start + x / 8] >> UInt8(7 - x % 8) & 1 == 1
            row[x * 4 + 3] = isClear ? 0 : 255
        }
    }
}
