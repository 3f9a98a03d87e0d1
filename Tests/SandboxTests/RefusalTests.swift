import Glibc
import ImageVocabulary
import Testing
import WireProtocol

@testable import Sandbox

extension EngineTests {
    @Suite("Refusals")
    struct RefusalTests {
        private let engine = Engine.shared

        private func verdict(
            _ input: [UInt8], as format: ImageFormat, _ plan: Plan = Plan(),
            limits: JobLimits = JobLimits()
        ) -> Verdict? {
            do throws(Refusal) {
                _ = try engine.process(input, as: format, plan, limits: limits)
                return nil
            } catch {
                #expect(!error.text.isEmpty && error.text.count <= Frame.largestText)
                return error.verdict
            }
        }

        static let others: [[UInt8]] = [
            Array("GET / HTTP/1.1\r\n\r\n".utf8), [0, 0, 0, 0], Array("<html><svg/>".utf8),
            Array("%!PS-Adobe-3.0".utf8), Array("P6 1 1 255 abc".utf8), [0x1F, 0x8B, 8, 0],
        ]

        @Test("bytes that are no image are refused before a loader sees them", arguments: others)
        func nonsense(_ bytes: [UInt8]) {
            for format in Engine.outputs {
                #expect(verdict(bytes, as: format) == .unknownFormat)
            }
        }

        @Test(
            "a format that the bytes do not have is a mismatch", arguments: Engine.outputs)
        func mismatch(_ format: ImageFormat) throws {
            let input = try engine.process(SyntheticImages.quarters(16, 16), Plan(format: format))
            for announced in Engine.outputs where announced != format {
                #expect(verdict(input, as: announced) == .formatMismatch)
            }
        }

        @Test("an image that ends early is broken", arguments: Engine.outputs)
        func truncated(_ format: ImageFormat) throws {
            let input = try engine.process(SyntheticImages.noise(64, 64), Plan(format: format))
            #expect(verdict(Array(input[..<(input.count / 2)]), as: format) == .brokenImage)
        }

        @Test("a header without anything behind it is broken")
        func headerOnly() {
            #expect(verdict([0xFF, 0xD8, 0xFF, 0xE0, 0, 16], as: .jpeg) == .brokenImage)
            #expect(verdict(Array("GIF89a".utf8), as: .gif) == .brokenImage)
        }

        @Test("each limit is checked at the header and named by its verdict")
        func limits() {
            let input = SyntheticImages.quarters(100, 60)
            func check(_ limits: JobLimits) -> Verdict? {
                verdict(input, as: .png, limits: limits)
            }
            #expect(check(JobLimits(width: 99)) == .tooWide)
            #expect(check(JobLimits(width: 100)) == nil)
            #expect(check(JobLimits(height: 59)) == .tooTall)
            #expect(check(JobLimits(height: 60)) == nil)
            #expect(check(JobLimits(pixels: 5_999)) == .tooManyPixels)
            #expect(check(JobLimits(pixels: 6_000)) == nil)
            #expect(check(JobLimits(outputBytes: 10)) == .outputTooLarge)

            let pages = SyntheticImages.tiff(8, 4, [1, 2, 3], photometric: 2, pages: 3)
            #expect(verdict(pages, as: .tiff, limits: JobLimits(frames: 2)) == .tooManyFrames)
            #expect(verdict(pages, as: .tiff, limits: JobLimits(frames: 3)) == nil)
        }

        @Test("a header that promises a giant is refused though no pixel follows")
        func giant() {
            var input = SyntheticImages.png(1, 1) { _, _ in [0, 0, 0] }
            // The first chunk of a PNG stands at bytes 8 to 32.
            let sides = SyntheticImages.big(200_000) + SyntheticImages.big(200_000)
            input.replaceSubrange(
                8..<33, with: SyntheticImages.chunk("IHDR", sides + [8, 2, 0, 0, 0]))
            #expect(verdict(input, as: .png) == .tooWide)
            let limits = JobLimits(width: .max, height: .max)
            #expect(verdict(input, as: .png, limits: limits) == .tooManyPixels)
        }

        @Test("a refused header reports no facts and no later stage")
        func order() {
            var report = CollectedReport()
            let input = SyntheticImages.quarters(100, 60)
            let job = JobMessage(
                operation: .process, limits: JobLimits(width: 10),
                inputs: [.whole(input, .png)], plans: [Plan()])
            #expect(throws: Refusal.self) { try engine.run(job, input, into: &report) }
            #expect(report.stages == [.sniffing, .decodingHeader])
            #expect(report.facts == nil && report.results.isEmpty)
        }

        @Test("enlarging beyond what any source may have is refused before a pixel is decoded")
        func enlarged() {
            let input = SyntheticImages.quarters(1_000, 10)
            let plan = Plan(resizing: .fill, width: 60_000, height: 60_000, enlarge: true)
            #expect(verdict(input, as: .png, plan) == .tooManyPixels)
        }

        @Test("a side that the output format cannot express is refused")
        func outputSide() {
            let input = SyntheticImages.png(66_000, 1, channels: 1) { _, _ in [9] }
            let limits = JobLimits(width: 70_000)
            #expect(verdict(input, as: .png, Plan(format: .jpeg), limits: limits) == .outputSide)
            #expect(verdict(input, as: .png, Plan(format: .png), limits: limits) == nil)
            // These are made smaller.
            #expect(verdict(input, as: .png, Plan(format: .webp), limits: limits) == nil)
            #expect(verdict(input, as: .png, Plan(format: .gif), limits: limits) == nil)
        }

        @Test("a job that names bytes beyond its input is refused")
        func range() {
            let input = SyntheticImages.quarters(10, 10)
            for (offset, length) in [(UInt64(1), UInt64(input.count)), (.max, 1), (0, .max)] {
                let job = JobMessage(
                    operation: .info, limits: JobLimits(),
                    inputs: [.init(offset: offset, length: length, format: .png)], plans: [])
                #expect(throws: Refusal.self) { try engine.run(job, input) }
            }
        }

        @Test("of all loaders and savers in the library only those of the formats can run")
        func closedList() {
            var expected: Set<String> = [
                "jpegload_buffer", "pngload_buffer", "webpload_buffer", "gifload_buffer",
                "tiffload_buffer", "heifload_buffer", "jpegsave_buffer", "pngsave_buffer",
                "webpsave_buffer", "gifsave_buffer", "tiffsave_buffer", "heifsave_buffer",
                "svgload_buffer",
            ]
            if Engine.hasAllFormats {
                expected.formUnion([
                    "jxlload_buffer", "jxlsave_buffer", "jp2kload_buffer", "pdfload_buffer",
                ])
            }
            #expect(OpenOperations.names() == expected)
        }

        @Test("a blocked loader does not run on a file it could read")
        func blocked() throws {
            var path = Array("/tmp/glovebox-blocked-XXXXXX".utf8CString)
            // The template is changed in place and ours.
            let file = unsafe mkstemp(&path)
            try #require(file >= 0)
            let characters = path.dropLast().map { UInt8(bitPattern: $0) }
            let name = String(decoding: characters, as: UTF8.self)
            defer {
                close(file)
                unsafe unlink(name)
            }
            let image = SyntheticImages.quarters(4, 4)
            // The array outlives the call.
            #expect(unsafe write(file, image, image.count) == image.count)
            #expect(throws: VipsFailure.self) {
                let operation = try VipsOperation("pngload")
                try operation.set("filename", name)
                let image = try operation.image()
                Issue.record("an image of \(image.width) pixels")
            }
        }
    }
}
