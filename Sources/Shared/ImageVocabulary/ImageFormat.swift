/// An image format that Glovebox reads and writes.
///
/// The raw value is what travels on the wire; it never changes meaning between releases.
public enum ImageFormat: UInt8, CaseIterable, Sendable {
    case jpeg = 1
    case png = 2
    case webp = 3
    case gif = 4
    case tiff = 5
    case avif = 6

    /// The name that options, policies, logs and answers use.
    public var name: String {
        switch self {
        case .jpeg: "jpeg"
        case .png: "png"
        case .webp: "webp"
        case .gif: "gif"
        case .tiff: "tiff"
        case .avif: "avif"
        }
    }

    /// The media type from IANA's registry.
    public var mediaType: String { "image/\(name)" }

    /// The file extensions that announce this format, the usual one first, without a dot.
    public var fileExtensions: [String] {
        switch self {
        case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
        case .tiff: ["tiff", "tif"]
        default: [name]
        }
    }

    /// The format an option value names: `jpeg` and `jpg`, otherwise the format's own name.
    public init?(name: some StringProtocol) {
        if name == "jpg" {
            self = .jpeg
        } else if let match = Self.allCases.first(where: { $0.name == name }) {
            self = match
        } else {
            return nil
        }
    }

    /// The format a media type names, in lower case and without parameters.
    /// `image/jpg` and `image/pjpeg` are common misspellings of `image/jpeg`, `image/x-png` and
    /// `image/apng` of `image/png`; the bytes decide in any case.
    public init?(mediaType: some StringProtocol) {
        switch mediaType {
        case "image/jpg", "image/pjpeg": self = .jpeg
        case "image/x-png", "image/apng": self = .png
        default:
            guard mediaType.hasPrefix("image/") else { return nil }
            let subtype = mediaType.dropFirst("image/".count)
            guard let match = Self.allCases.first(where: { $0.name == subtype }) else { return nil }
            self = match
        }
    }

    /// The format a file extension announces, in lower case and without its dot.
    public init?(fileExtension: some StringProtocol) {
        let match = Self.allCases.first { $0.fileExtensions.contains { $0 == fileExtension } }
        guard let match else { return nil }
        self = match
    }

    /// Whether the format can carry an alpha channel.
    public var carriesAlpha: Bool { self != .jpeg }

    /// The largest width or height the format's own header can express, in pixels.
    ///
    /// Sources: JPEG ITU-T T.81 B.2.2 (16 bits); PNG third edition 11.2.1 (31 bits); WebP container
    /// specification (14 bits); GIF89a section 18 (16 bits); TIFF 6.0 (32 bits); for AVIF the limit
    /// of 16384 is libheif's default security limit.
    public var largestSide: UInt32 {
        switch self {
        case .jpeg, .gif: 65_535
        case .png: 2_147_483_647
        case .webp: 16_383
        case .tiff: 4_294_967_295
        case .avif: 16_384
        }
    }
}
