import ImageVocabulary
import Testing

@testable import Sandbox

extension EngineTests {
    @Suite("Steps")
    struct StepTests {
        private let engine = Engine.shared

        /// A JPEG of four quarters with an EXIF orientation.
        private func turned(
            _ width: Int, _ height: Int, _ orientation: UInt8
        ) throws -> [UInt8] {
            let stored = try engine.process(
                SyntheticImages.quarters(width, height), Plan(quality: 95, format: .jpeg))
            return SyntheticImages.jpeg(stored, orientation: orientation)
        }

        static let corners: [(Gravity.Anchor, [UInt8])] = [
            (.northWest, SyntheticImages.red), (.northEast, SyntheticImages.green),
            (.southWest, SyntheticImages.blue), (.southEast, SyntheticImages.yellow),
        ]

        @Test("gravity keeps its corner", arguments: corners)
        func corner(_ anchor: Gravity.Anchor, _ expected: [UInt8]) throws {
            let input = SyntheticImages.quarters(200, 200)
            for (width, height) in [(100, 40), (40, 100)] {
                let plan = Plan(
                    resizing: .fill, width: UInt32(width), height: UInt32(height),
                    gravity: Gravity(anchor: anchor))
                let image = try DecodedImage(try engine.process(input, plan), .png)
                #expect(image.width == width && image.height == height)
                let isEast = anchor == .northEast || anchor == .southEast
                let isSouth = anchor == .southWest || anchor == .southEast
                #expect(image[isEast ? width - 1 : 0, isSouth ? height - 1 : 0] == expected)
            }
        }

        @Test("a focus point keeps what is around it")
        func focus() throws {
            let plan = Plan(
                resizing: .fill, width: 200, height: 60,
                gravity: Gravity(anchor: .focusPoint, x: 0.5, y: 0.9))
            let output = try engine.process(SyntheticImages.quarters(200, 200), plan)
            let image = try DecodedImage(output, .png)
            #expect(image[0, 0] == SyntheticImages.blue)
            #expect(image[199, 59] == SyntheticImages.yellow)
        }

        @Test("smart gravity finds the one thing there is to see")
        func smart() throws {
            let input = SyntheticImages.png(300, 100) { x, y in
                guard (240..<270).contains(x), (30..<60).contains(y) else { return [90, 90, 90] }
                return (x + y) % 6 < 3 ? [250, 20, 20] : [250, 250, 20]
            }
            let plan = Plan(
                resizing: .fill, width: 100, height: 100, gravity: Gravity(anchor: .smart))
            let image = try DecodedImage(try engine.process(input, plan), .png)
            #expect(image.width == 100 && image.height == 100)
            var bright = 0
            for y in 0..<100 { for x in 0..<100 where image[x, y][0] > 200 { bright += 1 } }
            #expect(bright == 900)
            // libvips 8.14 makes machine code for this at run time unless it is kept from it.
            #expect(ExecutableMemory.withoutFile() == [])
        }

        /// Where the quarters of the stored image stand when it is seen, by the definition of each
        /// orientation (EXIF 2.3, tag 0x0112): top left, top right, bottom left, bottom right.
        static let seen: [(UInt8, [[UInt8]])] = {
            let (red, green) = (SyntheticImages.red, SyntheticImages.green)
            let (blue, yellow) = (SyntheticImages.blue, SyntheticImages.yellow)
            return [
                (1, [red, green, blue, yellow]), (2, [green, red, yellow, blue]),
                (3, [yellow, blue, green, red]), (4, [blue, yellow, red, green]),
                (5, [red, blue, green, yellow]), (6, [blue, red, yellow, green]),
                (7, [yellow, green, blue, red]), (8, [green, yellow, red, blue]),
            ]
        }()

        @Test(
            "an EXIF orientation is applied once, and sizes are those of the seen image",
            arguments: seen)
        func orientation(_ orientation: UInt8, _ quarters: [[UInt8]]) throws {
            let input = try turned(160, 80, orientation)
            #expect(try engine.facts(input, as: .jpeg)?.orientation == orientation)
            let height = orientation >= 5 ? 80 : 20
            for strip in [true, false] {
                let plan = Plan(width: 40, quality: 95, stripMetadata: strip)
                let output = try engine.process(input, as: .jpeg, plan)
                let image = try DecodedImage(output, .jpeg)
                #expect(image.width == 40 && image.height == height)
                #expect(image.looks(quarters[0], at: 3, 3))
                #expect(image.looks(quarters[1], at: 36, 3))
                #expect(image.looks(quarters[2], at: 3, height - 4))
                #expect(image.looks(quarters[3], at: 36, height - 4))
                // What is left must not turn the image a second time.
                #expect(try engine.facts(output, as: .jpeg)?.orientation == 1)
            }
        }

        @Test("gravity means the seen image")
        func gravityAfterOrientation() throws {
            let plan = Plan(
                resizing: .fill, width: 160, height: 60, gravity: Gravity(anchor: .north),
                quality: 95)
            let output = try engine.process(try turned(160, 160, 6), as: .jpeg, plan)
            // Orientation 6 puts the stored left column on top: blue, then red.
            let image = try DecodedImage(output, .jpeg)
            #expect(image.width == 160 && image.height == 60)
            #expect(image.looks(SyntheticImages.blue, at: 20, 30))
            #expect(image.looks(SyntheticImages.red, at: 140, 30))
        }

        @Test("without auto-rotation pixels stay, and kept metadata still says how to turn them")
        func notRotated() throws {
            let input = try turned(80, 40, 6)
            let kept = try engine.process(
                input, as: .jpeg, Plan(autoRotate: false, stripMetadata: false))
            #expect(try engine.facts(kept, as: .jpeg)?.orientation == 6)
            #expect(try DecodedImage(kept, .jpeg).width == 80)
            let stripped = try engine.process(input, as: .jpeg, Plan(autoRotate: false))
            #expect(try engine.facts(stripped, as: .jpeg)?.orientation == 1)
            #expect(try DecodedImage(stripped, .jpeg).width == 80)
        }

        @Test("EXIF is dropped, or kept when asked")
        func exif() throws {
            let input = try turned(40, 40, 1)
            let stripped = try engine.process(input, as: .jpeg, Plan())
            #expect(!(try DecodedImage(stripped, .jpeg).fields.contains("exif-data")))
            let kept = try engine.process(input, as: .jpeg, Plan(stripMetadata: false))
            #expect(try DecodedImage(kept, .jpeg).fields.contains("exif-data"))
        }

        @Test("a comment is dropped in any case", arguments: [true, false])
        func comment(_ strip: Bool) throws {
            let text: [UInt8] = Array("Comment\0secret".utf8)
            let input = SyntheticImages.png(4, 4, extra: [("tEXt", text)]) { _, _ in [1, 2, 3] }
            #expect(try DecodedImage(input, .png).fields.contains { $0.hasPrefix("png-comment") })
            let output = try engine.process(input, Plan(stripMetadata: strip))
            #expect(!(try DecodedImage(output, .png).fields.contains { $0.contains("comment") }))
        }

        @Test("force gives the box its own proportions")
        func force() throws {
            let plan = Plan(resizing: .force, width: 30, height: 90)
            let output = try engine.process(SyntheticImages.quarters(100, 100), plan)
            let image = try DecodedImage(output, .png)
            #expect(image.width == 30 && image.height == 90)
            #expect(image.looks(SyntheticImages.yellow, at: 28, 88))
        }

        @Test("enlarging happens when asked")
        func enlarge() throws {
            let output = try engine.process(
                SyntheticImages.quarters(10, 10), Plan(width: 40, enlarge: true))
            #expect(try DecodedImage(output, .png).width == 40)
        }
    }
}
