import ImageVocabulary

/// By how much the used part of the source is scaled, and how many device pixels a pixel that was
/// asked for becomes: imgproxy's arithmetic (its `calcScale`). Pure.
struct ScaleArithmetic: Equatable {
    /// What the width is multiplied by.
    private(set) var x: Double
    /// What the height is multiplied by.
    private(set) var y: Double
    /// The pixel ratio that was asked for, less where the source has too few pixels for it. Boxes,
    /// offsets and padding are multiplied by it.
    private(set) var pixelRatio: Double

    private let source: PixelSize

    init(_ source: PixelSize, _ plan: Plan, isVector: Bool) {
        self.source = source
        var shrink = Shrink(source, plan)
        var ratio = plan.dpr

        // Never larger than the source unless asked; the proportions stay.
        if !plan.enlarge, !isVector {
            let least = min(shrink.x, shrink.y)
            if least < 1 {
                shrink.divide(by: least)
                // The box cannot be reached, so that the ratio is not what kept it from growing.
                if plan.extend == nil { ratio /= least }
            }
            ratio = min(ratio, shrink.x, shrink.y)
        }

        // Least sides win over the box and over the source's own size.
        if plan.minWidth > 0 {
            let least = Double(source.width) / Double(plan.minWidth)
            if least < shrink.x {
                shrink.y /= shrink.x / least
                shrink.x = least
            }
        }
        if plan.minHeight > 0 {
            let least = Double(source.height) / Double(plan.minHeight)
            if least < shrink.y {
                shrink.x /= shrink.y / least
                shrink.y = least
            }
        }

        shrink.divide(by: ratio)
        // By way of the scale, because dividing directly rounds some sides to the other pixel.
        x = 1 / min(shrink.x, Double(source.width))
        y = 1 / min(shrink.y, Double(source.height))
        pixelRatio = ratio
    }

    /// Makes everything smaller by a factor below 1, but no side less than a pixel.
    mutating func reduce(by factor: Double) {
        x = max(x * factor, 1 / Double(source.width))
        y = max(y * factor, 1 / Double(source.height))
        pixelRatio *= factor
    }
}

/// By how much each side shrinks to fill or to fit the box that was asked for.
private struct Shrink {
    var x: Double
    var y: Double

    init(_ source: PixelSize, _ plan: Plan) {
        let box = PixelSize(
            width: plan.width == 0 ? source.width : Int(plan.width),
            height: plan.height == 0 ? source.height : Int(plan.height))
        x = Self.shrink(source.width, to: box.width)
        y = Self.shrink(source.height, to: box.height)

        // A side that was not asked for follows the other; a box is fitted or filled.
        switch Self.resolved(plan.resizing, source, box) {
        case .force: break
        case _ where plan.width == 0: x = y
        case _ where plan.height == 0: y = x
        case .fit, .auto: both(max(x, y))
        case .fill, .fillDown: both(min(x, y))
        }
        x = min(x / plan.zoom.x, Self.largest)
        y = min(y / plan.zoom.y, Self.largest)
    }

    mutating func divide(by divisor: Double) {
        x /= divisor
        y /= divisor
    }

    private mutating func both(_ shrink: Double) {
        x = shrink
        y = shrink
    }

    /// Far beyond any side, so that a zoom close to nothing stays a number to reckon with.
    private static let largest = 1e100

    /// Exactly 1 where nothing changes.
    private static func shrink(_ source: Int, to side: Int) -> Double {
        source == side ? 1 : Double(source) / Double(side)
    }

    private static func resolved(
        _ type: ResizingType, _ source: PixelSize, _ box: PixelSize
    ) -> ResizingType {
        guard type == .auto else { return type }
        return source.isUpright == box.isUpright ? .fill : .fit
    }
}

extension PixelSize {
    /// Whether it is taller than wide. A square lies.
    fileprivate var isUpright: Bool { width < height }
}
