import ImageVocabulary
import RequestSyntax
import Testing

@Suite("Magic numbers")
struct ImageSignatureTests {
    @Test("what real encoders wrote is recognised", arguments: EncodedSample.all)
    func real(sample: EncodedSample) {
        #expect(ImageSignature.sniff(sample.bytes.span) == sample.format)
    }

    @Test("no format is recognised before its whole magic number is there")
    func partial() {
        let lengths: [(String, Int)] = [
            ("baseline", 3), ("png", 8), ("lossyWebP", 12), ("gif", 6), ("tiff", 4),
            ("bigEndianBigTIFF", 4),
        ]
        for (name, length) in lengths {
            let sample = EncodedSample.named(name)
            for count in 0..<length {
                #expect(ImageSignature.sniff(Array(sample.bytes[..<count]).span) == nil)
            }
            #expect(ImageSignature.sniff(Array(sample.bytes[..<length]).span) == sample.format)
        }
    }

    @Test(
        "other formats and near misses are nothing",
        arguments: [
            "", "GIF88a", "RIFF\0\0\0\0WAVE", "BM\0\0\0\0", "<html><svg/></html>",
            "II*\u{1}", "MM*\0", "\u{0}\u{0}\u{1}\u{0}", "push graphic-context",
        ])
    func others(text: String) {
        #expect(ImageSignature.sniff(Array(text.utf8).span) == nil)
    }

    static let brands: [([String], Bool)] = [
        (["avif", "0000"], true), (["avis", "0000", "msf1"], true),
        (["mif1", "0000", "miaf", "avif"], true),
        (["heic", "0000", "mif1", "heic"], false), (["mif1", "0000", "heic"], false),
        (["mp42", "0000", "isom"], false),
        // The second four bytes are a version, not a brand.
        (["heic", "avif", "mif1"], false),
    ]

    @Test("an ftyp box is AVIF by a brand avif or avis alone", arguments: brands)
    func brand(brands: [String], isAVIF: Bool) {
        let content = brands.joined()
        let bytes = [0, 0, 0, UInt8(8 + content.utf8.count)] + Array("ftyp\(content)".utf8)
        #expect((ImageSignature.sniff(bytes.span) == .avif) == isAVIF)
        #expect(ImageSignature.sniff(Array(bytes.dropLast()).span) == nil)
    }

    @Test(
        "an ftyp box of an impossible size is nothing",
        arguments: [
            [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 8], [0, 0, 0, 12], [0, 0, 0, 19], [0, 0, 0, 255],
            [0xFF, 0xFF, 0xFF, 0xFF],
        ] as [[UInt8]])
    func sizes(size: [UInt8]) {
        let bytes = size + Array("ftypavif0000avifavif".utf8)
        #expect(ImageSignature.sniff(bytes.span) == nil)
    }

    @Test("no more than 4 KiB are looked at")
    func window() {
        func file(_ size: Int) -> [UInt8] {
            [0, 0, UInt8(size >> 8), UInt8(size & 0xFF)] + Array("ftypmif10000".utf8)
                + Array(repeating: Array("heic".utf8), count: (size - 20) / 4).joined()
                + Array("avif".utf8)
        }
        #expect(ImageSignature.sniff(file(4_096).span) == .avif)
        #expect(ImageSignature.sniff(file(4_100).span) == nil)
    }
}
