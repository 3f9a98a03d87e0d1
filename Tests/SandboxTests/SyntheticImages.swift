/// Images made byte by byte, so that what a test expects comes from a format's specification and
/// not from the library under test.
enum SyntheticImages {
    static let red: [UInt8] = [200, 30, 30]
    static let green: [UInt8] = [30, 200, 30]
    static let blue: [UInt8] = [30, 30, 200]
    static let yellow: [UInt8] = [200, 200, 30]

    /// PNG colour types by channel count (PNG specification, 11.2.1): grey, grey and alpha, colour,
    /// colour and alpha.
    private static let colourTypes: [UInt8] = [0, 4, 2, 6]

    /// A PNG of 8 or 16 bits a channel. `pixel` gives the bytes of one pixel, the more significant
    /// first where there are 16 bits.
    static func png(
        _ width: Int, _ height: Int, channels: Int = 3, bits: UInt8 = 8,
        extra: [(String, [UInt8])] = [], _ pixel: (Int, Int) -> [UInt8]
    ) -> [UInt8] {
        var rows: [UInt8] = []
        for y in 0..<height {
            rows.append(0)
            for x in 0..<width { rows += pixel(x, y) }
        }
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let colourType = colourTypes[channels - 1]
        file += chunk("IHDR", big(width) + big(height) + [bits, colourType, 0, 0, 0])
        for (name, body) in extra { file += chunk(name, body) }
        file += chunk("IDAT", zlib(rows))
        file += chunk("IEND", [])
        return file
    }

    /// Four quarters: red and green above, blue and yellow below.
    static func quarters(_ width: Int, _ height: Int) -> [UInt8] {
        png(width, height) { x, y in
            switch (x < width / 2, y < height / 2) {
            case (true, true): red
            case (false, true): green
            case (true, false): blue
            case (false, false): yellow
            }
        }
    }

    /// Noise that no encoder makes small, always the same.
    static func noise(_ width: Int, _ height: Int) -> [UInt8] {
        var seed: UInt32 = 1
        return png(width, height) { _, _ in
            (0..<3).map { _ in
                seed = seed &* 1_664_525 &+ 1_013_904_223
                return UInt8(seed >> 24)
            }
        }
    }

    /// An uncompressed little-endian TIFF of 8 bits a channel, every page all one pixel (TIFF 6.0,
    /// sections 2, 6 and 16; photometric 2 is RGB, 5 is CMYK).
    static func tiff(
        _ width: Int, _ height: Int, _ pixel: [UInt8], photometric: Int, pages: Int = 1
    ) -> [UInt8] {
        let strip = (0..<(width * height)).flatMap { _ in pixel }
        let bits = pixel.flatMap { _ in little(8, 2) }
        let entryCount = 9
        let directorySize = 2 + 12 * entryCount + 4
        let pageSize = strip.count + bits.count + directorySize
        var file: [UInt8] = [0x49, 0x49, 42, 0] + little(8 + strip.count + bits.count, 4)
        for page in 0..<pages {
            let start = 8 + page * pageSize
            let entries: [(tag: Int, type: Int, count: Int, value: Int)] = [
                (256, 4, 1, width), (257, 4, 1, height),
                (258, 3, pixel.count, start + strip.count), (259, 3, 1, 1),
                (262, 3, 1, photometric), (273, 4, 1, start), (277, 3, 1, pixel.count),
                (278, 4, 1, height), (279, 4, 1, strip.count),
            ]
            file += strip + bits + little(entryCount, 2)
            for entry in entries {
                file += little(entry.tag, 2) + little(entry.type, 2)
                file += little(entry.count, 4) + little(entry.value, 4)
            }
            let next = start + pageSize + strip.count + bits.count
            file += little(page == pages - 1 ? 0 : next, 4)
        }
        return file
    }

    /// The same JPEG with an EXIF block behind its start marker that holds nothing but an
    /// orientation (EXIF 2.3, 4.5.4 and tag 0x0112).
    static func jpeg(_ jpeg: [UInt8], orientation: UInt8) -> [UInt8] {
        let exif: [UInt8] =
            Array("Exif\0\0".utf8) + [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0]
            + [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0] + [0, 0, 0, 0]
        let marker: [UInt8] = [0xFF, 0xE1, 0, UInt8(exif.count + 2)]
        return Array(jpeg[..<2]) + marker + exif + Array(jpeg[2...])
    }

    /// A PNG chunk (PNG specification, 5.3).
    static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
        let covered = Array(name.utf8) + body
        return big(body.count) + covered + big(Int(crc(covered)))
    }

    /// zlib with stored blocks (RFC 1950, RFC 1951 3.2.4).
    static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var rest = bytes[...]
        while !rest.isEmpty {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            stream.append(rest.isEmpty ? 1 : 0)
            stream += little(block.count, 2) + little(~block.count & 0xFFFF, 2) + block
        }
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return stream + big(Int(b << 16 | a))
    }

    static func big(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func little(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}
