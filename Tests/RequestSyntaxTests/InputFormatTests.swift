import ImageVocabulary
import RequestSyntax
import Testing

@Suite("Formats beside those of the web")
struct InputFormatTests {
    @Test("there is a file of every one of them that has a size")
    func everyFormat() {
        #expect(Set(InputFixture.all.map(\.format)) == [.heic, .jxl, .jp2, .bmp, .ico])
        #expect(InputFixture.all.count > 40)
    }

    @Test("real files are recognised and their size is read", arguments: InputFixture.all)
    func real(_ file: InputFixture) throws {
        let bytes = try file.bytes
        #expect(sniffed(bytes) == file.format)
        let header = try EncodedImageHeader(reading: bytes.span)
        #expect(header.format == file.format)
        #expect(header.width == file.width && header.height == file.height)
    }

    @Test(
        "a file cut off anywhere is an error or its size, never another",
        arguments: InputFixture.all)
    func cut(_ file: InputFixture) throws {
        let bytes = try file.bytes
        for length in 0..<min(bytes.count, 1_000) {
            let start = Array(bytes[..<length])
            guard let header = try? EncodedImageHeader(reading: start.span) else { continue }
            #expect(header.width == file.width && header.height == file.height, "\(length)")
        }
    }

    @Test("any byte of a header may change without a trap", arguments: InputFixture.all)
    func changed(_ file: InputFixture) throws {
        let bytes = try file.bytes
        for index in bytes.indices.prefix(400) {
            for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var changed = bytes
                changed[index] = value
                guard let header = try? EncodedImageHeader(reading: changed.span) else { continue }
                #expect(header.width > 0 && header.height > 0)
            }
        }
    }

    /// ISO/IEC 18181-1 annex D.2, by hand: bits from the lowest of each byte.
    static let jxlSizes: [([UInt8], UInt32, UInt32)] = [
        // Small, height (0 + 1) × 8, ratio 1:1.
        ([0b0100_0001, 0], 8, 8),
        // Small, height (3 + 1) × 8, ratio 2:1.
        ([0b1100_0111, 0b1], 64, 32),
        // Not small, 9 bits of height 99 + 1, ratio 0, 9 bits of width 199 + 1.
        ([0b0001_1000, 0b0000_0011, 0b1000_1110, 0b0000_0001], 200, 100),
    ]

    @Test("the sizes of a JPEG XL codestream are read bit by bit", arguments: jxlSizes)
    func jxl(bits: [UInt8], width: UInt32, height: UInt32) throws {
        let bytes = [0xFF, 0x0A] + bits + [0, 0, 0, 0]
        let header = try EncodedImageHeader(reading: bytes.span)
        #expect(header.width == width && header.height == height)
    }

    private static let root = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"

    static let drawings: [String] = [
        root, "<svg>", "<svg\n", "<svg/>", "<s:svg xmlns:s=\"http://www.w3.org/2000/svg\">",
        " \r\n\t\(root)", "\u{FEFF}\(root)", "<?xml version=\"1.0\"?>\(root)",
        "\u{FEFF}<?xml version='1.0' encoding='UTF-8'?>\n<!-- <html> -->\n\(root)",
        "<!-- a -- b --><!-- c -->\(root)", "<?xml-stylesheet href='a.css'?><?b?>\(root)",
        "<!DOCTYPE svg>\(root)",
        """
        <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" \
        "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\(root)
        """,
        "<!DOCTYPE svg [<!ENTITY a \"b]c\"> ] >\(root)",
        "<!--" + String(repeating: "-", count: 3_000) + "-->\(root)",
    ]

    @Test("an SVG is known by its root, whatever may stand before it", arguments: drawings)
    func drawing(_ text: String) {
        #expect(sniffed(Array(text.utf8)) == .svg)
        #expect(throws: EncodedImageError.self) {
            try EncodedImageHeader(reading: Array(text.utf8).span)
        }
    }

    static let others: [String] = [
        "", "<", "<s", "<svg", "svg", "< svg>", "<SVG>", "<svgx/>", "<xsvg/>", "<svg:g>",
        "<a:b:svg>",
        "<:svg>", "<html><svg/></html>", "<?xml version=\"1.0\"?><html><svg/></html>",
        "<!DOCTYPE html><svg/>", "<!DOCTYPE svgz><svg/>", "<!DOCTYPE svg><!DOCTYPE svg><svg/>",
        "<!-- <svg/>", "<? <svg/>", "<!-- --><html/><svg/>", "text <svg/>", "<!DOCTYPE svg [<svg/>",
        "<![CDATA[<svg/>]]>", "\u{FEFF}\u{FEFF}<svg/>", "&lt;svg>", "{\"svg\": 1}",
        "<!--" + String(repeating: " ", count: 4_090) + "--><svg/>",
    ]

    @Test("other XML, HTML and text is nothing", arguments: others)
    func other(_ text: String) {
        #expect(sniffed(Array(text.utf8)) == nil)
    }

    @Test("UTF-16 is nothing, in either order")
    func wide() {
        let bytes = Self.root.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(sniffed(([0xFF, 0xFE] + bytes)) == nil)
        #expect(sniffed(([0xFE, 0xFF, 0] + bytes.dropLast())) == nil)
    }

    static let starts: [([UInt8], ImageFormat?)] = [
        (Array("%PDF-1.7\n".utf8), .pdf), (Array("\n%PDF-2.0".utf8), .pdf),
        (Array("\u{FEFF}%PDF-1.4".utf8), .pdf), (Array(" %PDF-1.4".utf8), nil),
        (Array("%FDF-1.2".utf8), nil), (Array("%PDF".utf8), nil), (Array("x%PDF-1.4".utf8), nil),
        ([0xFF, 0x0A], .jxl), ([0xFF, 0x0B, 0], nil),
        ([0, 0, 0, 12] + Array("JXL ".utf8) + [13, 10, 0x87, 10], .jxl),
        ([0, 0, 0, 12] + Array("JXL ".utf8) + [13, 10, 0x87, 13], nil),
        ([0xFF, 0x4F, 0xFF, 0x51], .jp2), ([0xFF, 0x4F, 0xFF, 0x52], nil),
        (jp2("jp2 "), .jp2), (jp2("jpx "), .jp2), (jp2("jpm "), nil), (jp2("mjp2"), nil),
        (ftyp("heic"), .heic), (ftyp("hevx"), .heic), (ftyp("mif1", "heic"), .heic),
        (ftyp("heic", "avif"), .avif), (ftyp("mif1"), nil), (ftyp("avci"), nil),
        (ftyp("isom"), nil),
        ([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 1, 0, 0, 0, 22, 0, 0, 0], .ico),
        ([0, 0, 2, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 1, 0, 0, 0, 22, 0, 0, 0], .ico),
        ([0, 0, 3, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 1, 0, 0, 0, 22, 0, 0, 0], nil),
        ([0, 0, 1, 0, 0, 0, 16, 16, 0, 0, 1, 0, 32, 0, 1, 0, 0, 0, 22, 0, 0, 0], nil),
        ([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 1, 0, 0, 0, 21, 0, 0, 0], nil),
        (Array("BM".utf8) + [UInt8](repeating: 0, count: 12) + [40, 0, 0, 0], .bmp),
        (Array("BM".utf8) + [UInt8](repeating: 0, count: 12) + [41, 0, 0, 0], nil),
    ]

    private static func jp2(_ brand: String) -> [UInt8] {
        [0, 0, 0, 12] + Array("jP  ".utf8) + [13, 10, 0x87, 10, 0, 0, 0, 20]
            + Array("ftyp\(brand)\0\0\0\0jp2 ".utf8)
    }

    private static func ftyp(_ major: String, _ others: String...) -> [UInt8] {
        let content = "ftyp\(major)\0\0\0\0" + others.joined()
        return [0, 0, 0, UInt8(4 + content.utf8.count)] + Array(content.utf8)
    }

    @Test("magic numbers are taken whole or not at all", arguments: starts)
    func start(bytes: [UInt8], format: ImageFormat?) {
        #expect(sniffed(bytes) == format)
    }
}

/// A span in an expectation is more than the compiler takes.
private func sniffed(_ bytes: [UInt8]) -> ImageFormat? { ImageSignature.sniff(bytes.span) }
