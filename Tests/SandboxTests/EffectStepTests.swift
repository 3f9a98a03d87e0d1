import Glibc
import ImageVocabulary
import Testing

@testable import Sandbox

extension EngineTests {
    @Suite("Effects")
    struct EffectStepTests {
        private let engine = Engine.shared

        private func pixels(
            _ input: [UInt8], _ change: (inout Effects) -> Void
        ) throws -> DecodedImage {
            var plan = Plan()
            change(&plan.effects)
            return try engine.pixels(input, plan)
        }

        /// Black to the left of a line, white to the right.
        private func edge(_ width: Int, _ height: Int) -> [UInt8] {
            SyntheticImages.png(width, height) { x, _ in
                [UInt8](repeating: x < width / 2 ? 40 : 200, count: 3)
            }
        }

        @Test("blur makes the Gaussian's integral of an edge", arguments: [2.0, 5.0])
        func blur(_ sigma: Double) throws {
            let image = try pixels(edge(80, 12)) { $0.blur = sigma }
            #expect(image.box == [80, 12])
            for x in 10..<70 {
                // The share of a Gaussian around the pixel's middle that lies beyond the edge.
                let share = 0.5 * (1 + erf((Double(x) + 0.5 - 40) / (sigma * 2.0.squareRoot())))
                let expected = UInt8(40 + 160 * share)
                #expect(image.looks([expected, expected, expected], at: x, 6, tolerance: 8))
            }
        }

        @Test("what is transparent does not bleed when it is blurred")
        func transparent() throws {
            let input = SyntheticImages.png(40, 8, channels: 4) { x, _ in
                x < 20 ? [0, 255, 0, 0] : [200, 0, 0, 255]
            }
            let image = try pixels(input) { $0.blur = 3 }
            #expect(image[20, 4][3] < 200 && image[20, 4][3] > 60)
            #expect(image.looks([200, 0, 0], at: 20, 4))
        }

        @Test("sharpening darkens and lightens both sides of an edge and leaves plains alone")
        func sharpen() throws {
            let image = try pixels(edge(60, 12)) { $0.sharpen = 2 }
            #expect(image.looks([40, 40, 40], at: 5, 6, tolerance: 2))
            #expect(image.looks([200, 200, 200], at: 54, 6, tolerance: 2))
            #expect(image[29, 6][0] < 34 && image[30, 6][0] > 206)
        }

        @Test("sharpening keeps grey images grey and transparency as it was")
        func sharpenKinds() throws {
            let grey = SyntheticImages.png(40, 8, channels: 1) { x, _ in [x < 20 ? 60 : 180] }
            let sharp = try pixels(grey) { $0.sharpen = 2 }
            #expect(sharp.bands == 1 && sharp[19, 4][0] < 55 && sharp[20, 4][0] > 185)
            let clear = SyntheticImages.png(40, 8, channels: 4) { x, _ in
                [x < 20 ? 60 : 180, 90, 90, 128]
            }
            #expect(try pixels(clear) { $0.sharpen = 2 }[19, 4][3] == 128)
        }

        @Test("pixelate makes squares of the mean colour, cut off at the far edges")
        func pixelate() throws {
            let input = SyntheticImages.png(22, 13) { x, y in [UInt8(x * 10), UInt8(y * 10), 0] }
            let image = try pixels(input) { $0.pixelate = 5 }
            #expect(image.box == [22, 13])
            for y in 0..<10 {
                for x in 0..<20 {
                    let mean = [(x / 5 * 5 + 2) * 10, (y / 5 * 5 + 2) * 10, 0].map { UInt8($0) }
                    #expect(image.looks(mean, at: x, y, tolerance: 1))
                }
            }
            #expect(image[20, 10] == image[21, 12])
        }

        @Test("a square of one pixel changes nothing, one over the longer side makes one colour")
        func pixelateBounds() throws {
            let input = SyntheticImages.places(20, 10)
            let same = try pixels(input) { $0.pixelate = 1 }
            #expect(same[13, 7] == [13, 7, 7])
            let one = try pixels(input) { $0.pixelate = 60_000 }
            #expect(one.box == [20, 10] && one[0, 0] == one[19, 9])
        }

        @Test(
            "adjusting follows the formula of its documentation",
            arguments: [
                Adjustment(brightness: 40), Adjustment(brightness: -300), Adjustment(contrast: 1.5),
                Adjustment(contrast: 0), Adjustment(saturation: 0), Adjustment(saturation: 1.8),
                Adjustment(brightness: 15, contrast: 0.7, saturation: 0.4),
            ])
        func adjust(_ adjustment: Adjustment) throws {
            let colours: [[Double]] = [
                [200, 30, 30], [10, 120, 240], [128, 128, 128], [90, 80, 5],
            ]
            let input = SyntheticImages.png(4, 1, channels: 4) { x, _ in
                colours[x].map { UInt8($0) } + [77]
            }
            let image = try pixels(input) { $0.adjustment = adjustment }
            for (x, colour) in colours.enumerated() {
                let grey = 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]
                let expected = colour.map { channel in
                    let spread = grey + (channel - grey) * adjustment.saturation
                    let bright = spread + Double(adjustment.brightness)
                    let value = 127.5 + (bright - 127.5) * adjustment.contrast
                    return UInt8(min(255, max(0, value.rounded())))
                }
                #expect(image.looks(expected + [77], at: x, 0, tolerance: 1))
            }
        }

        @Test("adjusting a grey image keeps it grey")
        func adjustGrey() throws {
            let image = try pixels(SyntheticImages.plain(3, 3, [100])) {
                $0.adjustment = Adjustment(brightness: 20, saturation: 3)
            }
            #expect(image[1, 1] == [120])
        }
    }
}
