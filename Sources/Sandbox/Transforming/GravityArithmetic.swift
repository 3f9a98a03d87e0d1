import ImageVocabulary

/// Where a smaller box stands in a larger one, by imgproxy's rules. Pure. All rounding is half to
/// even; what comes out always lies within the larger box.
enum GravityArithmetic {
    /// The box's left and top. Not for ``Gravity/Anchor/smart``, which looks at the pixels; it is
    /// answered like the centre.
    static func position(
        of inner: PixelSize, in outer: PixelSize, _ gravity: Gravity
    ) -> (left: Int, top: Int) {
        let left: Int
        let top: Int
        if gravity.anchor == .focusPoint {
            left = rounded(Double(outer.width) * gravity.x) - inner.width / 2
            top = rounded(Double(outer.height) * gravity.y) - inner.height / 2
        } else {
            let (horizontal, vertical) = sides(of: gravity.anchor)
            left = edge(horizontal, inner.width, outer.width, offset: gravity.x)
            top = edge(vertical, inner.height, outer.height, offset: gravity.y)
        }
        return (
            clamp(left, to: outer.width - inner.width),
            clamp(top, to: outer.height - inner.height)
        )
    }

    private enum Side { case near, middle, far }

    private static func sides(of anchor: Gravity.Anchor) -> (horizontal: Side, vertical: Side) {
        switch anchor {
        case .center, .smart, .entropy, .focusPoint: (.middle, .middle)
        case .north: (.middle, .near)
        case .south: (.middle, .far)
        case .east: (.far, .middle)
        case .west: (.near, .middle)
        case .northEast: (.far, .near)
        case .northWest: (.near, .near)
        case .southEast: (.far, .far)
        case .southWest: (.near, .far)
        }
    }

    private static func edge(_ side: Side, _ inner: Int, _ outer: Int, offset: Double) -> Int {
        let pixels = abs(offset) >= 1 ? rounded(offset) : rounded(offset * Double(outer))
        let free = outer - inner
        // Offsets push inwards, so from the far edge they are taken off.
        return switch side {
        case .near: pixels
        case .middle: rounded(Double(free + 1) / 2) + pixels
        case .far: free - pixels
        }
    }

    /// Beyond any image's size a larger number says nothing more, and Int cannot hold every double.
    private static func rounded(_ value: Double) -> Int {
        let farthest = 1e9
        return Int(min(max(value, -farthest), farthest).rounded(.toNearestOrEven))
    }

    private static func clamp(_ value: Int, to largest: Int) -> Int { min(max(value, 0), largest) }
}
