import CVips
import ImageVocabulary

/// The image on its way through the steps, and what they need to know about it.
struct Canvas: ~Copyable {
    let plan: Plan
    let output: ImageFormat
    let facts: ImageFacts
    let sizes: SizeArithmetic
    /// Replaced by each step.
    var image: VipsImageRef
    /// Whether the pixels are computed and may be read in any order.
    private(set) var isInMemory = false

    /// Settles the sizes, so that a result nobody can have is refused before a pixel is decoded, and
    /// opens the source as small as its decoder can make it for them.
    init(
        _ plan: Plan, source: borrowing ImageSource, facts: ImageFacts, limits: JobLimits
    ) throws(Refusal) {
        self.plan = plan
        self.facts = facts
        output = plan.resultFormat(of: facts)
        let stored = PixelSize(width: Int(facts.width), height: Int(facts.height))
        let turns = plan.autoRotate && facts.orientation >= 5
        sizes = SizeArithmetic(source: turns ? stored.turned : stored, plan: plan)
        try Self.check(sizes, output, limits)
        let target = turns ? sizes.scaled.turned : sizes.scaled
        do throws(VipsFailure) {
            image = try source.open(
                ScaleOnLoad.choose(source.format, from: stored, to: target))
        } catch {
            throw Refusal(.brokenImage, error)
        }
    }

    /// The orientation that the steps have to apply, 1 for none.
    var orientation: Int { plan.autoRotate ? Int(facts.orientation) : 1 }

    /// The size to scale to, in the orientation the pixels are stored in.
    var scaledAsStored: PixelSize { orientation >= 5 ? sizes.scaled.turned : sizes.scaled }

    var size: PixelSize { PixelSize(width: image.width, height: image.height) }

    /// Computes the pixels of everything up to here: the source is decoded now. What goes wrong is
    /// the image's fault, what goes wrong later is not.
    mutating func moveToMemory() throws(Refusal) {
        guard !isInMemory else { return }
        do throws(VipsFailure) {
            image = try image.copiedToMemory()
        } catch {
            throw Refusal(.brokenImage, error)
        }
        isInMemory = true
    }

    /// The largest coordinate of the oldest libvips in use (VIPS_MAX_COORD, 8.14).
    private static let largestCoordinate = 10_000_000

    private static func check(
        _ sizes: SizeArithmetic, _ output: ImageFormat, _ limits: JobLimits
    ) throws(Refusal) {
        let largest = min(Int(output.largestSide), largestCoordinate)
        guard sizes.result.longerSide <= largest, sizes.scaled.longerSide <= largestCoordinate
        else {
            throw Refusal(.outputSide, "a side of the result is over \(largest) pixels")
        }
        // Enlarging can ask for more than any source may have.
        guard UInt64(sizes.scaled.area) <= limits.pixels else {
            throw Refusal(
                .tooManyPixels,
                "\(sizes.scaled.area) pixels after scaling, \(limits.pixels) are allowed")
        }
    }
}
