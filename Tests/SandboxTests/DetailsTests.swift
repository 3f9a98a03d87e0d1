import ImageVocabulary
import Randomness
import Testing
import WireProtocol

@testable import Sandbox

extension EngineTests {
    /// Expected values are what exiftool was told to write into the file, or reads from it.
    @Suite("Details")
    struct DetailsTests {
        private func details(
            _ input: [UInt8], as format: ImageFormat, _ wishes: InfoWishes = []
        ) throws -> ImageDetails {
            let job = JobMessage(
                operation: .info, limits: JobLimits(), inputs: [.whole(input, format)], plans: [],
                wishes: wishes)
            return try #require(try Engine.shared.run(job, input).details)
        }

        @Test("EXIF and the profile are told, location only when it is asked for")
        func camera() throws {
            let file = try Fixture.metadata("camera.jpg")
            var found = try details(file, as: .jpeg)
            #expect(found.location == nil && found.dominantColor == nil)
            #expect(found.colorSpace == .rgb)
            #expect(found.resolution == Resolution(x: 300, y: 300))
            let texts: [DetailField: String] = [
                .make: "Glove Works", .model: "GW-1", .lens: "35mm F1.4",
                .software: "Darkroom 3 (beta)", .description: "A blue wall",
                .artist: "Ada (Studio, North) Example", .copyright: "(C) 2024 Ada Example",
                .taken: "2024:05:17 10:20:30", .exposureTime: "1/250", .aperture: "2.8",
                .sensitivity: "400", .focalLength: "35", .profile: "sRGB built-in",
            ]
            #expect(found.texts.mapValues(\.text) == texts)

            found = try details(file, as: .jpeg, .location)
            let place = try #require(found.location)
            #expect(abs(place.latitude - 52.516275) < 1e-6)
            #expect(abs(place.longitude + 13.377704) < 1e-6)
            #expect(place.altitude == 34.5)
        }

        @Test("nothing of serial numbers and owners is told")
        func secrets() throws {
            let found = try details(try Fixture.metadata("camera.jpg"), as: .jpeg, .all)
            for text in found.texts.values { #expect(!text.text.contains("SECRET")) }
        }

        @Test(
            "the dominant colour is that of most pixels",
            arguments: [.jpeg, .png, .webp, .gif, .tiff, .avif] as [ImageFormat])
        func dominant(_ format: ImageFormat) throws {
            let input = SyntheticImages.png(300, 200) { x, y in
                x < 100 || y < 20 ? [210, 30, 20] : [20, 60, 200]
            }
            let file = try Engine.shared.process(input, Plan(quality: 95, format: format))
            let color = try #require(try details(file, as: format, .dominantColor).dominantColor)
            for (found, expected) in [(color.red, 20), (color.green, 60), (color.blue, 200)] {
                #expect(abs(Int(found) - expected) <= 6, "\(color)")
            }
        }

        @Test("what is not seen does not count")
        func transparent() throws {
            let input = SyntheticImages.png(64, 64, channels: 4) { x, _ in
                x < 40 ? [255, 0, 0, 10] : [0, 128, 0, 255]
            }
            let color = try details(input, as: .png, .dominantColor).dominantColor
            #expect(color == RGBColor(red: 0, green: 128, blue: 0))
            let empty = SyntheticImages.png(8, 8, channels: 4) { _, _ in [9, 9, 9, 0] }
            #expect(try details(empty, as: .png, .dominantColor).dominantColor == .white)
        }

        @Test("grey is grey, and a file without details has none")
        func plain() throws {
            let grey = SyntheticImages.png(4, 4, channels: 1) { _, _ in [77] }
            let found = try details(grey, as: .png, .all)
            #expect(found.colorSpace == .grey && found.resolution == nil && found.texts == [:])
            #expect(found.location == nil)
            #expect(found.dominantColor == RGBColor(red: 77, green: 77, blue: 77))
        }

        @Test("a resolution is told where the file says one")
        func resolution() throws {
            // PNG specification, 11.3.5.3: dots a metre, 11,811 and 2,835 for 300 and 72 an inch.
            for (dots, inches) in [(11_811, 300.0), (2_835, 72.0)] {
                let size = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: dots >> $0) }
                let file = SyntheticImages.png(4, 4, extra: [("pHYs", size + size + [1])]) { _, _ in
                    [1, 2, 3]
                }
                #expect(
                    try details(file, as: .png).resolution == Resolution(x: inches, y: inches))
            }
            let plain = SyntheticImages.quarters(8, 8)
            #expect(try details(plain, as: .png).resolution == nil)
        }

        @Test("EXIF that lies about offsets, counts and types reads as less, and never traps")
        func lies() throws {
            let file = try Fixture.metadata("camera.jpg")
            let mark = Array("Exif\0\0".utf8)
            let start = try #require(
                (0..<file.count).first { file[$0...].starts(with: mark) })
            let exif = Array(file[start..<(start + 1_200)])
            var random = RepeatableRandom(seed: 7)
            for _ in 0..<4_000 {
                var changed = exif
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let index = Int.random(in: 6..<900, using: &random)
                    changed[index] =
                        [0, 0xFF, 0x7F, 1, .random(in: 0...255, using: &random)]
                        .randomElement(using: &random) ?? 0
                }
                let cut = Int.random(in: 0...changed.count, using: &random)
                var details = ImageDetails(colorSpace: .rgb)
                let part = Array(changed[..<cut])
                EXIFReader(part.span)?.add(to: &details, .all)
                for text in details.texts.values {
                    #expect(DetailText(exactly: Array(text.text.utf8)) == text)
                }
            }
        }

        @Test("a profile's name is read of both versions, and never beyond the profile")
        func profileNames() {
            func profile(_ tag: [UInt8], size: Int? = nil, at offset: UInt8 = 144) -> [UInt8] {
                [UInt8](repeating: 0, count: 128) + [0, 0, 0, 1] + Array("desc".utf8)
                    + [0, 0, 0, offset] + [0, 0, 0, UInt8(size ?? tag.count)] + tag
            }
            func name(_ bytes: [UInt8]) -> String? { ProfileName.read(bytes.span)?.text }
            let old = Array("desc".utf8) + [0, 0, 0, 0] + [0, 0, 0, 4] + Array("Abc\0".utf8)
            let new =
                Array("mluc".utf8) + [0, 0, 0, 0] + [0, 0, 0, 1] + [0, 0, 0, 12]
                + Array("enUS".utf8) + [0, 0, 0, 4] + [0, 0, 0, 28] + [0, 0x50, 0, 0xE9]
            #expect(name(profile(old)) == "Abc")
            #expect(name(profile(new)) == "Pé")
            #expect(name(profile(old, size: 200)) == nil)
            #expect(name(profile(old, at: 250)) == nil)
            for count in 0..<profile(new).count {
                _ = name(Array(profile(new).prefix(count)))
                _ = name(Array(profile(old).prefix(count)))
            }
        }
    }
}
