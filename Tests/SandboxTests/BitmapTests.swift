import ImageVocabulary
import Testing

@testable import Sandbox

extension EngineTests {
    @Suite("Bitmaps and icons")
    struct BitmapTests {
        private let engine = Engine.shared

        static let files = Fixture.names("bmp", "ico", "cur")

        private func format(_ name: String) -> ImageFormat { name.hasSuffix("bmp") ? .bmp : .ico }

        @Test("there is a file of every depth, header and compression")
        func enough() { #expect(Self.files.count == 31) }

        @Test("every pixel is what another decoder makes of it", arguments: files)
        func pixels(_ name: String) throws {
            let image = try DecodedImage(Fixture.bytes(name), format(name))
            let expected = try DecodedImage(Fixture.bytes("expected/\(name).png"), .png)
            #expect(image.width == expected.width && image.height == expected.height)
            #expect(expected.bands == 4)
            // Decoders round channels of five and six bits in two ways.
            let tolerance = ["rgb16.bmp", "masks565.bmp"].contains(name) ? 1 : 0
            for y in 0..<expected.height {
                for x in 0..<expected.width {
                    let other = expected[x, y]
                    let pixel = image[x, y] + (image.bands == 3 ? [255] : [])
                    // What colour nothing has is nobody's concern.
                    if pixel[3] == 0, other[3] == 0 { continue }
                    let isSame = zip(pixel, other).allSatisfy {
                        abs(Int($0) - Int($1)) <= tolerance
                    }
                    #expect(isSame, "\(pixel) at \(x), \(y), not \(other)")
                }
            }
        }

        @Test("facts come from the header and are those of the pixels", arguments: files)
        func facts(_ name: String) throws {
            let bytes = try Fixture.bytes(name)
            let facts = try #require(try engine.facts(bytes, as: format(name)))
            let image = try DecodedImage(bytes, format(name))
            #expect(facts.format == format(name))
            #expect(facts.width == UInt32(image.width) && facts.height == UInt32(image.height))
            #expect(facts.bands == UInt8(image.bands) && facts.hasAlpha == (image.bands == 4))
            #expect(facts.bitsPerChannel == 8 && facts.orientation == 1 && !facts.hasProfile)
            #expect(facts.frames == (name == "several.ico" ? 3 : 1))
        }

        @Test("a bitmap stays one, and an icon becomes a JPEG, or a PNG", arguments: files)
        func results(_ name: String) throws {
            let bytes = try Fixture.bytes(name)
            let hasAlpha = try #require(try engine.facts(bytes, as: format(name))).hasAlpha
            let output = try engine.process(bytes, as: format(name), Plan(width: 10))
            let icon: ImageFormat = hasAlpha ? .png : .jpeg
            let image = try DecodedImage(output, format(name) == .bmp ? .bmp : icon)
            #expect(image.width == 10 && image.bands == (hasAlpha ? 4 : 3))
        }

        @Test("a file cut off anywhere is refused or has all its pixels", arguments: files)
        func cut(_ name: String) throws {
            let bytes = try Fixture.bytes(name)
            let whole = try DecodedImage(bytes, format(name))
            for length in 0..<bytes.count {
                let part = Array(bytes[..<length])
                guard let image = try? DecodedImage(part, format(name)) else { continue }
                #expect(image.hasPixels(of: whole), "\(length) of \(bytes.count) bytes")
            }
        }

        @Test("no changed byte does more than change pixels or refuse", arguments: files)
        func damaged(_ name: String) throws {
            let bytes = try Fixture.bytes(name)
            for index in bytes.indices.prefix(160) {
                for value: UInt8 in [0, 1, 2, 0x7F, 0x80, 0xFF] {
                    var changed = bytes
                    changed[index] = value
                    // As a job does it: no pixel before the header is within the limits.
                    let limits = JobLimits(width: 2_000, height: 2_000, pixels: 100_000)
                    guard let facts = try? engine.facts(changed, as: format(name), limits: limits),
                        let image = try? DecodedImage(changed, format(name))
                    else { continue }
                    #expect(facts.width == UInt32(image.width))
                    #expect(facts.height == UInt32(image.height))
                }
            }
        }
    }
}

extension DecodedImage {
    fileprivate func hasPixels(of other: DecodedImage) -> Bool {
        width == other.width && height == other.height && bands == other.bands
            && (0..<height).allSatisfy { y in (0..<width).allSatisfy { self[$0, y] == other[$0, y] }
            }
    }
}
