import ImageVocabulary
import Testing
import WireProtocol

@testable import Sandbox

extension EngineTests {
    @Suite("Watermarks")
    struct WatermarkStepTests {
        private let engine = Engine.shared
        private let ground: [UInt8] = [100, 100, 100]
        private let mark: [UInt8] = [250, 0, 0]

        private func marked(
            _ watermark: Watermark, base: [UInt8]? = nil, mark: [UInt8]? = nil, dpr: Double = 1
        ) throws -> DecodedImage {
            var plan = Plan(width: dpr == 1 ? 0 : 50)
            plan.dpr = dpr
            plan.watermark = watermark
            return try engine.pixels(
                base ?? SyntheticImages.plain(100, 60, ground), plan,
                and: mark ?? SyntheticImages.plain(20, 10, self.mark))
        }

        /// Where the mark's colour is: left, top, right and bottom, the last two behind it.
        private func bounds(_ image: DecodedImage, _ colour: [UInt8]) -> [Int] {
            var (columns, rows): ([Int], [Int]) = ([], [])
            for y in 0..<image.height {
                for x in 0..<image.width where image.looks(colour, at: x, y, tolerance: 3) {
                    columns.append(x)
                    rows.append(y)
                }
            }
            guard let left = columns.min(), let top = rows.min() else { return [] }
            return [left, top, columns.max()! + 1, rows.max()! + 1]
        }

        static let places: [(Gravity.Anchor, [Int])] = [
            (.northWest, [0, 0, 20, 10]), (.northEast, [80, 0, 100, 10]),
            (.southWest, [0, 50, 20, 60]), (.southEast, [80, 50, 100, 60]),
            // (80 + 1) / 2 = 40.5 → 40 and (50 + 1) / 2 = 25.5 → 26, half to even.
            (.center, [40, 26, 60, 36]), (.north, [40, 0, 60, 10]), (.east, [80, 26, 100, 36]),
        ]

        @Test("it stands where its position says", arguments: places)
        func place(_ anchor: Gravity.Anchor, _ expected: [Int]) throws {
            let image = try marked(Watermark(opacity: 1, position: anchor))
            #expect(image.bands == 3 && image.box == [100, 60])
            #expect(bounds(image, mark) == expected)
            #expect(image.looks(ground, at: 70, 20, tolerance: 0))
        }

        @Test(
            "offsets push inwards, in pixels times the pixel ratio or shares, and may push it out")
        func offsets() throws {
            let inside = try marked(Watermark(opacity: 1, position: .southEast, x: 5, y: 0.1))
            #expect(bounds(inside, mark) == [75, 44, 95, 54])
            let out = try marked(Watermark(opacity: 1, position: .northWest, x: -15, y: -400))
            #expect(bounds(out, mark) == [0, 0, 5, 1])
            let doubled = try marked(
                Watermark(opacity: 1, position: .northWest, x: 3, y: 2), dpr: 2)
            #expect(bounds(doubled, mark) == [6, 4, 26, 14])
        }

        @Test("opacity mixes it with the image")
        func opacity() throws {
            let image = try marked(Watermark(opacity: 0.4))
            // 0.4 × 250 + 0.6 × 100, and 0.6 × 100.
            #expect(image.looks([160, 60, 60], at: 50, 30, tolerance: 1))
        }

        @Test("its own transparency counts too, and transparent images stay transparent around it")
        func transparency() throws {
            let half = SyntheticImages.plain(20, 10, [250, 0, 0, 128])
            let image = try marked(Watermark(opacity: 0.5), mark: half)
            #expect(image.looks([137, 75, 75], at: 50, 30, tolerance: 2))
            let clear = SyntheticImages.plain(100, 60, [0, 0, 0, 0])
            let onClear = try marked(Watermark(opacity: 0.5), base: clear)
            #expect(onClear.looks([250, 0, 0, 128], at: 50, 30, tolerance: 1))
            #expect(onClear[0, 0][3] == 0)
        }

        @Test("its scale is a share of the result's box, with its own proportions")
        func scale() throws {
            let image = try marked(Watermark(opacity: 1, position: .northWest, scale: 0.5))
            // 20 × 10 fitted into 50 × 30.
            #expect(bounds(image, mark) == [0, 0, 50, 25])
        }

        @Test("tiles cover the image, with the asked space between, the middle one in the middle")
        func tiles() throws {
            let image = try marked(Watermark(opacity: 1, position: nil, x: 10, y: 6))
            // Tiles of 30 × 16: seen from the middle of the image each lies a multiple away.
            for y in 0..<60 {
                for x in 0..<100 {
                    let (column, row) = ((x + 300 - 35) % 30, (y + 320 - 22) % 16)
                    let isMark = (5..<25).contains(column) && (3..<13).contains(row)
                    #expect(image.looks(isMark ? mark : ground, at: x, y, tolerance: 0))
                }
            }
        }

        @Test("a coloured mark upon a grey image is coloured")
        func grey() throws {
            let image = try marked(
                Watermark(opacity: 1), base: SyntheticImages.plain(100, 60, [100]))
            #expect(image[50, 30] == mark && image[0, 0] == ground)
        }

        @Test("frames below each other each get their own")
        func frames() throws {
            let bytes = SyntheticImages.plain(40, 90, ground)
            let watermark = SyntheticImages.plain(20, 10, mark)
            let all = bytes + watermark
            let job = JobMessage(
                operation: .process, limits: JobLimits(),
                inputs: [
                    .whole(bytes, .png),
                    JobMessage.Input(
                        offset: UInt64(bytes.count), length: UInt64(watermark.count), format: .png),
                ], plans: [])
            var plan = Plan()
            // The step has already put one upon the whole, where that of the last frame stands.
            plan.watermark = Watermark(opacity: 1, position: .southEast)
            try unsafe all.withUnsafeBytes { memory in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: memory[..<bytes.count])
                var source = unsafe ImageSource(.png, rest)
                source.companions = try unsafe Companions(job, in: memory)
                var report = SilentReport()
                var canvas = try Pipeline.pixels(
                    plan, source: source, facts: try source.facts(), limits: JobLimits(),
                    &report)
                try Watermarking.apply(&canvas, source, frames: 3)
                let image = try DecodedImage(canvas.image)
                for y in 0..<90 {
                    #expect(image[30, y] == (y % 30 < 20 ? ground : mark))
                    #expect(image[10, y] == ground)
                }
            }
        }

        @Test("a watermark that is no image, or too large, is refused before anything is decoded")
        func refused() throws {
            let base = SyntheticImages.plain(10, 10, ground)
            func verdict(_ watermark: [UInt8], _ limits: JobLimits) -> Verdict? {
                var plan = Plan()
                plan.watermark = Watermark(opacity: 1)
                let job = JobMessage(
                    operation: .process, limits: limits,
                    inputs: [
                        .whole(base, .png),
                        JobMessage.Input(
                            offset: UInt64(base.count), length: UInt64(watermark.count),
                            format: .png),
                    ], plans: [plan])
                do throws(Refusal) {
                    _ = try engine.run(job, base + watermark)
                    return nil
                } catch {
                    return error.verdict
                }
            }
            #expect(verdict(Array("hello".utf8), JobLimits()) == .unknownFormat)
            let large = SyntheticImages.plain(40, 40, mark)
            #expect(verdict(large, JobLimits(width: 20)) == .tooWide)
            #expect(verdict(large, JobLimits()) == nil)
        }
    }
}
