/// What a decoder read from an image's header. It is a child's word: the supervisor checks what it
/// can against the bytes before anyone sees it.
public struct ImageFacts: Equatable, Sendable {
    public var format: ImageFormat
    /// Width in pixels as stored, before any orientation is applied.
    public var width: UInt32
    /// Height of one frame in pixels as stored.
    public var height: UInt32
    /// Frames or pages, at least 1.
    public var frames: UInt32
    /// Channels, alpha included.
    public var bands: UInt8
    /// Bits per channel of the decoded pixels: 8, 16 or 32.
    public var bitsPerChannel: UInt8
    public var hasAlpha: Bool
    /// EXIF orientation, 1 to 8.
    public var orientation: UInt8
    /// Whether an ICC profile is embedded.
    public var hasProfile: Bool

    public init(
        format: ImageFormat, width: UInt32, height: UInt32, frames: UInt32, bands: UInt8,
        bitsPerChannel: UInt8, hasAlpha: Bool, orientation: UInt8, hasProfile: Bool
    ) {
        self.format = format
        self.width = width
        self.height = height
        self.frames = frames
        self.bands = bands
        self.bitsPerChannel = bitsPerChannel
        self.hasAlpha = hasAlpha
        self.orientation = orientation
        self.hasProfile = hasProfile
    }
}
