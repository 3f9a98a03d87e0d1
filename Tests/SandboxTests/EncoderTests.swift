import ImageVocabulary
import RequestSyntax
import Testing
import WireProtocol

@testable import Sandbox

extension EngineTests {
    @Suite("Encoders")
    struct EncoderTests {
        private let engine = Engine.shared

        @Test("a bitmap has the pixels, the rows and the header that Windows documents")
        func bitmap() throws {
            let input = SyntheticImages.png(3, 2) { x, y in [UInt8(x), UInt8(y), 9] }
            let file = try engine.process(input, Plan(format: .bmp))
            // BITMAPFILEHEADER and BITMAPINFOHEADER, then rows of 9 bytes filled up to 12, the lower
            // one first, blue first.
            let header: [UInt8] =
                [0x42, 0x4D, 78, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0]
                + [40, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 24, 0, 0, 0]
                + [0x13, 0x0B, 0, 0, 0x13, 0x0B, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            let rows: [UInt8] =
                [9, 1, 0, 9, 1, 1, 9, 1, 2, 0, 0, 0] + [9, 0, 0, 9, 0, 1, 9, 0, 2, 0, 0, 0]
            #expect(file == header + rows)
        }

        @Test(
            "a bitmap read back has every pixel, grey or coloured, with transparency or without",
            arguments: [1, 2, 3, 4])
        func bitmapPixels(_ channels: Int) throws {
            let input = SyntheticImages.png(13, 7, channels: channels) { x, y in
                (0..<channels).map { UInt8(truncatingIfNeeded: 19 * x + 7 * y + 80 * $0) }
            }
            let file = try engine.process(input, Plan(format: .bmp))
            let image = try DecodedImage(file, .bmp)
            let hasAlpha = channels.isMultiple(of: 2)
            #expect(image.bands == (hasAlpha ? 4 : 3))
            for y in 0..<7 {
                for x in 0..<13 {
                    let value = (0..<channels).map {
                        UInt8(truncatingIfNeeded: 19 * x + 7 * y + 80 * $0)
                    }
                    let colour = channels < 3 ? [value[0], value[0], value[0]] : Array(value[..<3])
                    #expect(image[x, y] == colour + (hasAlpha ? [value[channels - 1]] : []))
                }
            }
            let header = try EncodedImageHeader(reading: file.span)
            #expect(header.format == .bmp && header.width == 13 && header.height == 7)
        }

        @Test("a bitmap beyond the limit is refused before it is made")
        func largeBitmap() {
            let input = SyntheticImages.quarters(100, 100)
            func verdict(_ bytes: UInt64) -> Verdict? {
                do throws(Refusal) {
                    _ = try engine.process(
                        input, Plan(format: .bmp), limits: JobLimits(outputBytes: bytes))
                    return nil
                } catch {
                    return error.verdict
                }
            }
            #expect(verdict(30_054) == nil)
            #expect(verdict(30_053) == .outputTooLarge)
        }

        static let lossy = Engine.outputs.filter(\.hasQuality)

        @Test(
            "results are made smaller until they have no more bytes than asked for",
            arguments: lossy)
        func mostBytes(_ format: ImageFormat) throws {
            let input = SyntheticImages.noise(200, 200)
            let free = try engine.process(input, Plan(quality: 90, format: format))
            var plan = Plan(quality: 90, format: format)
            plan.mostBytes = UInt32(free.count / 2)
            let small = try engine.process(input, plan)
            #expect(small.count <= free.count / 2)
            #expect(try DecodedImage(small, format).width == 200)
        }

        @Test("what cannot be made so small is as small as it gets", arguments: lossy)
        func tooSmall(_ format: ImageFormat) throws {
            let input = SyntheticImages.noise(64, 64)
            var plan = Plan(quality: 90, format: format)
            plan.mostBytes = 1
            // 90, by the factor 0.25 each time and cut off: 22, then 5, and then nothing is tried.
            let least = try engine.process(input, plan)
            #expect(least == (try engine.process(input, Plan(quality: 5, format: format))))
        }

        @Test("a quality for the format counts where the plan has none", arguments: lossy)
        func qualities(_ format: ImageFormat) throws {
            let input = SyntheticImages.noise(64, 64)
            var plan = Plan(format: format)
            plan.formatQualities[format] = 31
            let expected = try engine.process(input, Plan(quality: 31, format: format))
            #expect(try engine.process(input, plan) == expected)
            plan.quality = 60
            #expect(try engine.process(input, plan).count > expected.count)
        }

        @Test("a progressive JPEG has a progressive frame, any other a baseline one")
        func progressive() throws {
            // Markers by ITU-T T.81, table B.1.
            var plan = Plan(format: .jpeg)
            let input = SyntheticImages.quarters(32, 32)
            #expect(try engine.process(input, plan).contains([0xFF, 0xC0]))
            plan.encoding.progressive = true
            let output = try engine.process(input, plan)
            #expect(output.contains([0xFF, 0xC2]) && !output.contains([0xFF, 0xC0]))
        }

        @Test("a PNG is interlaced where that is asked for")
        func interlaced() throws {
            var plan = Plan(format: .png)
            plan.encoding.progressive = true
            // The last byte of the header chunk (PNG 11.2.1).
            #expect(try engine.process(SyntheticImages.quarters(32, 32), plan)[28] == 1)
            #expect(try engine.process(SyntheticImages.quarters(32, 32), Plan())[28] == 0)
        }

        @Test(
            "a palette has no more colours than asked for",
            arguments: [(2, 1), (3, 2), (16, 4), (17, 8), (256, 8)])
        func palette(_ colours: UInt16, _ bits: UInt8) throws {
            var plan = Plan(format: .png)
            plan.encoding.paletteColors = colours
            let output = try engine.process(SyntheticImages.noise(40, 40), plan)
            // Depth and colour type of the header chunk; 3 is a palette (PNG 11.2.1).
            #expect(output[24] == bits && output[25] == 3)
        }

        @Test("a PNG with a palette keeps one")
        func ownPalette() throws {
            var plan = Plan(format: .png)
            plan.encoding.paletteColors = 256
            let input = try engine.process(SyntheticImages.noise(40, 40), plan)
            #expect(try engine.process(input, Plan(width: 20))[25] == 3)
            #expect(try engine.process(SyntheticImages.noise(40, 40), Plan(width: 20))[25] == 2)
        }

        @Test("16 bits stay where they are asked for and can be had", arguments: [1, 2, 3, 4])
        func deep(_ channels: Int) throws {
            let pixel: [UInt8] = [0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0]
            let input = SyntheticImages.png(16, 16, channels: channels, bits: 16) { _, _ in
                Array(pixel[..<(2 * channels)])
            }
            var plan = Plan(width: 8)
            plan.encoding.preserveHDR = true
            let output = try engine.process(input, plan)
            #expect(output[24] == 16)
            let bytes = try DeepPixel.first(of: output, .png)
            for channel in 0..<channels {
                let expected = Int(pixel[2 * channel]) << 8 | Int(pixel[2 * channel + 1])
                // Colours weighted by opacity and back lose a little.
                #expect(abs(Int(bytes[channel]) - expected) <= 2)
            }
            for format in Engine.outputs where [.avif, .jxl].contains(format) {
                plan.format = format
                plan.quality = 95
                let output = try engine.process(
                    SyntheticImages.png(32, 32, channels: channels, bits: 16) { _, _ in
                        Array(pixel[..<(2 * channels)])
                    }, plan.withWidth(32))
                #expect(try engine.facts(output, as: format)?.bitsPerChannel == 16)
            }
            #expect(try engine.process(input, Plan())[24] == 8)
        }

        @Test("an AVIF of less than 16 pixels to a side is written as something all can read")
        func substitute() throws {
            for (channels, format) in [(3, ImageFormat.jpeg), (4, .png)] {
                let input = SyntheticImages.png(40, 40, channels: channels) { _, _ in
                    Array([200, 100, 50, 90][..<channels])
                }
                let job = JobMessage(
                    operation: .process, limits: JobLimits(), inputs: [.whole(input, .png)],
                    plans: [Plan(width: 15, format: .avif), Plan(width: 16, format: .avif)])
                let results = try engine.run(job, input).results
                #expect(results.map(\.format) == [format, .avif])
                #expect(try DecodedImage(results[0].bytes, format).width == 15)
            }
        }

        @Test("several plans share a decoded image that is large enough for each of them")
        func shared() throws {
            let input = try engine.process(
                SyntheticImages.quarters(1_600, 1_200), Plan(quality: 95, format: .jpeg))
            let plans = [100, 800, 1_600, 50].map {
                Plan(width: UInt32($0), quality: 95, format: .png)
            }
            let job = JobMessage(
                operation: .process, limits: JobLimits(), inputs: [.whole(input, .jpeg)],
                plans: plans)
            let report = try engine.run(job, input)
            #expect(report.stages.filter { $0 == .decoding }.count == 1)
            for (result, plan) in zip(report.results, plans) {
                let image = try DecodedImage(result.bytes, .png)
                let width = Int(plan.width)
                #expect(image.width == width && image.height == (width * 3 + 2) / 4)
                #expect(image.looks(SyntheticImages.green, at: width * 3 / 4, width / 8))
            }
        }
    }
}

/// The first pixel of an image of 16 bits a channel.
private enum DeepPixel {
    static func first(of bytes: [UInt8], _ format: ImageFormat) throws -> [UInt16] {
        try unsafe bytes.span.withUnsafeBytes { memory in
            let image = try unsafe ImageSource(format, memory).open().copiedToMemory()
            // libvips' numbers have the byte order of the machine, which is little-endian.
            return image.withPixels { pixels in
                (0..<image.bands).map { UInt16(pixels[2 * $0]) | UInt16(pixels[2 * $0 + 1]) << 8 }
            } ?? []
        }
    }
}

extension Plan {
    fileprivate func withWidth(_ width: UInt32) -> Plan {
        var plan = self
        plan.width = width
        return plan
    }
}
