/// What is to be done to one image. Every field holds a value that was parsed and bounded when the
/// request arrived; nothing after admission sees the request's text again.
///
/// The defaults leave an image as it is, but for its metadata and its colour profile.
public struct Plan: Equatable, Sendable {
    // MARK: Which part of the source

    /// The first page or frame, counted from 0; nil for a document's first page, and for all frames of
    /// an animation.
    public var page: UInt32?
    /// How many pages are put below each other, at least 1.
    public var pages: UInt32 = 1
    /// Dots per inch of the drawing and of the result's header, 1 to 2,400; nil for 72 and none.
    public var dpi: Double?
    /// Most frames of an animation that are used, at least 1; the others are left out.
    public var frames: UInt32 = 1
    /// Whether an embedded preview may stand for the image where it is large enough.
    public var enforceThumbnail = false
    public var trim: Trim?
    /// What is cut out before anything is scaled.
    public var crop = CropArea()

    // MARK: Size

    /// How the requested box is applied.
    public var resizing: ResizingType
    /// Requested width in pixels, at most ``Plan/largestRequestedSide``; 0 derives it.
    public var width: UInt32
    /// Requested height in pixels, at most ``Plan/largestRequestedSide``; 0 derives it.
    public var height: UInt32
    /// Least width in pixels, at most ``Plan/largestRequestedSide``; 0 for none.
    public var minWidth: UInt32 = 0
    /// Least height in pixels, at most ``Plan/largestRequestedSide``; 0 for none.
    public var minHeight: UInt32 = 0
    /// What the scale and the box are multiplied by, more than 0.
    public var zoom = Zoom()
    /// Device pixels for each pixel asked for, more than 0 and at most ``Plan/largestFactor``.
    public var dpr = 1.0
    /// Whether the result may be larger than the source.
    public var enlarge: Bool
    /// Which part stays when the result is cropped.
    public var gravity: Gravity
    /// Largest side of the result in pixels, which is made smaller where it is longer; 0 for none.
    public var largestSide: UInt32 = 0

    // MARK: Turning

    /// Whether the EXIF orientation is applied to the pixels.
    public var autoRotate: Bool
    /// A turn clockwise, after ``autoRotate``.
    public var rotation = Rotation.none
    /// Mirroring, after ``rotation``.
    public var flip = Flip()

    // MARK: Around and upon the image

    /// Where the image stands on a canvas of the requested size; nil for no canvas.
    public var extend: Gravity?
    /// The same for a canvas of the requested proportions.
    public var extendAspectRatio: Gravity?
    public var padding = Padding()
    /// What transparency is put on; nil for nothing, and for white where the result has none.
    public var background: RGBColor?
    public var effects = Effects()
    /// nil for none.
    public var watermark: Watermark?

    // MARK: The result

    /// Output format, one of ``ImageFormat/outputs``; nil leaves it to ``choice``.
    public var format: ImageFormat?
    /// Whether a drawing stays a drawing: cleaned of whatever could run or load something, and nothing
    /// else is done to it. Another source is refused.
    public var keepsDrawing = false
    /// How the format is chosen where ``format`` is nil.
    public var choice = FormatChoice()
    /// Encoder quality, 1 to 100; 0 means the format's own in ``formatQualities``.
    public var quality: UInt8
    public var formatQualities = FormatQualities()
    /// Most bytes of the result, which is encoded with less and less quality until it fits; 0 for any
    /// size.
    public var mostBytes: UInt32 = 0
    public var encoding = Encoding()
    public var metadata: MetadataPlan

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
        metadata = MetadataPlan(strip: stripMetadata)
    }

    /// The largest width or height that may be asked for, in pixels.
    public static let largestRequestedSide: UInt32 = 65_535
    /// The largest zoom and the largest pixel ratio that may be asked for.
    public static let largestFactor = 100.0
    /// The largest sigma of blurring and of sharpening.
    public static let largestSigma = 200.0
    /// The most dots per inch.
    public static let largestDPI = 2_400.0
}

/// How a requested box is applied to the source's proportions.
public enum ResizingType: UInt8, CaseIterable, Sendable {
    /// The whole image inside the box.
    case fit = 1
    /// The box filled, what stands over is cropped.
    case fill = 2
    /// The box's own proportions.
    case force = 3
    /// As ``fill``; where the image is too small, as much of the box's proportions as there is.
    case fillDown = 4
    /// ``fill`` where image and box are both upright or both lie, else ``fit``.
    case auto = 5

    /// The name in options.
    public var name: String {
        switch self {
        case .fit: "fit"
        case .fill: "fill"
        case .force: "force"
        case .fillDown: "fill-down"
        case .auto: "auto"
        }
    }
}

/// By how much the scale and the requested box are multiplied, each more than 0 and at most
/// ``Plan/largestFactor``.
public struct Zoom: Equatable, Sendable {
    public var x = 1.0
    public var y = 1.0

    public init(x: Double = 1, y: Double = 1) {
        self.x = x
        self.y = y
    }
}
