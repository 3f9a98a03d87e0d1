/// What one job may cost. The child checks the header against these before it decodes a pixel, and
/// the supervisor checks the answer against them again.
public struct JobLimits: Equatable, Sendable {
    /// Largest input in bytes.
    public var inputBytes: UInt64
    /// Largest source width in pixels.
    public var width: UInt32
    /// Largest source height in pixels.
    public var height: UInt32
    /// Most source pixels: width × height × frames that are decoded.
    public var pixels: UInt64
    /// Most frames (or pages) that a source may announce.
    public var frames: UInt32
    /// Most pixels of one frame of an animation.
    public var framePixels: UInt64
    /// Largest encoded result in bytes.
    public var outputBytes: UInt64

    public init(
        inputBytes: UInt64 = 50 << 20, width: UInt32 = 30_000, height: UInt32 = 30_000,
        pixels: UInt64 = 50_000_000, frames: UInt32 = 1_000, framePixels: UInt64 = .max,
        outputBytes: UInt64 = 50 << 20
    ) {
        self.inputBytes = inputBytes
        self.width = width
        self.height = height
        self.pixels = pixels
        self.frames = frames
        self.framePixels = framePixels
        self.outputBytes = outputBytes
    }
}

/// A limit by name, as answers and logs name it.
public enum LimitName: String, CaseIterable, Sendable {
    case inputBytes = "input-bytes"
    case width
    case height
    case pixels
    case frames
    case pages
    case framePixels = "frame-pixels"
    case outputBytes = "output-bytes"
}
