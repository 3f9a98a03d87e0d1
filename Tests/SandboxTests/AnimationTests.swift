import ImageVocabulary
import Testing
import WireProtocol

@testable import Sandbox

extension EngineTests {
    @Suite("Animations")
    struct AnimationTests {
        private let engine = Engine.shared

        private func plan(_ format: ImageFormat?, frames: UInt32 = 1_000) -> Plan {
            var plan = Plan(width: 20, quality: 100, format: format)
            plan.frames = frames
            return plan
        }

        /// The whole strip of an animation.
        private func strip(_ bytes: [UInt8], _ format: ImageFormat, _ count: Int) throws
            -> DecodedImage
        {
            var pages = PageSelection.first
            pages.count = count
            return try DecodedImage(bytes, format, pages)
        }

        @Test(
            "sixty frames stay sixty, each scaled on its own, with their times and their loops",
            arguments: [ImageFormat.gif, .webp])
        func sixty(_ format: ImageFormat) throws {
            let input = SyntheticAnimations.gif(40, 32, frames: 60)
            let output = try engine.process(input, as: .gif, plan(format))
            let facts = try #require(try engine.facts(output, as: format))
            #expect(facts.frames == 60 && facts.width == 20 && facts.height == 16)
            let strip = try strip(output, format, 60)
            #expect(strip.width == 20 && strip.height == 16 * 60)
            for frame in 0..<60 {
                let (above, below) = (2 * frame, 2 * frame + 1)
                // Rows next to the border of two frames too: nothing bleeds from one to the next.
                for row in [0, 4] {
                    let pixel = strip[10, 16 * frame + row]
                    #expect(
                        strip.looks(SyntheticAnimations.colour(above), at: 10, 16 * frame + row),
                        "\(pixel) in frame \(frame)")
                }
                for row in [12, 15] {
                    #expect(
                        strip.looks(SyntheticAnimations.colour(below), at: 10, 16 * frame + row))
                }
            }
            #expect(strip.delays == (0..<60).map { CInt(($0 + 2) * 10) })
            // A GIF names how often it is repeated, libvips and WebP how often it is shown.
            #expect(strip.loops == 4)
        }

        @Test("as many frames are used as the plan says, and the others are left out")
        func some() throws {
            let input = SyntheticAnimations.gif(40, 32, frames: 9)
            let output = try engine.process(input, as: .gif, plan(.webp, frames: 4))
            #expect(try engine.facts(output, as: .webp)?.frames == 4)
            #expect(try strip(output, .webp, 4).delays == [20, 30, 40, 50])
        }

        @Test("one frame, or a format without frames, is a still picture", arguments: [1, 100])
        func still(_ frames: UInt32) throws {
            let input = SyntheticAnimations.gif(40, 32, frames: 9)
            let format: ImageFormat = frames == 1 ? .gif : .png
            let output = try engine.process(input, as: .gif, plan(format, frames: frames))
            #expect(try engine.facts(output, as: format)?.frames == 1)
            let image = try DecodedImage(output, format)
            #expect(image.height == 16)
            #expect(image.looks(SyntheticAnimations.colour(0), at: 10, 3))
        }

        @Test("frames are cropped where the gravity says, each by itself")
        func cropped() throws {
            var plan = plan(.gif)
            plan.resizing = .fill
            plan.height = 4
            plan.gravity = Gravity(anchor: .south)
            let input = SyntheticAnimations.gif(40, 32, frames: 5)
            let strip = try strip(try engine.process(input, as: .gif, plan), .gif, 5)
            #expect(strip.height == 20)
            for frame in 0..<5 {
                #expect(
                    strip.looks(SyntheticAnimations.colour(2 * frame + 1), at: 10, 4 * frame + 1))
            }
        }

        @Test("a WebP animation becomes one again, and a GIF", arguments: [ImageFormat.gif, .webp])
        func webp(_ format: ImageFormat) throws {
            let gif = SyntheticAnimations.gif(40, 32, frames: 6)
            let input = try engine.process(gif, as: .gif, plan(.webp))
            let output = try engine.process(input, as: .webp, plan(format))
            let strip = try strip(output, format, 6)
            #expect(strip.height == 96)
            for frame in 0..<6 {
                let colour = SyntheticAnimations.colour(2 * frame)
                #expect(strip.looks(colour, at: 10, 16 * frame + 3, tolerance: 20))
            }
        }

        @Test("the pixels of all frames that are used count, and those of a single one")
        func limits() {
            let input = SyntheticAnimations.gif(40, 32, frames: 9)
            func verdict(_ limits: JobLimits, _ frames: UInt32) -> Verdict? {
                do throws(Refusal) {
                    _ = try engine.process(
                        input, as: .gif, plan(.gif, frames: frames), limits: limits)
                    return nil
                } catch {
                    return error.verdict
                }
            }
            #expect(verdict(JobLimits(pixels: 9 * 1_280), 9) == nil)
            #expect(verdict(JobLimits(pixels: 9 * 1_280 - 1), 9) == .tooManyPixels)
            #expect(verdict(JobLimits(pixels: 9 * 1_280 - 1), 8) == nil)
            #expect(verdict(JobLimits(framePixels: 1_279), 1) == .frameTooLarge)
            #expect(verdict(JobLimits(frames: 8), 1) == .tooManyFrames)
        }
    }
}
