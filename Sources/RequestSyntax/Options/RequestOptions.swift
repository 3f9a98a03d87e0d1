public import ImageVocabulary

/// What the options of a request say: what a child is to do, and what the supervisor does around it.
public struct RequestOptions: Equatable, Sendable {
    /// The child's part.
    public var plan = Plan()
    public var delivery = Delivery()
    public var limits = RequestedLimits()
    /// The address of the image to put upon the result, in the place of the configured one; nil for
    /// that.
    public var watermarkSource: String?
    /// The address of the image to be processed where the one asked for cannot be had; nil for the
    /// configured one.
    public var fallbackSource: String?

    public init() {}

    public init(plan: Plan) { self.plan = plan }
}

/// How a result is handed over.
public struct Delivery: Equatable, Sendable {
    /// Whether the source goes out as it is, whatever it is.
    public var raw = false
    /// Sources that go out as they are where no other format is asked for.
    public var skipped: [ImageFormat] = []
    /// The name for the result without an extension, at most ``longestFileName`` bytes of UTF-8; nil
    /// for the source's.
    public var fileName: String?
    /// Whether browsers are to store the result and not to show it.
    public var isAttachment = false
    /// Seconds since 1970 after which the request is not answered any more; nil for never.
    public var expires: Int64?

    public static let longestFileName = 255

    public init() {}
}

/// Limits that a request names, where it is permitted to: in the place of those configured, and never
/// beyond those of the policy. nil for those configured.
public struct RequestedLimits: Equatable, Sendable {
    /// Most pixels of the source.
    public var sourcePixels: UInt64?
    /// Largest source in bytes.
    public var sourceBytes: UInt64?
    /// Most frames of an animation that are used.
    public var animationFrames: UInt32?
    /// Most pixels of one frame of an animation.
    public var framePixels: UInt64?
    /// Largest side of the result in pixels.
    public var resultSide: UInt32?

    public init() {}
}
