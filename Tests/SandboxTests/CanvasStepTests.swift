import ImageVocabulary
import Testing

@testable import Sandbox

extension EngineTests {
    @Suite("Around the image")
    struct CanvasStepTests {
        private let engine = Engine.shared
        private let red: [UInt8] = [200, 30, 30]

        @Test("extend puts the image at its place on a transparent canvas")
        func extend() throws {
            var plan = Plan(width: 60, height: 40)
            plan.extend = Gravity(anchor: .southEast, x: 5, y: 0.1)
            let image = try engine.pixels(SyntheticImages.places(20, 10), plan)
            #expect(image.box == [60, 40])
            // 60 − 20 − 5 and 40 − 10 − 4.
            #expect(image[35, 26] == [0, 0, 7, 255])
            #expect(image[54, 35] == [19, 9, 7, 255])
            #expect(image[34, 26][3] == 0 && image[55, 35][3] == 0 && image[0, 0][3] == 0)
        }

        @Test("extend_aspect_ratio only lengthens the side that lacks")
        func ratio() throws {
            var plan = Plan(width: 60, height: 40)
            plan.extendAspectRatio = Gravity(anchor: .west)
            let image = try engine.pixels(SyntheticImages.plain(20, 20, red), plan)
            #expect(image.box == [30, 20])
            #expect(image[0, 0] == red + [255] && image[19, 19] == red + [255])
            #expect(image[20, 0][3] == 0)
        }

        @Test("padding is multiplied by the pixel ratio and has the background's colour")
        func padding() throws {
            var plan = Plan(width: 10)
            plan.padding = Padding(top: 1, right: 2, bottom: 3, left: 4)
            plan.dpr = 2
            plan.background = RGBColor(red: 1, green: 200, blue: 3)
            let image = try engine.pixels(SyntheticImages.plain(40, 20, red), plan)
            // 20 × 10 pixels and twice the padding.
            #expect(image.box == [20 + 12, 10 + 8])
            #expect(image[8, 2] == red && image[27, 11] == red)
            for (x, y) in [(7, 2), (8, 1), (28, 11), (27, 12), (0, 0), (31, 17)] {
                #expect(image[x, y] == [1, 200, 3])
            }
        }

        @Test("without transparency the space around the image is white")
        func white() throws {
            var plan = Plan(quality: 95, format: .jpeg)
            plan.padding = Padding(top: 16, right: 16, bottom: 16, left: 16)
            let output = try engine.process(SyntheticImages.plain(16, 16, red), plan)
            let image = try DecodedImage(output, .jpeg)
            #expect(image.looks([255, 255, 255], at: 2, 2) && image.looks(red, at: 24, 24))
        }

        @Test("a grey image on a colour becomes one of colours, on grey it stays grey")
        func grey() throws {
            let input = SyntheticImages.plain(4, 4, [90])
            var plan = Plan()
            plan.padding = Padding(top: 1, right: 1, bottom: 1, left: 1)
            plan.background = RGBColor(red: 250, green: 0, blue: 0)
            let coloured = try engine.pixels(input, plan)
            #expect(coloured[0, 0] == [250, 0, 0] && coloured[2, 2] == [90, 90, 90])
            plan.background = RGBColor(red: 20, green: 20, blue: 20)
            let grey = try engine.pixels(input, plan)
            #expect(grey[0, 0] == [20] && grey[2, 2] == [90])
        }

        @Test("transparency is put on the background")
        func background() throws {
            let input = SyntheticImages.plain(4, 4, [200, 100, 0, 128])
            var plan = Plan()
            plan.background = RGBColor(red: 0, green: 0, blue: 255)
            let image = try engine.pixels(input, plan)
            #expect(image.bands == 3)
            // 128/255 of the pixel, the rest of the background.
            #expect(image.looks([100, 50, 127], at: 1, 1, tolerance: 1))
        }

        @Test("a result too long for its format is made smaller")
        func tooLong() throws {
            let input = SyntheticImages.plain(16_500, 2, red)
            let output = try engine.process(input, Plan(format: .webp))
            let image = try DecodedImage(output, .webp)
            #expect(image.box == [16_383, 2])
            #expect(image.looks(red, at: 16_000, 1))
        }

        @Test("padding cannot make a result of more pixels than allowed")
        func tooMany() throws {
            var plan = Plan()
            plan.padding = Padding(top: 65_535, right: 65_535, bottom: 65_535, left: 65_535)
            #expect(throws: Refusal.self) {
                try engine.process(SyntheticImages.plain(2, 2, red), plan)
            }
            do throws(Refusal) {
                _ = try engine.process(SyntheticImages.plain(2, 2, red), plan)
            } catch {
                #expect(error.verdict == .tooManyPixels)
            }
        }
    }
}
