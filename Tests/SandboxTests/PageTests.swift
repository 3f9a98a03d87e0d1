import ImageVocabulary
import Testing
import WireProtocol

@testable import Sandbox

extension EngineTests {
    @Suite("Pages and drawings")
    struct PageTests {
        private let engine = Engine.shared

        private func plan(page: UInt32?, _ pages: UInt32 = 1, width: UInt32 = 0) -> Plan {
            var plan = Plan(width: width, format: .png)
            plan.page = page
            plan.pages = pages
            return plan
        }

        private func verdict(
            _ input: [UInt8], _ format: ImageFormat, _ plan: Plan, limits: JobLimits = JobLimits()
        ) -> Verdict? {
            do throws(Refusal) {
                _ = try engine.process(input, as: format, plan, limits: limits)
                return nil
            } catch {
                return error.verdict
            }
        }

        private func drawing(_ width: Int, _ height: Int) -> [UInt8] {
            Array(
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)">\
                <rect width="100%" height="100%" fill="#c81e1e"/>\
                <rect x="50%" width="50%" height="100%" fill="#1e1ec8"/></svg>
                """.utf8)
        }

        @Test("a frame of an animation, or several below each other, are a still picture")
        func frames() throws {
            let input = SyntheticAnimations.gif(40, 32, frames: 9)
            let one = try DecodedImage(
                try engine.process(input, as: .gif, plan(page: 4, width: 20)), .png)
            #expect(one.width == 20 && one.height == 16)
            #expect(one.looks(SyntheticAnimations.colour(8), at: 10, 3))
            let output = try engine.process(input, as: .gif, plan(page: 2, 3))
            let three = try DecodedImage(output, .png)
            #expect(three.width == 40 && three.height == 96)
            for index in 0..<3 {
                let colour = SyntheticAnimations.colour(2 * (index + 2))
                #expect(three.looks(colour, at: 20, 32 * index + 8))
            }
        }

        @Test("a page of a TIFF is one page, and its result no file of several")
        func tiff() throws {
            let input = SyntheticImages.tiff(8, 4, [10, 120, 230], photometric: 2, pages: 5)
            var plan = plan(page: 1, 3)
            plan.format = .tiff
            let output = try engine.process(input, as: .tiff, plan)
            let facts = try #require(try engine.facts(output, as: .tiff))
            #expect(facts.frames == 1 && facts.width == 8 && facts.height == 12)
        }

        @Test("a page that the file does not have is refused as such")
        func missing() {
            let animation = SyntheticAnimations.gif(4, 4, frames: 3)
            #expect(verdict(animation, .gif, plan(page: 2)) == nil)
            #expect(verdict(animation, .gif, plan(page: 3)) == .noSuchPage)
            #expect(verdict(animation, .gif, plan(page: 1, 3)) == .noSuchPage)
            #expect(verdict(animation, .gif, plan(page: .max, .max)) == .noSuchPage)
            let still = SyntheticImages.quarters(4, 4)
            #expect(verdict(still, .png, plan(page: 0)) == nil)
            #expect(verdict(still, .png, plan(page: 1)) == .noSuchPage)
        }

        @Test("the pixels of all pages count")
        func pixels() {
            let input = SyntheticAnimations.gif(40, 32, frames: 9)
            let limits = JobLimits(pixels: 3 * 1_280 - 1)
            #expect(verdict(input, .gif, plan(page: 0, 2), limits: limits) == nil)
            #expect(verdict(input, .gif, plan(page: 0, 3), limits: limits) == .tooManyPixels)
        }

        @Test("any of a hundred pages of a PDF", .enabled(if: Engine.hasAllFormats))
        func pdf() throws {
            let input = SyntheticAnimations.pdf(pages: 100)
            #expect(try engine.facts(input, as: .pdf)?.frames == 100)
            for page in [0, 1, 50, 99] {
                let image = try DecodedImage(
                    try engine.process(input, as: .pdf, plan(page: UInt32(page))), .png)
                #expect(image.width == 100 && image.height == 50)
                let grey = UInt8((Double(page) / 100 * 255).rounded())
                #expect(image.looks([grey, grey, grey], at: 50, 25, tolerance: 2))
            }
            let all = try DecodedImage(
                try engine.process(input, as: .pdf, plan(page: 0, 100, width: 20)), .png)
            #expect(all.width == 20 && all.height == 1_000)
            #expect(all.looks([128, 128, 128], at: 10, 505, tolerance: 3))
            #expect(verdict(input, .pdf, plan(page: 100)) == .noSuchPage)
        }

        @Test("a PDF is drawn with the dots per inch asked for", .enabled(if: Engine.hasAllFormats))
        func dots() throws {
            var plan = plan(page: nil)
            plan.dpi = 144
            let output = try engine.process(SyntheticAnimations.pdf(pages: 1), as: .pdf, plan)
            let image = try DecodedImage(output, .png)
            #expect(image.width == 200 && image.height == 100)
        }

        @Test("a drawing is drawn at the size asked for, with sharp edges")
        func sharp() throws {
            // Enlarging pixels ten times would leave a soft edge, drawing leaves none.
            var plan = Plan(width: 400, enlarge: true, format: .png)
            plan.quality = 100
            let image = try DecodedImage(
                try engine.process(drawing(40, 20), as: .svg, plan), .png)
            #expect(image.width == 400 && image.height == 200)
            #expect(image[199, 100].prefix(3) == [200, 30, 30])
            #expect(image[200, 100].prefix(3) == [30, 30, 200])
        }

        @Test("a drawing of any size is drawn within the limits")
        func giant() throws {
            let input = drawing(20_000, 10_000)
            let limits = JobLimits(width: 30_000, height: 30_000, pixels: 1_000_000)
            let facts = try #require(try engine.facts(input, as: .svg, limits: limits))
            #expect(facts.width > 1_400 && facts.width < 1_415 && facts.width / 2 == facts.height)
            let output = try engine.process(
                input, as: .svg, Plan(width: 300, format: .png), limits: limits)
            #expect(try DecodedImage(output, .png).width == 300)
        }

        @Test(
            "the density asked for stands in the result",
            arguments: [ImageFormat.jpeg, .png, .tiff])
        func density(_ format: ImageFormat) throws {
            var plan = Plan(width: 8, format: format)
            plan.dpi = 254
            let output = try engine.process(SyntheticImages.quarters(16, 16), plan)
            #expect(abs(try DecodedImage(output, format).pixelsPerMillimetre - 10) < 0.1)
        }
    }
}
