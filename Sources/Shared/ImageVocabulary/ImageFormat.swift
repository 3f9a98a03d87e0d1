/// An image format that Glovebox reads; those of ``outputs`` it also writes.
///
/// The raw value is what travels on the wire; it never changes meaning between releases.
public enum ImageFormat: UInt8, CaseIterable, Sendable {
    case jpeg = 1
    case png = 2
    case webp = 3
    case gif = 4
    case tiff = 5
    case avif = 6
    case heic = 7
    case jxl = 8
    case jp2 = 9
    case bmp = 10
    case ico = 11
    case svg = 12
    case pdf = 13

    /// The formats of results. The others are read only.
    public static let outputs: [ImageFormat] = [
        .jpeg, .png, .webp, .gif, .tiff, .avif, .jxl, .bmp,
    ]

    /// Whether results can have this format.
    public var isOutput: Bool { Self.outputs.contains(self) }

    /// The name that options, policies, logs and answers use.
    public var name: String {
        switch self {
        case .jpeg: "jpeg"
        case .png: "png"
        case .webp: "webp"
        case .gif: "gif"
        case .tiff: "tiff"
        case .avif: "avif"
        case .heic: "heic"
        case .jxl: "jxl"
        case .jp2: "jp2"
        case .bmp: "bmp"
        case .ico: "ico"
        case .svg: "svg"
        case .pdf: "pdf"
        }
    }

    /// The media type from IANA's registry.
    public var mediaType: String {
        switch self {
        case .ico: "image/vnd.microsoft.icon"
        case .svg: "image/svg+xml"
        case .pdf: "application/pdf"
        default: "image/\(name)"
        }
    }

    /// The file extensions that announce this format, the usual one first, without a dot.
    public var fileExtensions: [String] {
        switch self {
        case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
        case .tiff: ["tiff", "tif"]
        case .heic: ["heic", "heif", "hif"]
        case .jp2: ["jp2", "jpf", "jpx", "j2k", "j2c", "jpc"]
        case .bmp: ["bmp", "dib"]
        case .ico: ["ico", "cur"]
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
    ///
    /// Older and misspelled names that programs send are understood too; the bytes decide in any
    /// case. `image/heif` is what many programs call HEIC.
    public init?(mediaType: some StringProtocol) {
        switch mediaType {
        case "image/jpg", "image/pjpeg": self = .jpeg
        case "image/x-png", "image/apng": self = .png
        case "image/heif": self = .heic
        case "image/jpx", "image/j2c": self = .jp2
        case "image/x-bmp", "image/x-ms-bmp": self = .bmp
        case "image/x-icon", "image/ico": self = .ico
        default:
            guard let match = Self.allCases.first(where: { $0.mediaType == mediaType }) else {
                return nil
            }
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

    /// Whether several frames of a file are an animation. In other formats they are pages.
    public var isAnimated: Bool { self == .gif || self == .webp }

    /// Whether results of this format can be animations.
    public var carriesAnimation: Bool { self == .gif || self == .webp }

    /// Whether the encoder has a quality by which results become smaller.
    public var hasQuality: Bool {
        switch self {
        case .jpeg, .webp, .avif, .jxl, .heic: true
        case .png, .gif, .tiff, .bmp, .ico, .jp2, .svg, .pdf: false
        }
    }

    /// Whether an image of the format is drawn at any size.
    public var isVector: Bool { self == .svg || self == .pdf }

    /// The largest width or height the format's own header can express, in pixels.
    ///
    /// Sources: JPEG ITU-T T.81 B.2.2 (16 bits); PNG third edition 11.2.1 (31 bits); WebP container
    /// specification (14 bits); GIF89a section 18 (16 bits); TIFF 6.0 (32 bits); for AVIF and HEIC
    /// the limit of 16384 is libheif's default security limit; JPEG XL ISO/IEC 18181-1 annex D
    /// (30 bits); JPEG 2000 ITU-T T.800 A.5.1 (32 bits); BMP's BITMAPINFOHEADER (31 bits and a
    /// sign), and PNG for the icons that are one. SVG and PDF have no pixels of their own: the limit
    /// is libvips' largest coordinate.
    public var largestSide: UInt32 {
        switch self {
        case .jpeg, .gif: 65_535
        case .png, .bmp, .ico: 2_147_483_647
        case .webp: 16_383
        case .tiff, .jp2: 4_294_967_295
        case .avif, .heic: 16_384
        case .jxl: 1_073_741_824
        case .svg, .pdf: 10_000_000
        }
    }
}
