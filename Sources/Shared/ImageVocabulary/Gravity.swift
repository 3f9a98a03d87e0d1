/// Which part of an image stays when it is cropped, and where it stands on a canvas.
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
        /// The region with the most entropy.
        case entropy

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
            case .entropy: "ent"
            }
        }

        /// Whether the place is found by looking at the pixels.
        public var looksAtPixels: Bool { self == .smart || self == .entropy }

        /// Whether it names one of the nine places of a compass.
        public var isCompass: Bool { !looksAtPixels && self != .focusPoint }
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

/// A part of the source, cut out before it is scaled.
public struct CropArea: Equatable, Sendable {
    /// Pixels when at least 1, below that a share of the source's side, 0 for all of it. Finite and not
    /// negative, at most ``Plan/largestRequestedSide``.
    public var width = 0.0
    /// As ``width``.
    public var height = 0.0
    /// Where; nil for the plan's own gravity.
    public var gravity: Gravity?
    /// Width by height that the area is brought to, 0 for its own. At most
    /// ``Plan/largestRequestedSide``.
    public var aspectRatio = 0.0
    /// Whether it may grow for that; else it is cut.
    public var mayGrow = false

    public init(width: Double = 0, height: Double = 0, gravity: Gravity? = nil) {
        self.width = width
        self.height = height
        self.gravity = gravity
    }
}

/// A uniform border that is cut off.
public struct Trim: Equatable, Sendable {
    /// How far a pixel may be from the border's colour, 0 to 255.
    public var threshold: Double
    /// The border's colour; nil for that of the top left pixel.
    public var color: RGBColor?
    /// Whether as much is cut off left as right: the less of both.
    public var equalSides = false
    /// Whether as much is cut off at the top as at the bottom: the less of both.
    public var equalEnds = false

    public init(
        threshold: Double, color: RGBColor? = nil, equalSides: Bool = false, equalEnds: Bool = false
    ) {
        self.threshold = threshold
        self.color = color
        self.equalSides = equalSides
        self.equalEnds = equalEnds
    }
}

/// A turn clockwise. The raw value, in quarters, travels on the wire.
public enum Rotation: UInt8, CaseIterable, Sendable {
    case none = 0
    case quarter = 1
    case half = 2
    case threeQuarters = 3

    /// 0, 90, 180 or 270.
    public var degrees: Int { Int(rawValue) * 90 }
}

/// Mirroring.
public struct Flip: Equatable, Sendable {
    /// Left becomes right.
    public var horizontal = false
    /// Top becomes bottom.
    public var vertical = false

    public init(horizontal: Bool = false, vertical: Bool = false) {
        self.horizontal = horizontal
        self.vertical = vertical
    }
}

/// Pixels around the image, each at most ``Plan/largestRequestedSide``, before the pixel ratio.
public struct Padding: Equatable, Sendable {
    public var top: UInt32 = 0
    public var right: UInt32 = 0
    public var bottom: UInt32 = 0
    public var left: UInt32 = 0

    public init(top: UInt32 = 0, right: UInt32 = 0, bottom: UInt32 = 0, left: UInt32 = 0) {
        self.top = top
        self.right = right
        self.bottom = bottom
        self.left = left
    }
}

/// A colour of sRGB with 8 bits a channel.
public struct RGBColor: Equatable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    public static let white = RGBColor(red: 255, green: 255, blue: 255)
}
