/// The pixels of a BMP image, row by row from the top, three or four channels of 8 bits.
///
/// Everything that a pixel is read from is known to be there before the first one is: what a file
/// announces costs no memory that its bytes do not bear out, except for runs, whose image is within
/// the job's limits by then.
struct BitmapRows {
    let header: BitmapHeader
    private let colours: [(red: UInt8, green: UInt8, blue: UInt8)]
    /// A palette number for each pixel, rows from the bottom; empty unless the image is of runs.
    private let numbers: [UInt8]

    var bands: Int { header.hasAlpha ? 4 : 3 }

    init(_ header: BitmapHeader, in bytes: Span<UInt8>) throws(VipsFailure) {
        self.header = header
        var colours: [(red: UInt8, green: UInt8, blue: UInt8)] = []
        for place in stride(
            from: header.palette.lowerBound, to: header.palette.upperBound, by: header.colourSize)
        {
            colours.append((bytes[place + 2], bytes[place + 1], bytes[place]))
        }
        self.colours = colours
        if header.encoding == .runs {
            numbers = try RunLengths.decode(header, in: bytes)
            return
        }
        numbers = []
        // The last row may go without what fills it up.
        let (before, overflow) = header.stride.multipliedReportingOverflow(by: header.height - 1)
        guard !overflow, header.pixels <= bytes.count,
            before <= bytes.count - header.pixels,
            header.rowBytes <= bytes.count - header.pixels - before
        else { throw VipsFailure("bmp: the pixels end early") }
    }

    /// Writes one row.
    ///
    /// - Parameters:
    ///   - y: from the top, 0 to the height less one.
    ///   - row: width × ``bands`` bytes.
    func read(
        _ y: Int, of bytes: Span<UInt8>, into row: inout MutableSpan<UInt8>
    ) throws(VipsFailure) {
        let stored = header.isTopDown ? y : header.height - 1 - y
        if header.encoding == .runs {
            for x in 0..<header.width {
                try write(numbers[stored * header.width + x], x, &row)
            }
            return
        }
        let start = header.pixels + stored * header.stride
        for x in 0..<header.width {
            switch header.encoding {
            case .masked(let masks):
                var pixel: UInt32 = 0
                let size = header.depth / 8
                for index in (0..<size).reversed() {
                    pixel = pixel << 8 | UInt32(bytes[start + x * size + index])
                }
                row[x * bands] = masks.red.value(in: pixel)
                row[x * bands + 1] = masks.green.value(in: pixel)
                row[x * bands + 2] = masks.blue.value(in: pixel)
                if bands == 4 { row[x * 4 + 3] = masks.alpha.value(in: pixel) }
            case .rows where header.depth == 24:
                row[x * 3] = bytes[start + x * 3 + 2]
                row[x * 3 + 1] = bytes[start + x * 3 + 1]
                row[x * 3 + 2] = bytes[start + x * 3]
            case .rows, .runs:
                // The first pixel stands in the upper bits of its byte.
                let bit = x * header.depth
                let shift = 8 - header.depth - bit % 8
                let number = bytes[start + bit / 8] >> UInt8(shift) & UInt8(1 << header.depth - 1)
                try write(number, x, &row)
            }
        }
    }

    private func write(
        _ number: UInt8, _ x: Int, _ row: inout MutableSpan<UInt8>
    ) throws(VipsFailure) {
        guard Int(number) < colours.count else {
            throw VipsFailure("bmp: a pixel of a colour that the palette does not have")
        }
        let colour = colours[Int(number)]
        row[x * 3] = colour.red
        row[x * 3 + 1] = colour.green
        row[x * 3 + 2] = colour.blue
    }
}

/// The compressions BI_RLE8 and BI_RLE4: runs of one palette number (or of two in turn), literal
/// stretches, and jumps over pixels that keep the number 0.
enum RunLengths {
    /// - Returns: a palette number for each pixel, rows from the bottom.
    static func decode(
        _ header: BitmapHeader, in bytes: Span<UInt8>
    ) throws(VipsFailure) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: header.width * header.height)
        let isNibbles = header.depth == 4
        var place = header.pixels
        var (x, y) = (0, 0)
        // The end may be left out where nothing is missing.
        while y < header.height,
            !(y == header.height - 1 && x == header.width && place >= bytes.count)
        {
            let count = try bytes.little(1, at: place)
            let second = try bytes.little(1, at: place + 1)
            place += 2
            switch (count, second) {
            case (0, 0): (x, y) = (0, y + 1)
            case (0, 1): return output
            case (0, 2):
                x += try bytes.little(1, at: place)
                y += try bytes.little(1, at: place + 1)
                place += 2
                guard x <= header.width, y < header.height else { throw outside }
            case (0, let length):
                // Literal numbers, filled up to a multiple of two bytes.
                let size = isNibbles ? (length + 1) / 2 : length
                guard x + length <= header.width else { throw outside }
                guard place + size <= bytes.count else { throw VipsFailure("bmp: runs end early") }
                for index in 0..<length {
                    output[y * header.width + x + index] =
                        isNibbles
                        ? nibble(bytes[place + index / 2], index) : bytes[place + index]
                }
                x += length
                place += size + size % 2
            case (let length, let number):
                guard x + length <= header.width else { throw outside }
                for index in 0..<length {
                    output[y * header.width + x + index] =
                        isNibbles ? nibble(UInt8(number), index) : UInt8(number)
                }
                x += length
            }
        }
        return output
    }

    /// The upper half of a byte for even indices, the lower half for odd ones.
    private static func nibble(_ byte: UInt8, _ index: Int) -> UInt8 {
        index.isMultiple(of: 2) ? byte >> 4 : byte & 0xF
    }

    private static var outside: VipsFailure { VipsFailure("bmp: a run beyond its row") }
}
