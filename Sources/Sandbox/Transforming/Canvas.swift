import CVips
import ImageVocabulary

/// The image on its way through the steps, and what they need to know about it.
struct Canvas: ~Copyable {
    let plan: Plan
    let output: ImageFormat
    /// Those of the part of the source that is used: one frame, or all its pages, less what was
    /// trimmed.
    let facts: ImageFacts
    let sizes: SizeArithmetic
    /// How the stored pixels are turned.
    let turn: Turn
    /// Replaced by each step.
    var image: VipsImageRef
    /// The colour profile that the result carries; nil for none.
    var profile: CarriedProfile?
    /// Whether a source for a PNG has a palette of 8 bits.
    private let sourceHasPalette: Bool
    /// Whether the pixels are computed and may be read in any order.
    private(set) var isInMemory: Bool
    /// Where smart gravity cut; set before the steps, they cut there without looking at the pixels,
    /// so that all frames of an animation keep the same part.
    var found = FoundPlaces()

    /// - Parameters:
    ///   - image: what was decoded, as ``need(_:_:_:_:)`` says or larger.
    ///   - isInMemory: whether its pixels are computed.
    init(
        _ plan: Plan, _ output: ImageFormat, _ part: SourcePart, image: consuming VipsImageRef,
        isInMemory: Bool = false
    ) {
        self.plan = plan
        self.output = output
        facts = part.facts
        turn = Self.turn(plan, part.facts)
        sizes = Self.sizes(plan, part.facts)
        // libvips' name until 8.15, which later ones write as well.
        sourceHasPalette = output == .png && image.integer("palette-bit-depth") == 8
        self.image = image
        self.isInMemory = isInMemory
    }

    /// The decoded part of a source for a plan, less a border that is to be trimmed: only for that the
    /// pixels have to be decoded before the sizes are known.
    ///
    /// - Parameter facts: those of the source's first page, which settle the format.
    static func make(
        _ plan: Plan, _ facts: ImageFacts, _ part: SourcePart, _ limits: JobLimits,
        image: consuming VipsImageRef, isInMemory: Bool = false
    ) throws(Refusal) -> Canvas {
        let output = plan.resultFormat(of: facts)
        guard let trim = plan.trim, !part.pages.isAnimation else {
            return Canvas(plan, output, part, image: image, isInMemory: isInMemory)
        }
        let whole = isInMemory ? image : try image.decoded()
        let trimmed = try Trimming.apply(trim, to: whole)
        var part = part
        part.facts.width = UInt32(clamping: trimmed.width)
        part.facts.height = UInt32(clamping: trimmed.height)
        try check(sizes(plan, part.facts), output, 1, limits)
        return Canvas(plan, output, part, image: trimmed, isInMemory: true)
    }

    /// How large the decoded source has to be for a plan. A result that nobody can have is refused
    /// here, before a pixel is decoded.
    static func need(
        _ plan: Plan, _ facts: ImageFacts, _ part: SourcePart, _ limits: JobLimits
    ) throws(Refusal) -> ScaleOnLoad.Need {
        let sizes = sizes(plan, part.facts)
        let frames = part.pages.isAnimation ? part.pages.count : 1
        let natural = PixelSize(width: Int(part.facts.width), height: Int(part.facts.height))
        guard plan.trim == nil || part.pages.isAnimation else {
            return ScaleOnLoad.Need(scale: .full, size: natural)
        }
        try check(sizes, plan.resultFormat(of: facts), frames, limits)
        let swaps = turn(plan, part.facts).swapsSides
        let area = swaps ? sizes.area.turned : sizes.area
        let scaled = swaps ? sizes.scaled.turned : sizes.scaled
        // The whole source at the scale that its used part gets.
        let size = PixelSize(
            width: Self.whole(scaled.width, natural.width, area.width),
            height: Self.whole(scaled.height, natural.height, area.height))
        let scale = ScaleOnLoad.choose(part.facts.format, from: part.natural, to: size, limits)
        return ScaleOnLoad.Need(scale: scale, size: size)
    }

    /// Rounded up, so that the part is not too small.
    private static func whole(_ scaled: Int, _ natural: Int, _ area: Int) -> Int {
        (scaled * natural + area - 1) / area
    }

    private static func turn(_ plan: Plan, _ facts: ImageFacts) -> Turn {
        Turn(
            orientation: plan.autoRotate ? Int(facts.orientation) : 1, rotation: plan.rotation,
            flip: plan.flip)
    }

    private static func sizes(_ plan: Plan, _ facts: ImageFacts) -> SizeArithmetic {
        let stored = PixelSize(width: Int(facts.width), height: Int(facts.height))
        return SizeArithmetic(
            source: turn(plan, facts).swapsSides ? stored.turned : stored, plan: plan,
            isVector: facts.format.isVector)
    }

    /// Whether the steps work on 16 bits a channel.
    var isDeep: Bool {
        plan.encoding.preserveHDR && facts.bitsPerChannel > 8 && output.carriesDepth
    }

    /// Whether the encoder may read the pixels more than once, or in another order than theirs.
    var readsAgain: Bool { output == .bmp || plan.mostBytes > 0 && output.hasQuality }

    /// Bits of a palette's numbers for a PNG: as many as the colours asked for take; 8 where the source
    /// had a palette of 8 bits; nil for no palette.
    var paletteBits: Int? {
        switch plan.encoding.paletteColors {
        case 0: sourceHasPalette && !isDeep ? 8 : nil
        case ...2: 1
        case ...4: 2
        case ...16: 4
        default: 8
        }
    }

    /// The source's size as it is stored, without a border that was trimmed.
    var source: PixelSize { PixelSize(width: Int(facts.width), height: Int(facts.height)) }

    /// The used part of the source, in the orientation the pixels are stored in.
    var areaAsStored: PixelSize { turn.swapsSides ? sizes.area.turned : sizes.area }

    /// The size to scale to, in the orientation the pixels are stored in.
    var scaledAsStored: PixelSize { turn.swapsSides ? sizes.scaled.turned : sizes.scaled }

    var size: PixelSize { image.size }

    /// Computes the pixels of everything up to here: the source is decoded now. What goes wrong is
    /// the image's fault, what goes wrong later is not.
    mutating func moveToMemory() throws(Refusal) {
        image = try image.decoded()
        isInMemory = true
    }
}

extension Canvas {
    /// The largest coordinate of the oldest libvips in use (VIPS_MAX_COORD, 8.14).
    private static let largestCoordinate = 10_000_000

    private static func check(
        _ sizes: SizeArithmetic, _ output: ImageFormat, _ frames: Int, _ limits: JobLimits
    ) throws(Refusal) {
        let (scaled, result) = (sizes.scaled, sizes.result)
        // What is too large for some formats is made smaller at the end.
        let largest =
            FormatSize.largestSide(of: output) == nil
            ? min(Int(output.largestSide), largestCoordinate) : largestCoordinate
        guard result.longerSide <= largest, scaled.longerSide <= largestCoordinate else {
            throw Refusal(.outputSide, "a side of the result is over \(largest) pixels")
        }
        // Enlarging, and what is put around the image, can ask for more than any source may have.
        let (pixels, overflow) = max(scaled.area, result.area)
            .multipliedReportingOverflow(by: frames)
        guard !overflow, UInt64(pixels) <= limits.pixels else {
            throw Refusal(
                .tooManyPixels, "\(pixels) pixels after scaling, \(limits.pixels) are allowed")
        }
    }
}

/// Where the most interesting parts were found.
struct FoundPlaces: Equatable {
    /// Of the part that is cut out before scaling, in the decoded image.
    var area: Point?
    /// Of the part that is cut out of the scaled image.
    var cut: Point?
}

extension VipsImageRef {
    var size: PixelSize { PixelSize(width: width, height: height) }

    /// With its pixels computed. What goes wrong is the image's fault.
    func decoded() throws(Refusal) -> VipsImageRef {
        do throws(VipsFailure) {
            return try copiedToMemory()
        } catch {
            throw Refusal(.brokenImage, error)
        }
    }
}
