/// How the result's format is chosen where none is asked for.
public struct FormatChoice: Equatable, Sendable {
    /// What the client accepts of JPEG XL, AVIF and WebP, the best first: these win.
    public var accepted: [ImageFormat] = []
    /// What results may be otherwise, the best first; empty for the source's format where that is
    /// written. The source's own wins where it is among them.
    public var preferred: [ImageFormat] = []

    public init(accepted: [ImageFormat] = [], preferred: [ImageFormat] = []) {
        self.accepted = accepted
        self.preferred = preferred
    }
}

/// The encoder's quality for each format that has one, where the plan names none.
public struct FormatQualities: Equatable, Sendable {
    private var values: [UInt8]

    /// imgproxy's defaults; TIFF is written without loss.
    public init() {
        values = ImageFormat.outputs.map { format in
            switch format {
            case .webp: 79
            case .avif: 63
            case .jxl: 77
            default: 80
            }
        }
    }

    /// 1 to 100. Formats that are not written have none, and are not remembered.
    public subscript(format: ImageFormat) -> UInt8 {
        get { ImageFormat.outputs.firstIndex(of: format).map { values[$0] } ?? 80 }
        set {
            if let index = ImageFormat.outputs.firstIndex(of: format) { values[index] = newValue }
        }
    }
}

/// How the result is encoded, beside its quality.
public struct Encoding: Equatable, Sendable {
    /// Whether a JPEG shows more and more detail while it arrives, and a PNG or GIF comes interlaced.
    public var progressive = false
    /// Colours of a PNG's palette, 2 to 256; 0 for a palette only where the source has one of 8 bits.
    public var paletteColors: UInt16 = 0
    /// Whether 16 bits a channel stay where source and result can have them.
    public var preserveHDR = false

    public init() {}
}

/// What the result tells about the source beside its pixels.
public struct MetadataPlan: Equatable, Sendable {
    /// Whether EXIF, XMP and IPTC are dropped.
    public var strip = true
    /// Whether the names of authors and owners stay when the rest is dropped.
    public var keepCopyright = true
    /// Whether colours become sRGB and the profile is dropped; else the source's profile stays.
    public var stripProfile = true
    /// A profile that colours are brought to and that the result carries; nil for what
    /// ``stripProfile`` says.
    public var profile: ColorProfile?

    public init(strip: Bool = true) { self.strip = strip }
}

/// Colour profiles that libvips has built in. The raw value travels on the wire.
public enum ColorProfile: UInt8, CaseIterable, Sendable {
    case srgb = 1
    case displayP3 = 2
    case cmyk = 3

    /// The name in options.
    public var name: String {
        switch self {
        case .srgb: "srgb"
        case .displayP3: "p3"
        case .cmyk: "cmyk"
        }
    }
}
