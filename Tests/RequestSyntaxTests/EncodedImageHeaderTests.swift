import ImageVocabulary
import RequestSyntax
import Testing

@Suite("Sizes are read from encoded headers")
struct EncodedImageHeaderTests {
    @Test("the size of what a real encoder wrote", arguments: EncodedSample.all)
    func real(sample: EncodedSample) throws {
        let header = try EncodedImageHeader(reading: sample.bytes.span)
        #expect(header.format == sample.format)
        #expect(header.width == sample.width)
        #expect(header.height == sample.height)
    }

    @Test(
        "a file cut off anywhere is an error or its size, never another",
        arguments: EncodedSample.all)
    func cutOff(sample: EncodedSample) {
        for length in 0..<sample.bytes.count {
            let start = Array(sample.bytes[..<length])
            guard let header = try? EncodedImageHeader(reading: start.span) else { continue }
            #expect(header.width == sample.width && header.height == sample.height)
        }
    }

    @Test("any single byte of a header may change without a trap", arguments: EncodedSample.all)
    func mutated(sample: EncodedSample) {
        for index in sample.bytes.indices {
            for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var bytes = sample.bytes
                bytes[index] = value
                guard let header = try? EncodedImageHeader(reading: bytes.span) else { continue }
                #expect(header.width > 0 && header.height > 0)
            }
        }
    }

    @Test("nothing and unknown bytes have no format")
    func unknown() {
        #expect(throws: EncodedImageError.unknownFormat) { try header([]) }
        #expect(throws: EncodedImageError.unknownFormat) { try header(Array("hello".utf8)) }
    }

    @Test("a side of nothing is refused in every format")
    func zeroSides() {
        // Where each sample keeps its height: SOF, IHDR, logical screen, VP8 frame, IFD, ispe.
        let places: [(String, [UInt8], Int)] = [
            ("baseline", [0xFF, 0xC0, 0, 11, 8], 2),
            ("png", Array("IHDR".utf8) + [0, 0, 0, 19], 4),
            ("gif", Array("GIF87a".utf8) + [25, 0], 2), ("lossyWebP", [0x9D, 1, 0x2A, 21, 0], 2),
            ("tiff", [1, 1, 3, 0, 1, 0, 0, 0], 2),
            ("avif", Array("ispe".utf8) + [0, 0, 0, 0, 0, 0, 0, 37], 4),
        ]
        for (name, before, length) in places {
            var bytes = EncodedSample.named(name).bytes
            guard let start = bytes.firstRange(of: before)?.upperBound else {
                Issue.record("\(name) has changed")
                continue
            }
            for index in start..<(start + length) { bytes[index] = 0 }
            #expect(throws: EncodedImageError.self, "\(name)") { try header(bytes) }
        }
    }

    @Test("a JPEG of endless small segments is given up")
    func manySegments() {
        let comment: [UInt8] = [0xFF, 0xFE, 0, 2]
        let bytes = [0xFF, 0xD8] + Array(repeating: comment, count: 2_000).joined()
        #expect(
            throws: EncodedImageError.broken(.jpeg, "too many segments before the frame header")
        ) { try header(bytes) }
    }

    @Test("a JPEG whose scan comes before its frame header is refused")
    func scanFirst() {
        #expect(throws: EncodedImageError.broken(.jpeg, "no frame header before the scan")) {
            try header([0xFF, 0xD8, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0])
        }
    }

    @Test("JPEG fill bytes before a marker are skipped")
    func fillBytes() throws {
        let bytes: [UInt8] = [
            0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0xC2, 0, 11, 8, 0x01, 0x02, 0x03, 0x04, 1, 1, 0x11, 0,
        ]
        let header = try header(bytes)
        #expect(header.width == 0x0304 && header.height == 0x0102)
    }

    @Test("a TIFF that names a side twice is refused, since readers would differ")
    func twice() throws {
        let entry: (UInt8, UInt8) -> [UInt8] = { tag, value in
            [tag, 1, 3, 0, 1, 0, 0, 0, value, 0, 0, 0]
        }
        let start: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0]
        let good = start + [2, 0] + entry(0, 5) + entry(1, 6)
        #expect(try header(good).height == 6)
        #expect(throws: EncodedImageError.broken(.tiff, "a directory with a side twice")) {
            try header(start + [3, 0] + entry(0, 5) + entry(1, 6) + entry(1, 7))
        }
    }

    @Test(
        "TIFF offsets and counts beyond the file are refused",
        arguments: [
            [0x49, 0x49, 42, 0, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x49, 0x49, 42, 0, 8, 0, 0, 0, 0xFF, 0xFF],
            [0x4D, 0x4D, 0, 43, 0, 8, 0, 0] + Array(repeating: 0xFF, count: 8),
            [0x4D, 0x4D, 0, 43, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16]
                + Array(repeating: 0xFF, count: 8),
        ] as [[UInt8]])
    func tiffBounds(bytes: [UInt8]) {
        #expect(throws: EncodedImageError.broken(.tiff, "it ends before its size")) {
            try header(bytes)
        }
    }

    private func header(_ bytes: [UInt8]) throws(EncodedImageError) -> EncodedImageHeader {
        try EncodedImageHeader(reading: bytes.span)
    }
}
