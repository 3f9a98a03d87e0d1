import ImageVocabulary
import Testing

@testable import Sandbox

extension EngineTests {
    @Suite("Colour and transparency")
    struct ColourTests {
        private let engine = Engine.shared

        @Test("transparency becomes white where the output has none")
        func flattened() throws {
            let input = SyntheticImages.png(32, 32, channels: 4) { x, _ in
                x < 16 ? [0, 0, 0, 0] : [10, 20, 30, 255]
            }
            let output = try engine.process(input, Plan(quality: 95, format: .jpeg))
            let image = try DecodedImage(output, .jpeg)
            #expect(image.bands == 3)
            #expect(image.looks([255, 255, 255], at: 3, 16))
            #expect(image.looks([10, 20, 30], at: 28, 16))
        }

        @Test(
            "transparency stays where the output has it",
            arguments: Engine.outputs.filter(\.carriesAlpha))
        func kept(_ format: ImageFormat) throws {
            let input = SyntheticImages.png(64, 64, channels: 4) { x, _ in
                x < 32 ? [0, 0, 0, 0] : [10, 20, 200, 255]
            }
            let output = try engine.process(input, Plan(width: 32, quality: 90, format: format))
            let image = try DecodedImage(output, format)
            #expect(image.bands == 4)
            #expect(image[3, 16][3] == 0)
            #expect(image[28, 16][3] == 255)
        }

        @Test("the colour of transparent pixels does not bleed into their neighbours")
        func premultiplied() throws {
            // Columns of opaque blue and of fully transparent red.
            let input = SyntheticImages.png(64, 64, channels: 4) { x, _ in
                x % 2 == 0 ? [0, 0, 200, 255] : [255, 0, 0, 0]
            }
            let pixel = try DecodedImage(try engine.process(input, Plan(width: 16)), .png)[8, 8]
            #expect(pixel[0] <= 3)
            #expect(pixel[2] >= 190)
            #expect((110...145).contains(pixel[3]))
        }

        @Test("16 bits a channel become 8")
        func deep() throws {
            let colour = SyntheticImages.png(8, 8, channels: 4, bits: 16) { _, _ in
                [200, 7, 100, 9, 50, 11, 128, 3]
            }
            let image = try DecodedImage(try engine.process(colour, Plan()), .png)
            #expect(image.bands == 4)
            #expect(image.looks([200, 100, 50, 128], at: 4, 4, tolerance: 1))

            let grey = SyntheticImages.png(8, 8, channels: 1, bits: 16) { _, _ in [77, 5] }
            let greyImage = try DecodedImage(try engine.process(grey, Plan()), .png)
            #expect(greyImage.bands == 1)
            #expect(greyImage.looks([77], at: 4, 4, tolerance: 1))
        }

        @Test("grey stays grey", arguments: [ImageFormat.png, .jpeg, .tiff])
        func grey(_ format: ImageFormat) throws {
            let input = SyntheticImages.png(20, 20, channels: 1) { _, _ in [90] }
            let output = try engine.process(input, Plan(width: 10, format: format))
            let image = try DecodedImage(output, format)
            #expect(image.bands == 1)
            #expect(image.looks([90], at: 5, 5, tolerance: 2))
        }

        @Test("CMYK becomes sRGB")
        func cmyk() throws {
            // Full yellow and nothing else is a light yellow on paper.
            let input = SyntheticImages.tiff(8, 8, [0, 0, 255, 0], photometric: 5)
            let output = try engine.process(input, as: .tiff, Plan(format: .png))
            let image = try DecodedImage(output, .png)
            #expect(image.bands == 3)
            let pixel = image[4, 4]
            #expect(pixel[0] > 200 && pixel[1] > 200 && pixel[2] < 80)
        }

        @Test("an embedded profile is applied and then dropped", arguments: [true, false])
        func profile(_ strip: Bool) throws {
            let input = SyntheticImages.png(
                8, 8, extra: [("iCCP", SwappedProfile.pngChunk)]
            ) { _, _ in SyntheticImages.red }
            #expect(try engine.facts(input, as: .png)?.hasProfile == true)
            let output = try engine.process(input, Plan(stripMetadata: strip))
            let image = try DecodedImage(output, .png)
            #expect(image.looks(SyntheticImages.blue, at: 4, 4, tolerance: 3))
            #expect(try engine.facts(output, as: .png)?.hasProfile == false)
        }

        @Test("16 bits with transparency go through an embedded profile")
        func deepProfile() throws {
            let input = SyntheticImages.png(
                8, 8, channels: 4, bits: 16, extra: [("iCCP", SwappedProfile.pngChunk)]
            ) { _, _ in [200, 0, 30, 0, 30, 0, 128, 0] }
            let image = try DecodedImage(try engine.process(input, Plan()), .png)
            #expect(image.looks([30, 30, 200, 128], at: 4, 4, tolerance: 3))
        }

        @Test("a profile that does not fit is ignored")
        func brokenProfile() throws {
            // A profile of colours on a grey image.
            let grey = SyntheticImages.png(
                8, 8, channels: 1, extra: [("iCCP", SwappedProfile.pngChunk)]
            ) { _, _ in [90] }
            let image = try DecodedImage(try engine.process(grey, Plan()), .png)
            #expect(image[4, 4] == [90])
        }
    }
}
