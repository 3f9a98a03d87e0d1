import ImageVocabulary
import RequestSyntax
import Testing

/// Boxes built by hand after ISO/IEC 14496-12 and 23008-12.
@Suite("AVIF sizes follow the primary item")
struct AVIFHeaderTests {
    @Test("the primary item's size counts, not a larger thumbnail's or grid cell's")
    func primary() throws {
        let file = avif(
            pitm: full("pitm", [0, 2]),
            ipma: full(
                "ipma",
                [0, 0, 0, 2]
                    + [0, 1, 1, 0x81] + [0, 2, 1, 2]))
        #expect(try size(file) == [30, 20])
    }

    @Test("wide item and property numbers are read")
    func wide() throws {
        let file = avif(
            pitm: full("pitm", [0, 0, 0, 2], version: 1),
            ipma: full(
                "ipma", [0, 0, 0, 1] + [0, 0, 0, 2, 2, 0x80, 3, 0x80, 2], version: 1, flags: 1))
        #expect(try size(file) == [30, 20])
    }

    @Test("without a primary item the largest size counts", arguments: [[], [0, 0, 0, 0]])
    func largest(table: [UInt8]) throws {
        let pitm = table.isEmpty ? [] : full("pitm", [0, 2])
        #expect(try size(avif(pitm: pitm, ipma: full("ipma", [0, 0, 0, 0]))) == [500, 400])
    }

    @Test("a primary item of two sizes is refused")
    func twoSizes() {
        let file = avif(
            pitm: full("pitm", [0, 2]), ipma: full("ipma", [0, 0, 0, 1] + [0, 2, 2, 1, 2]))
        #expect(throws: EncodedImageError.broken(.avif, "a primary image of two sizes")) {
            try size(file)
        }
    }

    @Test("a table that announces four thousand million entries ends at its bytes")
    func hugeTable() {
        let file = avif(pitm: full("pitm", [0, 2]), ipma: full("ipma", [0xFF, 0xFF, 0xFF, 0xFF]))
        #expect(throws: EncodedImageError.broken(.avif, "a table that ends early")) {
            try size(file)
        }
    }

    @Test(
        "boxes of every impossible size are refused",
        arguments: [
            [0, 0, 0, 7], [0, 0, 0, 2], [0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF],
            [0, 0, 0, 1],
        ] as [[UInt8]])
    func impossible(size length: [UInt8]) {
        let file = ftyp + length + Array("meta".utf8) + Array(repeating: 0xFF, count: 8)
        #expect(throws: EncodedImageError.broken(.avif, "a box that does not fit")) {
            try size(file)
        }
    }

    @Test("a flood of empty boxes is given up")
    func flood() {
        let file = ftyp + Array(repeating: box("free", []), count: 5_000).joined()
        #expect(throws: EncodedImageError.broken(.avif, "too many boxes")) { try size(file) }
    }

    @Test("two meta boxes are refused, since readers would differ")
    func twoMetas() {
        let file = avif(pitm: full("pitm", [0, 2]), ipma: full("ipma", [0, 0, 0, 0]))
        #expect(throws: EncodedImageError.broken(.avif, "not exactly one meta box")) {
            try size(file + file.dropFirst(ftyp.count))
        }
    }

    /// Properties: 1 is 500 × 400, 2 is 30 × 20, 3 is no size.
    private func avif(pitm: [UInt8], ipma: [UInt8]) -> [UInt8] {
        let ipco = box(
            "ipco",
            full("ispe", [0, 0, 1, 0xF4, 0, 0, 1, 0x90]) + full("ispe", [0, 0, 0, 30, 0, 0, 0, 20])
                + box("pixi", [0, 0, 0, 0]))
        return ftyp + full("meta", pitm + box("iprp", ipco + ipma))
    }

    private var ftyp: [UInt8] { box("ftyp", Array("avif".utf8) + [0, 0, 0, 0]) }

    private func full(
        _ type: String, _ content: [UInt8], version: UInt8 = 0, flags: UInt8 = 0
    ) -> [UInt8] {
        box(type, [version, 0, 0, flags] + content)
    }

    private func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let size = 8 + content.count
        return [0, 0, UInt8(size >> 8), UInt8(size & 0xFF)] + Array(type.utf8) + content
    }

    private func size(_ bytes: [UInt8]) throws(EncodedImageError) -> [UInt32] {
        let header = try EncodedImageHeader(reading: bytes.span)
        return [header.width, header.height]
    }
}
