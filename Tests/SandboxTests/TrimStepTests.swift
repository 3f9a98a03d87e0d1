import ImageVocabulary
import Testing

@testable import Sandbox

extension EngineTests {
    @Suite("Trimming")
    struct TrimStepTests {
        private let engine = Engine.shared

        /// 60 × 40 pixels with margins of 10, 5, 20 and 15: left, top, right and bottom.
        private func framed(_ border: [UInt8]) -> [UInt8] {
            SyntheticImages.png(60, 40, channels: border.count) { x, y in
                guard (10..<40).contains(x), (5..<25).contains(y) else { return border }
                return [UInt8(x), UInt8(y), 200, 255].dropLast(4 - border.count)
            }
        }

        private func trimmed(_ input: [UInt8], _ trim: Trim, _ plan: Plan = Plan()) throws
            -> DecodedImage
        {
            var plan = plan
            plan.trim = trim
            return try engine.pixels(input, plan)
        }

        @Test("a border of the top left pixel's colour is cut off")
        func border() throws {
            let image = try trimmed(framed([250, 250, 250]), Trim(threshold: 10))
            #expect(image.box == [30, 20])
            #expect(image[0, 0] == [10, 5, 200] && image[29, 19] == [39, 24, 200])
        }

        @Test("an image of a row or two keeps its border")
        func thin() throws {
            for (width, height) in [(1, 9), (9, 1), (2, 2)] {
                let input = SyntheticImages.png(width, height) { _, _ in [9, 9, 9] }
                #expect(try trimmed(input, Trim(threshold: 10)).box == [width, height])
            }
        }

        @Test("a named colour is cut off, another is not")
        func colour() throws {
            let input = framed([250, 250, 250])
            let white = Trim(threshold: 10, color: .white)
            #expect(try trimmed(input, white).box == [30, 20])
            let black = Trim(threshold: 10, color: RGBColor(red: 0, green: 0, blue: 0))
            #expect(try trimmed(input, black).box == [60, 40])
        }

        @Test("the threshold says what still is border")
        func threshold() throws {
            let input = SyntheticImages.png(20, 20) { x, _ in
                x < 5 ? [100, 100, 100] : x < 10 ? [120, 120, 120] : [200, 200, 200]
            }
            #expect(try trimmed(input, Trim(threshold: 10)).box == [15, 20])
            #expect(try trimmed(input, Trim(threshold: 30)).box == [10, 20])
        }

        @Test("equal margins are the smaller of both sides")
        func equal() throws {
            let input = framed([250, 250, 250])
            let sides = try trimmed(input, Trim(threshold: 10, equalSides: true))
            #expect(sides.box == [40, 20] && sides[0, 0] == [10, 5, 200])
            let ends = try trimmed(input, Trim(threshold: 10, equalEnds: true))
            #expect(ends.box == [30, 30] && ends[0, 0] == [10, 5, 200])
        }

        @Test("a transparent border is cut off, whatever colour it would have")
        func transparent() throws {
            let image = try trimmed(framed([0, 90, 90, 0]), Trim(threshold: 10))
            #expect(image.box == [30, 20] && image[0, 0] == [10, 5, 200, 255])
        }

        @Test("an image of nothing but border stays")
        func nothing() throws {
            let input = SyntheticImages.plain(9, 7, [50, 60, 70])
            #expect(try trimmed(input, Trim(threshold: 10)).box == [9, 7])
        }

        @Test("scaling and turning work on what is left")
        func scaled() throws {
            var plan = Plan(width: 10)
            plan.rotation = .quarter
            let image = try trimmed(framed([250, 250, 250]), Trim(threshold: 10), plan)
            #expect(image.box == [10, 15])
        }
    }
}
