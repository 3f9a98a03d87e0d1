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

    /// One white pixel as a PNG (third edition, section 11), a transparent one as a GIF and as a
    /// lossless WebP, 8×8 pixels of middle grey in the other formats that are written. Of those that
    /// are read only the two that cost least: a white pixel as a BMP, and an SVG of one.
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
            .avif, side: 8,
            "AAAAHGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZgAAAOptZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0"
                + "AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAABAAAAImlsb2MAAAAAREAAAQABAAAAAAEOAAEAAAAAAAAA"
                + "FQAAACNpaW5mAAAAAAABAAAAFWluZmUCAAAAAAEAAGF2MDEAAAAAamlwcnAAAABLaXBjbwAAABNmcmVl"
                + "bmNseAACAAIABoAAAAAMYXYxQ4EADAAAAAAUaXNwZQAAAAAAAAAIAAAACAAAABBwaXhpAAAAAAMICAgA"
                + "AAAXaXBtYQAAAAAAAAABAAEEgYIDhAAAAB1tZGF0EgAKCBgIv2CBAQNCMgcYAAAAUATA"),
        Canary(
            .bmp, side: 1,
            "Qk06AAAAAAAAADYAAAAoAAAAAQAAAAEAAAABABgAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAA////AA=="),
        Canary(
            .svg, side: 1,
            "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSIxIiBoZWlnaHQ9IjEiLz4="),
    ]

    private init(_ format: ImageFormat, side: UInt32, _ base64: String) {
        self.format = format
        width = side
        height = side
        bytes = Data(base64Encoded: base64).map { [UInt8]($0) } ?? []
    }

    /// The canary as a job: decoded and encoded again.
    func job(limits: JobLimits, deadline: ContinuousClock.Instant) -> Job {
        let buffer = ByteBuffer(bytes: bytes)
        return Job(
            requestID: "canary", operation: .process,
            input: SourceBytes(
                bytes: buffer, sha256: InputDigest.hex(of: buffer), format: format,
                announced: nil),
            plan: Plan(), limits: limits, deadline: deadline)
    }

    /// Whether a result is this image again.
    func isShown(by result: JobResult) -> Bool {
        result.facts.format == format && result.facts.width == width
            && result.facts.height == height && result.format == result.facts.resultFormat
            && result.width == width && result.height == height && !result.output.isEmpty
    }
}

extension ByteBuffer {
    fileprivate var isEmpty: Bool { readableBytes == 0 }
}
