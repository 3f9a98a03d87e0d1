import FoundationEssentials
import ImageVocabulary
import NIOCore
import WireProtocol

/// A tiny image that a policy's children must be able to decode.
struct Canary: Sendable {
    let format: ImageFormat
    let width: UInt32
    let height: UInt32
    let bytes: [UInt8]

    /// The one that is cheapest to decode among `formats`.
    static func first(of formats: [ImageFormat]) -> Canary? {
        all.first { formats.contains($0.format) }
    }

    /// That of a format. Every format has one.
    static func of(_ format: ImageFormat) -> Canary? { first(of: [format]) }

    /// One white pixel as a PNG (third edition, section 11), as a BMP and as an icon of 32 bits, a
    /// transparent one as a GIF and as a lossless WebP; 8×8 pixels of middle grey in every other format
    /// of pictures, 16×16 as AVIF, which is not written smaller; an empty drawing and an empty page of one pixel.
    ///
    /// HEIC is by heif-enc of libheif 1.15, JPEG XL by cjxl 0.7 and JPEG 2000 by opj_compress 2.5.
    static let all = [
        Canary(
            .png, side: 1,
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5E"
                + "rkJggg=="),
        Canary(.gif, side: 1, "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"),
        Canary(.webp, side: 1, "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="),
        Canary(
            .jpeg, side: 8,
            "/9j/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0"
                + "Hyc5PTgyPC4zNDL/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAA"
                + "AAAAAAAAAAD/2gAIAQEAAD8AP//Z"),
        Canary(
            .tiff, side: 8,
            "SUkqAEgAAACAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA"
                + "gICAgICAgICAgICADwAAAQMAAQAAAAgAAAABAQMAAQAAAAgAAAACAQMAAQAAAAgAAAADAQMAAQAAAAEA"
                + "AAAGAQMAAQAAAAEAAAARAQQAAQAAAAgAAAASAQMAAQAAAAEAAAAVAQMAAQAAAAEAAAAWAQMAAQAAAIAA"
                + "AAAXAQQAAQAAAEAAAAAaAQUAAQAAAAIBAAAbAQUAAQAAAAoBAAAcAQMAAQAAAAEAAAAoAQMAAQAAAAMA"
                + "AABTAQMAAQAAAAEAAAAAAAAACgAAAAEAAAAKAAAAAQAAAA=="),
        Canary(
            .avif, side: 16,
            "AAAAHGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZgAAAOptZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAA"
                + "AAAAAAAAAAAAAAAAAA5waXRtAAAAAAABAAAAImlsb2MAAAAAREAAAQABAAAAAAEOAAEAAAAAAAAAFQAAACNp"
                + "aW5mAAAAAAABAAAAFWluZmUCAAAAAAEAAGF2MDEAAAAAamlwcnAAAABLaXBjbwAAABNjb2xybmNseAACAAIA"
                + "BoAAAAAMYXYxQ4EADAAAAAAUaXNwZQAAAAAAAAAQAAAAEAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAA"
                + "AAABAAEEgYIDhAAAAB1tZGF0EgAKCRgM/9ggQEDQgDIGGAAAAFAF"),
        Canary(
            .bmp, side: 1,
            "Qk06AAAAAAAAADYAAAAoAAAAAQAAAAEAAAABABgAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAA////AA=="),
        Canary(
            .svg, side: 1,
            "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSIxIiBoZWlnaHQ9IjEiLz4="),
        Canary(
            .ico, side: 1,
            "AAABAAEAAQEAAAEAIAAwAAAAFgAAACgAAAABAAAAAgAAAAEAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD/"
                + "////AAAAAA=="),
        Canary(.jxl, side: 8, "/wpBQFBcCAgCAQBEAEsYixXCSUFOAAAAAAAAAAAA"),
        Canary(
            .jp2, side: 8,
            "AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAACAAAAAgAAQcHAAAA"
                + "AAAPY29scgEAAAAAABEAAACBanAyY/9P/1EAKQAAAAAACAAAAAgAAAAAAAAAAAAAAAgAAAAIAAAAAAAA"
                + "AAAAAQcBAf9SAAwAAAABAAAEBAAB/1wABEBA/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2ZXJzaW9u"
                + "IDIuNS4w/5AACgAAAAAADwAB/5OA/9k="),
        Canary(
            .heic, side: 8,
            "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAaZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAA"
                + "AAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAAAgACAAAADhpbG9jAQAAAERAAAIAAQAA"
                + "AAAAAAHKAAEAAAAAAAAAGgACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIA"
                + "AAEAAQAAaHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADRaXBycAAAAK9pcGNvAAAAcWh2Y0MBBAgA"
                + "AAAAAAAAAAAe8AD8/Pj4AAAPAyAAAQAXQAEMAf//BAgAAAMAn/gAAAMAAB66AkAhAAEAJkIBAQQIAAAD"
                + "AJ/4AAADAAAewIIEFluqumubAgAAAwACAAADAAIQIgABAAZEAcFzwYkAAAAUaXNwZQAAAAAAAABAAAAA"
                + "QAAAABRpc3BlAAAAAAAAAAgAAAAIAAAADnBpeGkAAAAAAQgAAAAaaXBtYQAAAAAAAAACAAECgQIAAgID"
                + "hAAAABppcmVmAAAAAAAAAA5kaW1nAAIAAQABAAAAIm1kYXQAAAAWKAGuCCRtuOBr0zWyQStQpn9mwJUB"
                + "EQ=="),
        Canary(
            .pdf, side: 1,
            text: """
                %PDF-1.4
                1 0 obj
                <</Type/Catalog/Pages 2 0 R>>
                endobj
                2 0 obj
                <</Type/Pages/Kids[3 0 R]/Count 1>>
                endobj
                3 0 obj
                <</Type/Page/Parent 2 0 R/MediaBox[0 0 1 1]>>
                endobj
                xref
                0 4
                0000000000 65535 f\u{20}
                0000000009 00000 n\u{20}
                0000000054 00000 n\u{20}
                0000000105 00000 n\u{20}
                trailer
                <</Size 4/Root 1 0 R>>
                startxref
                166
                %%EOF

                """),
    ]

    private init(_ format: ImageFormat, side: UInt32, _ base64: String) {
        self.init(
            format: format, width: side, height: side,
            bytes: Data(base64Encoded: base64).map { [UInt8]($0) } ?? [])
    }

    private init(_ format: ImageFormat, side: UInt32, text: String) {
        self.init(format: format, width: side, height: side, bytes: Array(text.utf8))
    }

    private init(format: ImageFormat, width: UInt32, height: UInt32, bytes: [UInt8]) {
        self.format = format
        self.width = width
        self.height = height
        self.bytes = bytes
    }

    /// To its own format, or to one whose encoder is a library's, which needs more of a policy.
    private var plan: Plan { Plan(format: format == .bmp ? .png : nil) }

    /// The canary as a job: decoded and encoded again.
    ///
    /// - Parameter policy: its limits, which count for users' images: a policy may be for smaller ones
    ///   than this.
    func job(limits policy: JobLimits, deadline: ContinuousClock.Instant) -> Job {
        let needed = JobLimits(
            inputBytes: UInt64(bytes.count), width: width, height: height,
            pixels: UInt64(width) * UInt64(height), frames: 1, outputBytes: 64 << 10)
        let limits = policy.raised(to: needed)
        let buffer = ByteBuffer(bytes: bytes)
        return Job(
            requestID: "canary", operation: .process,
            input: SourceBytes(
                bytes: buffer, sha256: InputDigest.hex(of: buffer), format: format,
                announced: nil),
            plans: [plan], limits: limits, deadline: deadline)
    }

    /// Whether a result is this image again.
    func isShown(by result: JobResult) -> Bool {
        guard let image = result.images.first else { return false }
        let wanted = Plan.substitute(
            for: plan.resultFormat(of: result.facts), width: Int(width), height: Int(height),
            hasAlpha: result.facts.hasAlpha)
        return result.facts.format == format && result.facts.width == width
            && result.facts.height == height
            && image.format == wanted && image.width == width && image.height == height
            && image.bytes.readableBytes > 0
    }
}
