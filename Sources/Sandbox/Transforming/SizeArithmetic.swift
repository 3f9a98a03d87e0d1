import ImageVocabulary

/// How large the scaled image and the result are: imgproxy's arithmetic (its `prepare` stage), so
/// that the same URL gives the same dimensions. Pure.
///
/// Restricted to `fit`, `fill` and `force` with a pixel ratio and a zoom of 1, where the rules on
/// both cancel out.
struct SizeArithmetic: Equatable {
    /// The whole image after scaling, in the orientation of the result.
    let scaled: PixelSize
    /// What is cut from it; never larger than ``scaled``.
    let result: PixelSize

    /// `source` is the image's size as it is to be seen: after its orientation is applied.
    init(source: PixelSize, plan: Plan) {
        let requested = PixelSize(width: Int(plan.width), height: Int(plan.height))
        var shrink = (
            x: Self.shrink(source.width, to: requested.width),
            y: Self.shrink(source.height, to: requested.height)
        )

        // A side that was not asked for follows the other; a box is fitted or filled.
        if plan.resizing != .force {
            if requested.width == 0 { shrink.x = shrink.y }
            if requested.height == 0 { shrink.y = shrink.x }
            let both =
                plan.resizing == .fit ? max(shrink.x, shrink.y) : min(shrink.x, shrink.y)
            shrink = (both, both)
        }

        // Never larger than the source unless asked; the proportions stay.
        if !plan.enlarge {
            let smallest = min(shrink.x, shrink.y)
            if smallest < 1 { shrink = (shrink.x / smallest, shrink.y / smallest) }
        }

        // Never less than one pixel.
        scaled = PixelSize(
            width: Self.scale(source.width, by: min(shrink.x, Double(source.width))),
            height: Self.scale(source.height, by: min(shrink.y, Double(source.height))))
        result = PixelSize(
            width: Self.smaller(requested.width, scaled.width),
            height: Self.smaller(requested.height, scaled.height))
    }

    /// By how much a side shrinks; exactly 1 where nothing was asked for or nothing changes.
    private static func shrink(_ source: Int, to requested: Int) -> Double {
        requested == 0 || requested == source ? 1 : Double(source) / Double(requested)
    }

    /// Rounds half away from zero. By way of the scale, as imgproxy does, because dividing directly
    /// rounds some sides to the other pixel.
    private static func scale(_ source: Int, by shrink: Double) -> Int {
        max(1, Int((Double(source) * (1 / shrink)).rounded(.toNearestOrAwayFromZero)))
    }

    private static func smaller(_ requested: Int, _ scaled: Int) -> Int {
        requested == 0 ? scaled : min(requested, scaled)
    }
}

/// Width and height in pixels.
struct PixelSize: Equatable {
    var width: Int
    var height: Int

    /// The same image turned by a quarter.
    var turned: PixelSize { PixelSize(width: height, height: width) }

    /// Sides come from 32-bit headers and from requests of 16 bits, so the product fits.
    var area: Int { width * height }

    var longerSide: Int { max(width, height) }
}
