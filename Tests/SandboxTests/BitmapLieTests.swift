import ImageVocabulary
import Testing

@testable import Sandbox

extension EngineTests {
    @Suite("Bitmaps that lie")
    struct BitmapLieTests {
        private let engine = Engine.shared

        private func verdict(_ bytes: [UInt8], _ format: ImageFormat = .bmp) -> Verdict? {
            do throws(Refusal) {
                _ = try engine.process(bytes, as: format, Plan())
                return nil
            } catch {
                return error.verdict
            }
        }

        /// A fixture with other bytes at an offset: those of a number of 32 bits.
        private func file(_ name: String, _ changes: (Int, UInt32)...) throws -> [UInt8] {
            var bytes = try Fixture.bytes(name)
            for (offset, value) in changes {
                for index in 0..<4 {
                    bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
                }
            }
            return bytes
        }

        // Offsets in a file with a BITMAPINFOHEADER: pixels 10, width 18, height 22, planes and
        // depth 26, compression 30, colours 46.

        @Test("a size that the pixels do not bear out is refused before memory is taken for it")
        func giants() throws {
            #expect(verdict(try file("rgb24.bmp", (18, 29_999))) == .brokenImage)
            #expect(verdict(try file("rgb24.bmp", (22, 29_999))) == .brokenImage)
            #expect(verdict(try file("rgb24.bmp", (18, 0x7FFF_FFFF))) == .tooWide)
            #expect(verdict(try file("rgb24.bmp", (22, 0x8000_0000))) == .tooTall)
            #expect(
                verdict(try file("rgb24.bmp", (18, 29_999), (22, 29_999))) == .tooManyPixels)
        }

        @Test("a side of nothing or below zero is refused")
        func noSize() throws {
            for width: UInt32 in [0, 0x8000_0000, 0xFFFF_FFFF] {
                #expect(verdict(try file("rgb24.bmp", (18, width))) == .brokenImage)
            }
            #expect(verdict(try file("rgb24.bmp", (22, 0))) == .brokenImage)
        }

        @Test("pixels within the header or beyond the file are refused")
        func misplaced() throws {
            for place: UInt32 in [0, 13, 53, 10_000, 0xFFFF_FFFF] {
                #expect(verdict(try file("rgb24.bmp", (10, place))) == .brokenImage)
            }
        }

        @Test("compressions that hold other files, or that nobody writes, are refused")
        func compressions() throws {
            for compression: UInt32 in [1, 2, 4, 5, 7, 11, 0xFFFF_FFFF] {
                #expect(verdict(try file("rgb24.bmp", (30, compression))) == .brokenImage)
            }
            // Runs from the top are not allowed.
            #expect(verdict(try file("rle8.bmp", (22, UInt32(bitPattern: -9)))) == .brokenImage)
        }

        @Test("masks that overlap, have holes or reach beyond the pixel are refused")
        func masks() throws {
            for mask: UInt32 in [0xF81F, 0x07E0, 0x1_0000] {
                #expect(verdict(try file("masks565.bmp", (54, mask))) == .brokenImage)
            }
        }

        @Test("a colour that the palette does not have is refused")
        func colours() throws {
            #expect(verdict(try file("palette4-few.bmp", (46, 4))) == .brokenImage)
            #expect(verdict(try file("palette4-few.bmp", (46, 5))) == nil)
        }

        @Test(
            "runs that leave their row, their image or the file are refused",
            arguments: [
                [14, 1, 0, 1], [0, 14, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1],
                [0, 2, 14, 0, 0, 1], [0, 2, 0, 9, 0, 1], [0, 2, 1], [0, 5, 1, 1], [5], [],
                [13, 1, 1, 1, 0, 1],
            ] as [[UInt8]])
        func runs(_ runs: [UInt8]) throws {
            // The pixels of this file begin behind 16 colours.
            let bytes = try Fixture.bytes("rle8.bmp")[..<118] + runs
            #expect(verdict(Array(bytes)) == .brokenImage)
        }

        @Test("what runs leave out has the first colour")
        func leftOut() throws {
            let bytes = try Fixture.bytes("rle8.bmp")[..<118] + [0, 2, 12, 8, 1, 3, 0, 1]
            let image = try DecodedImage(Array(bytes), .bmp)
            #expect(image[12, 0] == [240, 240, 240])
            #expect(image[0, 0] == [224, 32, 32] && image[12, 8] == [224, 32, 32])
        }

        @Test("an icon's image that is not where the directory says is refused")
        func icons() throws {
            // In the one entry: the size at 14, the place at 18.
            for (offset, value) in [(14, 0xFFFF_FFFF), (18, 0xFFFF_FFFF), (14, 0), (18, 21)] {
                let bytes = try file("icon32.ico", (offset, UInt32(value)))
                // libmagic looks at the directory too.
                let verdict = verdict(bytes, .ico)
                #expect(verdict == .brokenImage || verdict == .unknownFormat)
            }
            var empty = try Fixture.bytes("icon32.ico")
            empty[4] = 0
            #expect(verdict(empty, .ico) != nil)
        }

        @Test("an icon that is a giant PNG is refused by its own header")
        func giantIcon() throws {
            let png = SyntheticImages.png(20_000, 1, channels: 1) { _, _ in [7] }
            let size = UInt32(png.count)
            let entry: [UInt8] = [0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0]
            let place = (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + [22, 0, 0, 0]
            let icon = entry + place + png
            #expect(throws: Refusal.self) {
                try engine.facts(icon, as: .ico, limits: JobLimits(width: 16))
            }
            #expect(try engine.facts(icon, as: .ico)?.width == 20_000)
        }
    }
}
