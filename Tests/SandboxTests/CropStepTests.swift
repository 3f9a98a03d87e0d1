import ImageVocabulary
import Testing

@testable import Sandbox

extension EngineTests {
    @Suite("Cropping and turning")
    struct CropStepTests {
        private let engine = Engine.shared

        @Test("a crop cuts pixels or shares of the source, at its own gravity or the plan's")
        func crop() throws {
            let input = SyntheticImages.places(100, 80)
            func cut(_ crop: CropArea, _ gravity: Gravity = .center) throws -> ([Int], [UInt8]) {
                var plan = Plan(gravity: gravity)
                plan.crop = crop
                let image = try engine.pixels(input, plan)
                return (image.box, image[0, 0])
            }
            #expect(try cut(CropArea(width: 40, height: 0.25)) == ([40, 20], [30, 30, 7]))
            #expect(
                try cut(CropArea(width: 40), Gravity(anchor: .southEast)) == (
                    [40, 80], [60, 0, 7]
                ))
            let corner = CropArea(
                width: 10.9, height: 20, gravity: Gravity(anchor: .southEast, x: 5, y: 0.1))
            #expect(try cut(corner) == ([10, 20], [85, 52, 7]))
            #expect(try cut(CropArea(width: 4_000, height: 4_000)) == ([100, 80], [0, 0, 7]))
        }

        @Test(
            "a ratio cuts the crop, or lets it grow as far as the source reaches",
            arguments: [
                (2.0, false, [40, 20]), (0.5, false, [20, 40]), (2.0, true, [80, 40]),
                (0.5, true, [40, 80]), (10, true, [100, 10]),
            ])
        func ratio(_ ratio: Double, _ mayGrow: Bool, _ box: [Int]) throws {
            var plan = Plan()
            plan.crop = CropArea(width: 40, height: 40)
            plan.crop.aspectRatio = ratio
            plan.crop.mayGrow = mayGrow
            #expect(try engine.pixels(SyntheticImages.places(100, 80), plan).box == box)
        }

        @Test("a crop comes before scaling, from decoders that scale as well")
        func scaled() throws {
            var plan = Plan(width: 50, quality: 95, format: .jpeg)
            let jpeg = try engine.process(
                SyntheticImages.quarters(800, 800), Plan(quality: 95, format: .jpeg))
            plan.crop = CropArea(width: 400, height: 400, gravity: Gravity(anchor: .southEast))
            let image = try DecodedImage(try engine.process(jpeg, as: .jpeg, plan), .jpeg)
            #expect(image.box == [50, 50])
            #expect(image.looks(SyntheticImages.yellow, at: 2, 2))
            #expect(image.looks(SyntheticImages.yellow, at: 48, 48))
        }

        @Test("a crop's place is that of the turned picture", arguments: Rotation.allCases)
        func turned(_ rotation: Rotation) throws {
            let input = SyntheticImages.places(30, 18)
            let grid = Grid(30, 18)
            for flip in TurnTests.flips {
                for anchor in Gravity.Anchor.allCases where anchor.isCompass {
                    var plan = Plan()
                    plan.crop = CropArea(width: 10, height: 6, gravity: Gravity(anchor: anchor))
                    (plan.rotation, plan.flip) = (rotation, flip)
                    let seen = grid.turned(rotation, flip)
                    let outer = PixelSize(width: seen.rows[0].count, height: seen.rows.count)
                    let place = Placement(Gravity(anchor: anchor)).position(
                        of: PixelSize(width: 10, height: 6), in: outer)
                    let expected = seen.part(place.left, place.top, 10, 6)
                    let image = try engine.pixels(input, plan)
                    #expect(image.box == [10, 6])
                    let found = (0..<6).map { y in
                        (0..<10).map { x in Int(image[x, y][1]) * 30 + Int(image[x, y][0]) }
                    }
                    #expect(found == expected.rows)
                }
            }
        }

        @Test("entropy keeps the part with the most to see, before scaling and after it")
        func entropy() throws {
            let input = SyntheticImages.png(240, 60) { x, y in
                x < 180 ? [128, 128, 128] : [UInt8(x * 37 & 255), UInt8(y * 91 & 255), 60]
            }
            let gravity = Gravity(anchor: .entropy)
            let after = try engine.pixels(
                input, Plan(resizing: .fill, width: 60, height: 60, gravity: gravity))
            #expect(after.box == [60, 60] && after[5, 5] != [128, 128, 128])
            var plan = Plan(width: 60)
            plan.crop = CropArea(width: 60, height: 60, gravity: gravity)
            let before = try engine.pixels(input, plan)
            #expect(before.box == [60, 60] && before[5, 5] != [128, 128, 128])
        }

        @Test("offsets of the result's crop are multiplied by the pixel ratio")
        func offsets() throws {
            var plan = Plan(
                resizing: .fill, width: 20, height: 10,
                gravity: Gravity(anchor: .northWest, x: 0, y: 3))
            plan.dpr = 2
            let image = try engine.pixels(SyntheticImages.places(40, 40), plan)
            #expect(image.box == [40, 20])
            #expect(image[0, 0] == [0, 6, 7])
        }

        @Test("where an interesting part was found, the next frame is cut as well")
        func found() throws {
            let bytes = SyntheticImages.png(120, 40) { x, y in
                (80..<110).contains(x) && (x + y) % 5 < 2 ? [250, 10, 10] : [90, 90, 90]
            }
            let plan = Plan(
                resizing: .fill, width: 40, height: 40, gravity: Gravity(anchor: .smart))
            try unsafe bytes.withUnsafeBytes { memory in
                let source = unsafe ImageSource(.png, memory)
                var report = SilentReport()
                let canvas = try Pipeline.pixels(
                    plan, source: source, facts: try source.facts(), limits: JobLimits(), &report)
                let place = try #require(canvas.found.cut)
                #expect(place.top == 0 && (60...80).contains(place.left))
            }
        }
    }
}
