import ImageVocabulary

/// How large the image is after each step: imgproxy's arithmetic (its `prepare` stage), so that the
/// same URL gives the same dimensions. Pure.
///
/// All sizes are those of the image as it is to be seen: after its orientation, the plan's turn and
/// its mirroring.
struct SizeArithmetic: Equatable {
    /// The part of the source that is used; never larger than it.
    let area: PixelSize
    /// That part after scaling.
    let scaled: PixelSize
    /// What is cut from it; never larger than ``scaled``.
    let cut: PixelSize
    /// The canvas of the requested size; ``cut`` where there is none.
    let canvas: PixelSize
    /// The canvas of the requested proportions; ``canvas`` where there is none.
    let wideCanvas: PixelSize
    /// What is put around the canvas, in pixels.
    let edges: Edges
    /// What offsets in pixels are multiplied by.
    let pixelRatio: Double

    /// Pixels on each side.
    struct Edges: Equatable {
        var top = 0
        var right = 0
        var bottom = 0
        var left = 0
    }

    /// The image with everything around it.
    var result: PixelSize {
        PixelSize(
            width: wideCanvas.width + edges.left + edges.right,
            height: wideCanvas.height + edges.top + edges.bottom)
    }

    /// - Parameters:
    ///   - source: the image's size as it is to be seen, each side at least 1.
    ///   - isVector: whether it is drawn at any size, so that no enlarging is needed.
    init(source: PixelSize, plan: Plan, isVector: Bool = false) {
        let area = plan.crop.size(in: source)
        var scale = ScaleArithmetic(area, plan, isVector: isVector)
        let sizes = SizeArithmetic(area, scale, plan)
        let longest = sizes.result.longerSide
        guard plan.largestSide > 0, longest > plan.largestSide else {
            self = sizes
            return
        }
        scale.reduce(by: Double(plan.largestSide) / Double(longest))
        self = SizeArithmetic(area, scale, plan)
    }

    private init(_ area: PixelSize, _ scale: ScaleArithmetic, _ plan: Plan) {
        self.area = area
        pixelRatio = scale.pixelRatio
        scaled = PixelSize(
            width: max(1, Self.rounded(Double(area.width) * scale.x)),
            height: max(1, Self.rounded(Double(area.height) * scale.y)))
        let target = PixelSize(
            width: Self.target(plan.width, pixelRatio * plan.zoom.x),
            height: Self.target(plan.height, pixelRatio * plan.zoom.y))
        let wanted =
            plan.resizing == .fillDown && !plan.enlarge
            ? Self.proportions(of: target, within: scaled) : target
        cut = PixelSize(
            width: Self.smaller(wanted.width, scaled.width),
            height: Self.smaller(wanted.height, scaled.height))

        canvas = plan.extend == nil ? cut : cut.including(target)
        wideCanvas =
            plan.extendAspectRatio == nil
            ? canvas : canvas.including(Self.canvas(of: target, around: cut))
        edges = Edges(
            top: scale.pixels(plan.padding.top), right: scale.pixels(plan.padding.right),
            bottom: scale.pixels(plan.padding.bottom), left: scale.pixels(plan.padding.left))
    }

    /// The target where it is no larger than the image on any side; else its proportions, within the
    /// image on the side of which it asks too much.
    private static func proportions(of target: PixelSize, within image: PixelSize) -> PixelSize {
        let excess = (
            x: Double(target.width) / Double(image.width),
            y: Double(target.height) / Double(image.height)
        )
        if excess.x > excess.y, excess.x > 1 {
            let ratio = Double(target.height) / Double(target.width)
            let height = target.height == 0 ? 0 : atLeastOne(Double(image.width) * ratio)
            return PixelSize(width: image.width, height: height)
        }
        if excess.y > excess.x, excess.y > 1 {
            let ratio = Double(target.width) / Double(target.height)
            let width = target.width == 0 ? 0 : atLeastOne(Double(image.height) * ratio)
            return PixelSize(width: width, height: image.height)
        }
        return target
    }

    /// The smallest canvas of the target's proportions that the image fits on.
    private static func canvas(of target: PixelSize, around image: PixelSize) -> PixelSize {
        guard target.width > 0, target.height > 0 else { return image }
        let lack = (
            x: Double(target.width) / Double(image.width),
            y: Double(target.height) / Double(image.height)
        )
        if lack.y > lack.x {
            let ratio = Double(target.height) / Double(target.width)
            return PixelSize(width: image.width, height: rounded(Double(image.width) * ratio))
        }
        if lack.x > lack.y {
            let ratio = Double(target.width) / Double(target.height)
            return PixelSize(width: rounded(Double(image.height) * ratio), height: image.height)
        }
        return image
    }

    /// A side of 0 was not asked for. One that was asked for never becomes 0, where imgproxy would take
    /// it for one that was not, and crop nothing.
    private static func target(_ asked: UInt32, _ factor: Double) -> Int {
        asked == 0 ? 0 : atLeastOne(Double(asked) * factor)
    }

    private static func atLeastOne(_ value: Double) -> Int { max(1, rounded(value)) }

    /// Rounds half away from zero. Beyond any image's size a larger number says nothing more.
    static func rounded(_ value: Double) -> Int {
        Int(min(value, 1e12).rounded(.toNearestOrAwayFromZero))
    }

    /// The smaller of both, where 0 is none.
    private static func smaller(_ wanted: Int, _ there: Int) -> Int {
        wanted == 0 ? there : min(wanted, there)
    }
}

extension ScaleArithmetic {
    /// Pixels that were asked for as device pixels, rounded half to even.
    fileprivate func pixels(_ asked: UInt32) -> Int {
        Int(min(Double(asked) * pixelRatio, 1e12).rounded(.toNearestOrEven))
    }
}

extension CropArea {
    /// The area's size in an image of that size.
    fileprivate func size(in source: PixelSize) -> PixelSize {
        let asked = PixelSize(
            width: Self.side(width, of: source.width), height: Self.side(height, of: source.height))
        guard aspectRatio > 0 else { return asked }
        let (width, height) = (Double(asked.width), Double(asked.height))
        // Beyond these an area is a row or a column of pixels anyway.
        let ratio = min(max(aspectRatio, 1e-6), 1e6)
        let isTooTall = width < height * ratio
        // Growing lengthens the side that is too short, cutting shortens the one that is too long.
        let longer =
            isTooTall == mayGrow
            ? (width: height * ratio, height: height)
            : (width: width, height: width / ratio)
        // An area that outgrows the image is made smaller again, in its proportions.
        let fit = min(
            1, Double(source.width) / longer.width, Double(source.height) / longer.height)
        return PixelSize(
            width: min(source.width, max(1, SizeArithmetic.rounded(longer.width * fit))),
            height: min(source.height, max(1, SizeArithmetic.rounded(longer.height * fit))))
    }

    private static func side(_ asked: Double, of source: Int) -> Int {
        if asked == 0 { return source }
        let side = asked >= 1 ? Int(asked) : max(1, SizeArithmetic.rounded(Double(source) * asked))
        return min(side, source)
    }
}

/// Width and height in pixels.
struct PixelSize: Equatable {
    var width: Int
    var height: Int

    /// The same image turned by a quarter.
    var turned: PixelSize { PixelSize(width: height, height: width) }

    /// Only for sizes that were found to be within libvips' coordinates.
    var area: Int { width * height }

    var longerSide: Int { max(width, height) }

    /// The longer of both on each side.
    func including(_ other: PixelSize) -> PixelSize {
        PixelSize(width: max(width, other.width), height: max(height, other.height))
    }
}
