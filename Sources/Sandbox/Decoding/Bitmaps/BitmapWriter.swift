/// Writes BMP files: 24 bits a pixel with a BITMAPINFOHEADER, or 32 with a BITMAPV4HEADER where there
/// is transparency. Rows stand from the bottom up, as every reader expects them.
///
/// The facts are from Microsoft's documentation of BITMAPFILEHEADER, BITMAPINFOHEADER and
/// BITMAPV4HEADER.
enum BitmapWriter {
    private static let fileHeader = 14

    /// Bytes of the file for an image of 8 bits a channel; nil for more than its header can say.
    static func size(of image: borrowing VipsImageRef) -> Int? {
        let layout = Layout(image)
        let (pixels, overflow) = layout.stride.multipliedReportingOverflow(by: image.height)
        guard !overflow, let size = UInt32(exactly: pixels.addingReportingOverflow(layout.start).0)
        else { return nil }
        return Int(size)
    }

    /// - Parameter image: in memory, 8 bits a channel: grey or red, green and blue, with alpha or
    ///   without.
    static func write(_ image: borrowing VipsImageRef) throws(VipsFailure) -> [UInt8] {
        let layout = Layout(image)
        guard let size = size(of: image), (1...4).contains(image.bands),
            image.bytesPerPixel == image.bands
        else { throw VipsFailure("bmp: an image of \(image.bands) channels or too many pixels") }
        let file = image.withPixels { pixels in
            var file = header(layout, image.width, image.height, size)
            file.reserveCapacity(size)
            for y in (0..<image.height).reversed() {
                append(
                    pixels.extracting(
                        (y * image.width * image.bands)..<((y + 1) * image.width * image.bands)),
                    layout, to: &file)
            }
            return file
        }
        guard let file else { throw VipsFailure("bmp: an image that is not in memory") }
        return file
    }

    private struct Layout {
        let bands: Int
        let hasAlpha: Bool
        /// Bytes of a row, filled up to a multiple of four.
        let stride: Int
        /// Where the pixels begin.
        var start: Int { fileHeader + (hasAlpha ? 108 : 40) }

        init(_ image: borrowing VipsImageRef) {
            bands = image.bands
            hasAlpha = image.hasAlpha
            // A side has fewer than 32 bits.
            stride = (image.width * (hasAlpha ? 32 : 24) + 31) / 32 * 4
        }
    }

    private static func header(
        _ layout: Layout, _ width: Int, _ height: Int, _ size: Int
    ) -> [UInt8] {
        var header = Array("BM".utf8)
        header += little(size, 4) + little(0, 4) + little(layout.start, 4)
        header += little(layout.start - fileHeader, 4) + little(width, 4) + little(height, 4)
        header += little(1, 2) + little(layout.hasAlpha ? 32 : 24, 2)
        // BI_BITFIELDS or BI_RGB, and 72 dots per inch.
        header += little(layout.hasAlpha ? 3 : 0, 4) + little(size - layout.start, 4)
        header += little(2_835, 4) + little(2_835, 4) + little(0, 8)
        guard layout.hasAlpha else { return header }
        for mask in [0xFF_0000, 0xFF00, 0xFF, 0xFF00_0000] { header += little(mask, 4) }
        // LCS_sRGB, by which end points and gamma have no meaning.
        header += little(0x7352_4742, 4) + [UInt8](repeating: 0, count: 48)
        return header
    }

    private static func append(_ row: Span<UInt8>, _ layout: Layout, to file: inout [UInt8]) {
        let end = file.count + layout.stride
        let isColour = layout.bands >= 3
        for place in stride(from: 0, to: row.count, by: layout.bands) {
            file.append(row[isColour ? place + 2 : place])
            file.append(row[isColour ? place + 1 : place])
            file.append(row[place])
            if layout.hasAlpha { file.append(row[place + layout.bands - 1]) }
        }
        while file.count < end { file.append(0) }
    }

    private static func little(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
