import ImageVocabulary

/// Where a smaller box stands in a larger one, by imgproxy's rules. Pure. All rounding is half to
/// even.
struct Placement: Equatable {
    private var horizontal: Axis
    private var vertical: Axis

    /// A place along one axis.
    private enum Axis: Equatable {
        /// From the left or top edge, with an offset inwards.
        case near(Double)
        /// From the middle, with an offset to the right or down.
        case middle(Double)
        /// From the right or bottom edge, with an offset inwards.
        case far(Double)
        /// A share of the outer side on which the middle of the box lies.
        case share(Double)

        /// The same place on the axis read from its other end.
        var reversed: Axis {
            switch self {
            case .near(let offset): .far(offset)
            case .middle(let offset): .middle(-offset)
            case .far(let offset): .near(offset)
            case .share(let share): .share(1 - share)
            }
        }
    }

    /// Gravity that looks at the pixels is answered like the centre.
    init(_ gravity: Gravity) {
        let (x, y) = (gravity.x, gravity.y)
        (horizontal, vertical) =
            switch gravity.anchor {
            case .center: (.middle(x), .middle(y))
            case .smart, .entropy: (.middle(0), .middle(0))
            case .focusPoint: (.share(x), .share(y))
            case .north: (.middle(x), .near(y))
            case .south: (.middle(x), .far(y))
            case .east: (.far(x), .middle(y))
            case .west: (.near(x), .middle(y))
            case .northEast: (.far(x), .near(y))
            case .northWest: (.near(x), .near(y))
            case .southEast: (.far(x), .far(y))
            case .southWest: (.near(x), .far(y))
            }
    }

    /// The same place in the picture before it was turned.
    func before(_ turn: Turn) -> Placement {
        var place = self
        for _ in 0..<turn.quarters {
            // A quarter clockwise puts the left column on top and the bottom row on the left.
            (place.horizontal, place.vertical) = (place.vertical, place.horizontal.reversed)
        }
        if turn.isMirrored { place.horizontal = place.horizontal.reversed }
        return place
    }

    /// The box's left and top.
    ///
    /// - Parameters:
    ///   - pixelRatio: what offsets in pixels are multiplied by.
    ///   - mayOverhang: whether the box may hang over the edges as long as a pixel of it shows;
    ///     otherwise it lies within the outer box.
    func position(
        of inner: PixelSize, in outer: PixelSize, pixelRatio: Double = 1,
        mayOverhang: Bool = false
    ) -> Point {
        func place(_ axis: Axis, _ inner: Int, _ outer: Int) -> Int {
            let start = Self.start(axis, inner, outer, pixelRatio)
            let range = mayOverhang ? (1 - inner)...(outer - 1) : 0...max(0, outer - inner)
            return min(max(start, range.lowerBound), range.upperBound)
        }
        return Point(
            left: place(horizontal, inner.width, outer.width),
            top: place(vertical, inner.height, outer.height))
    }

    /// An offset in pixels: those asked for from 1 on, a share of the outer side below.
    static func pixels(_ offset: Double, of outer: Int, pixelRatio: Double) -> Int {
        rounded(offset * (abs(offset) >= 1 ? pixelRatio : Double(outer)))
    }

    private static func start(
        _ axis: Axis, _ inner: Int, _ outer: Int, _ pixelRatio: Double
    ) -> Int {
        let free = outer - inner
        return switch axis {
        case .near(let offset): pixels(offset, of: outer, pixelRatio: pixelRatio)
        case .middle(let offset):
            rounded(Double(free + 1) / 2) + pixels(offset, of: outer, pixelRatio: pixelRatio)
        case .far(let offset): free - pixels(offset, of: outer, pixelRatio: pixelRatio)
        case .share(let share): rounded(Double(outer) * share) - inner / 2
        }
    }

    /// Beyond any image's size a larger number says nothing more, and Int cannot hold every double.
    private static func rounded(_ value: Double) -> Int {
        let farthest = 1e9
        return Int(min(max(value, -farthest), farthest).rounded(.toNearestOrEven))
    }
}

/// A pixel's place, counted from the left and from the top.
struct Point: Equatable {
    var left: Int
    var top: Int
}
