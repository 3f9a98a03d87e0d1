import ImageVocabulary
import Testing
import WireProtocol

@testable import Sandbox

extension EngineTests {
    @Suite("Formats")
    struct FormatTests {
        private let engine = Engine.shared

        /// First bytes by each format's specification, with the offset where they stand.
        static let magic: [ImageFormat: (Int, [UInt8])] = [
            .jpeg: (0, [0xFF, 0xD8, 0xFF]), .png: (0, [0x89, 0x50, 0x4E, 0x47]),
            .webp: (8, Array("WEBP".utf8)), .gif: (0, Array("GIF89a".utf8)),
            .tiff: (0, [0x49, 0x49, 42, 0]), .avif: (4, Array("ftypavif".utf8)),
            .jxl: (0, [0xFF, 0x0A]), .bmp: (0, Array("BM".utf8)),
        ]

        @Test(
            "every format is read and written as every format, in the right size and colours",
            arguments: Engine.outputs, Engine.outputs)
        func pairs(_ from: ImageFormat, _ to: ImageFormat) throws {
            let input = try engine.process(
                SyntheticImages.quarters(160, 120), Plan(quality: 95, format: from))
            let plan = Plan(width: 80, height: 80, quality: 90, format: to)
            let output = try engine.process(input, as: from, plan)

            let (offset, magic) = try #require(Self.magic[to])
            #expect(output.dropFirst(offset).starts(with: magic))
            let image = try DecodedImage(output, to)
            #expect(image.width == 80 && image.height == 60)
            #expect(image.looks(SyntheticImages.red, at: 10, 10))
            #expect(image.looks(SyntheticImages.green, at: 70, 10))
            #expect(image.looks(SyntheticImages.blue, at: 10, 50))
            #expect(image.looks(SyntheticImages.yellow, at: 70, 50))
        }

        @Test(
            "without a format in the plan the result has the source's",
            arguments: Engine.outputs)
        func keepsFormat(_ format: ImageFormat) throws {
            let input = try engine.process(SyntheticImages.quarters(40, 40), Plan(format: format))
            let job = JobMessage(
                operation: .process, limits: JobLimits(), inputs: [.whole(input, format)],
                plans: [Plan(width: 20)])
            let result = try engine.run(job, input).results[0]
            #expect(result.format == format)
            #expect(result.announced == UInt64(result.bytes.count))
        }

        @Test("facts come from the header", arguments: Engine.outputs)
        func facts(_ format: ImageFormat) throws {
            let input = try engine.process(SyntheticImages.quarters(60, 40), Plan(format: format))
            let facts = try #require(try engine.facts(input, as: format))
            #expect(facts.format == format)
            #expect(facts.width == 60 && facts.height == 40)
            #expect(facts.frames == 1 && facts.bitsPerChannel == 8 && facts.orientation == 1)
            // libjxl gives its colours as a profile in any case.
            #expect(facts.hasProfile == (format == .jxl))
            // libvips' GIF writer always reserves a transparent colour.
            #expect(facts.hasAlpha == (format == .gif) && facts.bands == (format == .gif ? 4 : 3))
        }

        @Test("facts name depth, transparency and every page")
        func moreFacts() throws {
            let deep = SyntheticImages.png(8, 8, channels: 4, bits: 16) { _, _ in
                [1, 2, 3, 4, 5, 6, 7, 8]
            }
            let facts = try #require(try engine.facts(deep, as: .png))
            #expect(facts.bitsPerChannel == 16 && facts.hasAlpha && facts.bands == 4)

            // libvips itself takes 1,000 pages and more for a mistake and says 1.
            for pages in [3, 1_200] {
                let input = SyntheticImages.tiff(2, 2, [1, 2, 3], photometric: 2, pages: pages)
                let limits = JobLimits(frames: 2_000)
                let found = try #require(try engine.facts(input, as: .tiff, limits: limits))
                #expect(found.frames == UInt32(pages) && found.height == 2)
            }
        }

        @Test("one job gives one result for each plan")
        func variants() throws {
            let input = SyntheticImages.quarters(100, 100)
            let job = JobMessage(
                operation: .process, limits: JobLimits(), inputs: [.whole(input, .png)],
                plans: [Plan(width: 50, format: .jpeg), Plan(width: 20, format: .webp)])
            let report = try engine.run(job, input)
            #expect(report.results.map(\.format) == [.jpeg, .webp])
            #expect(try DecodedImage(report.results[0].bytes, .jpeg).width == 50)
            #expect(try DecodedImage(report.results[1].bytes, .webp).width == 20)
        }

        @Test("an input in the middle of the memory is read where it stands")
        func offset() throws {
            let image = SyntheticImages.quarters(10, 10)
            let memory = [UInt8](repeating: 0xFF, count: 100) + image + [1, 2, 3]
            let job = JobMessage(
                operation: .info, limits: JobLimits(),
                inputs: [.init(offset: 100, length: UInt64(image.count), format: .png)],
                plans: [])
            #expect(try engine.run(job, memory).facts?.width == 10)
        }

        @Test("stages are reported in order and chunks fit into frames")
        func stages() throws {
            let input = SyntheticImages.noise(300, 300)
            let job = JobMessage(
                operation: .process, limits: JobLimits(), inputs: [.whole(input, .png)],
                plans: [Plan()])
            let report = try engine.run(job, input)
            let inOrder: [Stage] = [
                .sniffing, .decodingHeader, .decoding, .transforming, .encoding,
            ]
            #expect(report.stages == inOrder)
            #expect(report.results[0].bytes.count > Frame.largestChunk)
            #expect(report.largestChunk == Frame.largestChunk)
        }
    }
}
