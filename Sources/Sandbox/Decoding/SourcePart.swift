import ImageVocabulary

/// Which pages or frames of a source are decoded, as one image in which they stand below each other.
struct PageSelection: Equatable {
    /// The first, counted from 0.
    var start = 0
    /// At least 1.
    var count = 1
    /// Whether each is a picture of its own, shown one after the other.
    var isAnimation = false
    /// Dots per inch of a drawing; nil for the loader's own 72.
    var dpi: Double?

    static let first = PageSelection()

    /// - Parameter facts: those of the source's first page.
    init(_ plan: Plan, _ facts: ImageFacts) throws(Refusal) {
        dpi = facts.format.isVector ? plan.dpi : nil
        guard !plan.isAnimated(facts) else {
            count = Int(min(plan.frames, facts.frames))
            isAnimation = true
            return
        }
        start = Int(plan.page ?? 0)
        count = Int(plan.pages)
        // Of an icon's images the best stands for all.
        let pages = facts.format == .ico ? 1 : Int(facts.frames)
        guard start + count <= pages else {
            throw Refusal(.noSuchPage, "page \(start + count) of \(pages)")
        }
    }

    private init() {}
}

/// What a plan uses of a source.
struct SourcePart: Equatable {
    let pages: PageSelection
    /// Whether an embedded preview may stand for the image.
    let mayBePreview: Bool
    /// Size and format of one frame, or of all pages below each other; of a drawing at most what the
    /// limits allow.
    var facts: ImageFacts
    /// The size at which the decoder's scale is 1.
    let natural: PixelSize

    /// - Parameter facts: those of the source's first page.
    init(
        _ plan: Plan, of source: borrowing ImageSource, _ facts: ImageFacts, _ limits: JobLimits
    ) throws(Refusal) {
        pages = try PageSelection(plan, facts)
        mayBePreview = plan.enforceThumbnail && [.heic, .avif].contains(facts.format)
        var own = facts
        if pages != .first, !pages.isAnimation {
            do throws(VipsFailure) {
                own = try source.facts(pages)
            } catch {
                throw Refusal(.brokenImage, error)
            }
        }
        natural = PixelSize(width: Int(own.width), height: Int(own.height))
        self.facts = own.drawn(within: limits)
        let frames = pages.isAnimation ? UInt64(pages.count) : 1
        let (area, overflow) = (UInt64(self.facts.width) * UInt64(self.facts.height))
            .multipliedReportingOverflow(by: frames)
        try limits.check(pixels: overflow ? .max : area)
    }

    /// Whether one decoded image can stand for both parts.
    func isSame(as other: SourcePart) -> Bool {
        pages == other.pages && mayBePreview == other.mayBePreview
    }
}
