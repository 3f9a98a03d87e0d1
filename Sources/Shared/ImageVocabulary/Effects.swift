/// What is done to the pixels of the scaled image, in this order.
public struct Effects: Equatable, Sendable {
    public var adjustment = Adjustment()
    /// Sigma of a Gaussian blur, 0 to ``Plan/largestSigma``; 0 for none.
    public var blur = 0.0
    /// Sigma of an unsharp mask, 0 to ``Plan/largestSigma``; 0 for none.
    public var sharpen = 0.0
    /// Side of a block in pixels, at most ``Plan/largestRequestedSide``; up to 1 for none.
    public var pixelate: UInt32 = 0

    public init() {}
}

/// Brightness, contrast and saturation.
public struct Adjustment: Equatable, Sendable {
    /// Added to each channel of 8 bits, −255 to 255.
    public var brightness: Int16 = 0
    /// What the distance from middle grey is multiplied by, 0 to ``Plan/largestFactor``.
    public var contrast = 1.0
    /// What the distance from grey is multiplied by, 0 to ``Plan/largestFactor``.
    public var saturation = 1.0

    public init(brightness: Int16 = 0, contrast: Double = 1, saturation: Double = 1) {
        self.brightness = brightness
        self.contrast = contrast
        self.saturation = saturation
    }

    /// Whether it changes nothing.
    public var isNeutral: Bool { self == Adjustment() }
}

/// An image that is put upon the result: the job's input of that number.
public struct Watermark: Equatable, Sendable {
    /// How much of it shows, more than 0 and at most 1.
    public var opacity: Double
    /// Where it stands; nil for tiles over the whole image, for which ``x`` and ``y`` are the space
    /// between them.
    public var position: Gravity.Anchor?
    /// Offsets, as those of ``Gravity``.
    public var x = 0.0
    public var y = 0.0
    /// Its share of the result's box, 0 to ``Plan/largestFactor``; 0 for its own size.
    public var scale = 0.0
    /// The input that it is, counted from 0; at least 1, since the first is the image itself.
    public var input: UInt8 = 1

    public init(
        opacity: Double, position: Gravity.Anchor? = .center, x: Double = 0, y: Double = 0,
        scale: Double = 0, input: UInt8 = 1
    ) {
        self.opacity = opacity
        self.position = position
        self.x = x
        self.y = y
        self.scale = scale
        self.input = input
    }
}
