/// What is to be done to one image. Every field holds a value that was parsed and bounded when the
/// request arrived; nothing after admission sees the request's text again.
public struct Plan: Equatable, Sendable {
    /// How the requested box is applied.
    public var resizing: ResizingType
    /// Requested width in pixels, at most ``Plan/largestRequestedSide``; 0 derives it.
    public var width: UInt32
    /// Requested height in pixels, at most ``Plan/largestRequestedSide``; 0 derives it.
    public var height: UInt32
    /// Whether the result may be larger than the source.
    public var enlarge: Bool
    /// Which part stays when the result is cropped.
    public var gravity: Gravity
    /// Encoder quality, 1 to 100; 0 means the format's default.
    public var quality: UInt8
    /// Output format, one of ``ImageFormat/outputs``; nil is ``ImageFacts/resultFormat``.
    public var format: ImageFormat?
    /// Whether the EXIF orientation is applied to the pixels.
    public var autoRotate: Bool
    /// Whether EXIF, XMP and IPTC are dropped.
    public var stripMetadata: Bool

    public init(
        resizing: ResizingType = .fit, width: UInt32 = 0, height: UInt32 = 0,
        enlarge: Bool = false, gravity: Gravity = .center, quality: UInt8 = 0,
        format: ImageFormat? = nil, autoRotate: Bool = true, stripMetadata: Bool = true
    ) {
        self.resizing = resizing
        self.width = width
        self.height = height
        self.enlarge = enlarge
        self.gravity = gravity
        self.quality = quality
        self.format = format
        self.autoRotate = autoRotate
        self.stripMetadata = stripMetadata
    }

    /// The largest width or height that may be asked for, in pixels.
    public static let largestRequestedSide: UInt32 = 65_535
}

/// How a requested box is applied to the source's proportions.
public enum ResizingType: UInt8, CaseIterable, Sendable {
    /// The whole image inside the box.
    case fit = 1
    /// The box filled, what stands over is cropped.
    case fill = 2
    /// The box's own proportions.
    case force = 3

    /// The name in options.
    public var name: String {
        switch self {
        case .fit: "fit"
        case .fill: "fill"
        case .force: "force"
        }
    }
}

/// Which part of an image stays when it is cropped.
public struct Gravity: Equatable, Sendable {
    /// The anchor. The raw value travels on the wire.
    public enum Anchor: UInt8, CaseIterable, Sendable {
        case center = 1
        case north, south, east, west
        case northEast, northWest, southEast, southWest
        /// The region libvips finds most interesting.
        case smart
        /// ``Gravity/x`` and ``Gravity/y`` as shares of the image, each 0 to 1.
        case focusPoint

        /// The name in options.
        public var name: String {
            switch self {
            case .center: "ce"
            case .north: "no"
            case .south: "so"
            case .east: "ea"
            case .west: "we"
            case .northEast: "noea"
            case .northWest: "nowe"
            case .southEast: "soea"
            case .southWest: "sowe"
            case .smart: "sm"
            case .focusPoint: "fp"
            }
        }
    }

    public var anchor: Anchor
    /// Horizontal offset: pixels when its magnitude is at least 1, otherwise a share of the width.
    /// Always finite.
    public var x: Double
    /// Vertical offset, as ``x``.
    public var y: Double

    public init(anchor: Anchor, x: Double = 0, y: Double = 0) {
        self.anchor = anchor
        self.x = x
        self.y = y
    }

    /// The middle, without an offset.
    public static let center = Gravity(anchor: .center)
}
