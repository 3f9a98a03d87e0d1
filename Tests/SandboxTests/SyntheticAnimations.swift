/// Files of several pictures, made byte by byte as ``SyntheticImages`` are.
enum SyntheticAnimations {
    /// A GIF (GIF89a specification) whose frames have one colour above and another below: frame n has
    /// ``colour(_:)`` of 2n and of 2n + 1, and is shown for n + 2 hundredths of a second.
    static func gif(_ width: Int, _ height: Int, frames: Int, loops: UInt16 = 3) -> [UInt8] {
        var file = Array("GIF89a".utf8) + little(width) + little(height) + [0xF7, 0, 0]
        for index in 0..<256 { file += colour(index) }
        file += [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1] + little(Int(loops)) + [0]
        for frame in 0..<frames {
            file += [0x21, 0xF9, 4, 0] + little(frame + 2) + [0, 0]
            file += [0x2C, 0, 0, 0, 0] + little(width) + little(height) + [0, 8]
            let numbers = (0..<(width * height)).map { place in
                UInt8(truncatingIfNeeded: 2 * frame + (place / width < height / 2 ? 0 : 1))
            }
            file += blocks(uncompressed(numbers)) + [0]
        }
        return file + [0x3B]
    }

    /// The colour of a number of the palette.
    static func colour(_ number: Int) -> [UInt8] {
        [40, 97, 151].map { UInt8(truncatingIfNeeded: 20 + number * $0) }
    }

    /// A PDF 1.4 file (ISO 32000) of pages of one colour each, 100 by 50 points: page n is grey of the
    /// share n / pages.
    static func pdf(pages: Int) -> [UInt8] {
        var objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
        let kids = (0..<pages).map { "\(3 + 2 * $0) 0 R" }.joined(separator: " ")
        objects.append("<< /Type /Pages /Kids [\(kids)] /Count \(pages) >>")
        for page in 0..<pages {
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 50] /Contents \(4 + 2 * page) 0 R >>"
            )
            let content = "\(Double(page) / Double(pages)) g 0 0 100 50 re f"
            objects.append("<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream")
        }
        var file = "%PDF-1.4\n"
        var places: [Int] = []
        for (index, object) in objects.enumerated() {
            places.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = file.utf8.count
        file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for place in places {
            let digits = String(place)
            file += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        file +=
            "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return Array(file.utf8)
    }

    /// LZW codes of nine bits that stand for themselves: the table is cleared before it needs ten.
    private static func uncompressed(_ numbers: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var (held, bits): (UInt32, UInt32) = (0, 0)
        func put(_ code: UInt32) {
            held |= code << bits
            bits += 9
            while bits >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: held))
                held >>= 8
                bits -= 8
            }
        }
        for (index, number) in numbers.enumerated() {
            if index.isMultiple(of: 200) { put(256) }
            put(UInt32(number))
        }
        put(257)
        if bits > 0 { bytes.append(UInt8(truncatingIfNeeded: held)) }
        return bytes
    }

    private static func blocks(_ bytes: [UInt8]) -> [UInt8] {
        stride(from: 0, to: bytes.count, by: 255).flatMap { start in
            let block = bytes[start..<min(start + 255, bytes.count)]
            return [UInt8(block.count)] + block
        }
    }

    private static func little(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }
}
