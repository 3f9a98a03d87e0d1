import ImageVocabulary
import Testing
import WireProtocol

@testable import Sandbox

extension EngineTests {
    @Suite("Colour profiles")
    struct ProfileTests {
        private let engine = Engine.shared

        /// The pixel of `p3.jpg`, in Display P3 and in sRGB: by the matrix of CSS Color 4 (section 18)
        /// and the curve that both have.
        static let wide: [UInt8] = [200, 100, 50]
        static let narrow: [UInt8] = [215, 93, 31]

        private func plan(_ format: ImageFormat, _ profile: ColorProfile? = nil) -> Plan {
            var plan = Plan(quality: 100, format: format)
            plan.metadata.profile = profile
            return plan
        }

        private func image(_ bytes: [UInt8], _ format: ImageFormat) throws -> DecodedImage {
            try DecodedImage(bytes, format)
        }

        @Test("wide colours become those of sRGB, and the profile goes")
        func wideToNarrow() throws {
            let output = try engine.process(Fixture.bytes("p3.jpg"), as: .jpeg, plan(.png))
            #expect(try image(output, .png).looks(Self.narrow, at: 8, 8, tolerance: 2))
            #expect(try engine.facts(output, as: .png)?.hasProfile == false)
        }

        @Test(
            "colours stay what they are where the profile stays",
            arguments: [ImageFormat.jpeg, .png, .webp, .tiff, .avif])
        func kept(_ format: ImageFormat) throws {
            var plan = plan(format)
            plan.metadata.stripProfile = false
            let output = try engine.process(Fixture.bytes("p3.jpg"), as: .jpeg, plan)
            #expect(try image(output, format).looks(Self.wide, at: 8, 8, tolerance: 4))
            #expect(try engine.facts(output, as: format)?.hasProfile == true)
            // Who applies it sees what the source showed.
            let shown = try engine.process(output, as: format, self.plan(.png))
            #expect(try image(shown, .png).looks(Self.narrow, at: 8, 8, tolerance: 6))
        }

        @Test("a format without profiles gets the colours of sRGB in any case")
        func without() throws {
            for profile in [nil, ColorProfile.displayP3] {
                var plan = plan(.gif, profile)
                plan.metadata.stripProfile = false
                let output = try engine.process(Fixture.bytes("p3.jpg"), as: .jpeg, plan)
                #expect(try image(output, .gif).looks(Self.narrow, at: 8, 8, tolerance: 4))
            }
        }

        @Test("colours are brought to a wide profile, from a wide and from a narrow source")
        func toWide() throws {
            let narrow = SyntheticImages.png(16, 16) { _, _ in Self.narrow }
            for (input, format) in [
                (try Fixture.bytes("p3.jpg"), ImageFormat.jpeg), (narrow, .png),
            ] {
                let output = try engine.process(input, as: format, plan(.png, .displayP3))
                #expect(try image(output, .png).looks(Self.wide, at: 8, 8, tolerance: 3))
                #expect(try engine.facts(output, as: .png)?.hasProfile == true)
            }
        }

        @Test("what sRGB cannot show survives where the result is wide")
        func beyond() throws {
            // A green that is outside sRGB: by way of sRGB it would come back as [117, 251, 76].
            let input = try Fixture.bytes("p3-green.jpg")
            let output = try engine.process(input, as: .jpeg, plan(.png, .displayP3))
            #expect(try image(output, .png).looks([0, 255, 0], at: 8, 8, tolerance: 4))
        }

        @Test("the profile of sRGB is embedded when asked for")
        func narrow() throws {
            let input = SyntheticImages.png(16, 16, channels: 1) { _, _ in [90] }
            let output = try engine.process(input, plan(.png, .srgb))
            #expect(try engine.facts(output, as: .png)?.hasProfile == true)
            #expect(try image(output, .png)[8, 8] == [90, 90, 90])
        }

        @Test("a CMYK JPEG is shown in the colours of its inks")
        func cmyk() throws {
            let output = try engine.process(Fixture.bytes("cmyk.jpg"), as: .jpeg, plan(.png))
            let shown = try image(output, .png)
            #expect(shown.bands == 3)
            // What vips(1) 8.14 makes of it with `colourspace srgb`.
            #expect(shown.looks([255, 238, 0], at: 3, 8, tolerance: 6))
            #expect(shown.looks([0, 157, 228], at: 12, 8, tolerance: 6))
        }

        @Test("results have inks where that is asked for and can be had")
        func toInks() throws {
            let input = try Fixture.bytes("cmyk.jpg")
            for format in [ImageFormat.jpeg, .tiff] {
                let output = try engine.process(input, as: .jpeg, plan(format, .cmyk))
                let facts = try #require(try engine.facts(output, as: format))
                #expect(facts.bands == 4 && !facts.hasAlpha && facts.hasProfile)
                let shown = try engine.process(output, as: format, plan(.png))
                #expect(try image(shown, .png).looks([255, 238, 0], at: 3, 8, tolerance: 12))
            }
            #expect(throws: Refusal.self) {
                try engine.process(input, as: .jpeg, plan(.png, .cmyk))
            }
        }
    }
}
