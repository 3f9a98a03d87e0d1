import Foundation
import TestSupport
import Testing

/// The formats of the policy `extended`, with real files through a real service.
@Suite(
    "HEIC, JPEG XL, JPEG 2000, BMP and ICO are read, and two of them written", .ownProcess,
    Served(policies: ["raster", "extended"]))
struct ExtendedFormatTests {
    struct Sample: CustomTestStringConvertible {
        let name: String
        let format: String
        let type: String
        var size = (width: 64, height: 48)
        var hasAlpha = false
        /// How far a channel may be from what was encoded.
        var tolerance = 0

        var testDescription: String { name }
    }

    /// The README of the fixtures says what they show.
    static let samples: [Sample] = [
        Sample(name: "plain.heic", format: "heic", type: "image/heic", tolerance: 6),
        Sample(
            name: "alpha.heic", format: "heic", type: "image/heic", hasAlpha: true, tolerance: 6),
        Sample(
            name: "phone.heic", format: "heic", type: "image/heic", size: (100, 120), tolerance: 8),
        Sample(name: "lossless.jxl", format: "jxl", type: "image/jxl"),
        // Colours bleed where four of them meet.
        Sample(name: "lossy.jxl", format: "jxl", type: "image/jxl", tolerance: 48),
        Sample(name: "alpha.jxl", format: "jxl", type: "image/jxl", hasAlpha: true),
        Sample(name: "plain.jp2", format: "jp2", type: "image/jp2"),
        Sample(name: "alpha.jp2", format: "jp2", type: "image/jp2", hasAlpha: true),
        Sample(name: "tiles.jp2", format: "jp2", type: "image/jp2", tolerance: 24),
        Sample(name: "codestream.j2k", format: "jp2", type: "image/jp2"),
        Sample(
            name: "png.ico", format: "ico", type: "image/vnd.microsoft.icon", hasAlpha: true),
        Sample(
            name: "icon32.ico", format: "ico", type: "image/vnd.microsoft.icon", size: (13, 9),
            hasAlpha: true),
        Sample(name: "rle8.bmp", format: "bmp", type: "image/bmp", size: (13, 9)),
        Sample(name: "rgb24.bmp", format: "bmp", type: "image/bmp", size: (13, 9)),
    ]

    @Test("info says what the header says", arguments: samples)
    func info(_ sample: Sample) async throws {
        let file = try SampleFile.bytes(sample.name)
        let answer = try await Served.http.post(
            "/v1/info", headers: [("Content-Type", sample.type)], body: file)
        try #require(answer.status == 200, "\(answer.text)")
        let facts = answer.json
        #expect(facts["format"].text == sample.format)
        #expect(facts["media_type"].text == sample.type)
        #expect(facts["width"].integer == sample.size.width)
        #expect(facts["height"].integer == sample.size.height)
        #expect(facts["frames"].integer == 1)
        #expect(facts["alpha"] == .bool(sample.hasAlpha))
        #expect(facts["orientation"].integer == 1)
        #expect(facts["bytes"].integer == file.count)
    }

    @Test("every pixel is right", arguments: samples)
    func pixels(_ sample: Sample) async throws {
        let answer = try await Served.http.post(
            "/v1/process?f=png", body: try SampleFile.bytes(sample.name))
        try #require(answer.status == 200, "\(answer.text)")
        let result = try #require(ReferenceImage(decoding: answer.body))
        #expect(result.width == sample.size.width && result.height == sample.size.height)
        let expected = try await expectedImage(sample)
        for (found, wanted) in zip(result.pixels, expected.pixels) where wanted.alpha > 0 {
            #expect(found.isClose(to: wanted, tolerance: sample.tolerance))
        }
    }

    /// The image that was encoded, or what another decoder made of a bitmap.
    private func expectedImage(_ sample: Sample) async throws -> ReferenceImage {
        if sample.name == "phone.heic" {
            return ReferenceImage.quarters(width: 100, height: 120)
        }
        let name =
            if sample.size.width == 13 {
                "expected/\(sample.name).png"
            } else {
                sample.hasAlpha ? "alpha.png" : "quarters.png"
            }
        return try #require(ReferenceImage(decoding: SampleFile.bytes(name)))
    }

    @Test(
        "without a format a result has its source's, or is a JPEG, or a PNG where there is transparency",
        arguments: samples)
    func resultFormat(_ sample: Sample) async throws {
        let answer = try await Served.http.post(
            "/v1/process?w=10", body: try SampleFile.bytes(sample.name))
        try #require(answer.status == 200, "\(answer.text)")
        let others: SampleFormat = sample.hasAlpha ? .png : .jpeg
        let (type, start): (String, [UInt8]) =
            switch sample.name.suffix(4) {
            case ".bmp": ("image/bmp", Array("BM".utf8))
            case ".jxl": ("image/jxl", [0xFF, 0x0A])
            default: (others.mediaType, [])
            }
        #expect(answer.header("Content-Type") == type)
        #expect(start.isEmpty ? others.begins(answer.body) : answer.body.starts(with: start))
    }

    @Test(
        "a result has any format that is written", arguments: ["plain.heic", "rgb24.bmp"],
        SampleFormat.allCases)
    func written(_ name: String, as format: SampleFormat) async throws {
        let answer = try await Served.http.post(
            "/v1/process?w=40&el=1&f=\(format.rawValue)", body: try SampleFile.bytes(name))
        try #require(answer.status == 200, "\(answer.text)")
        #expect(format.begins(answer.body))
    }

    @Test(
        "the others are not written, and the answer says what is",
        arguments: ["heic", "jp2", "ico", "pdf"])
    func notWritten(_ format: String) async throws {
        let answer = try await Served.http.post(
            "/v1/process?f=\(format)", body: SampleFormat.png.file)
        #expect(answer.status == 400)
        #expect(answer.text.contains("other formats are read only"))
    }

    @Test("a file that ends early is refused", arguments: samples)
    func cut(_ sample: Sample) async throws {
        let file = try SampleFile.bytes(sample.name)
        let answer = try await Served.http.post(
            "/v1/process?f=png", body: Array(file[..<(file.count * 2 / 3)]))
        #expect((400..<500).contains(answer.status), "\(answer.text)")
    }

    @Test("of sixteen at a time each gets its own image back")
    func concurrent() async throws {
        let http = try Served.http
        try await withThrowingTaskGroup(of: String?.self) { group in
            for index in 0..<16 {
                let sample = Self.samples[index % Self.samples.count]
                group.addTask {
                    let answer = try await http.post(
                        "/v1/process?rs=force:\(index + 8):9:1&f=png",
                        body: try SampleFile.bytes(sample.name))
                    let isRight = ReferenceImage(decoding: answer.body)?.width == index + 8
                    return isRight ? nil : "\(sample.name): \(answer.status) \(answer.text)"
                }
            }
            for try await complaint in group { #expect(complaint == nil) }
        }
    }
}
