import CVips
import ImageVocabulary

/// Puts the image on the canvases that were asked for, with padding around them.
enum Surroundings {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        let sizes = canvas.sizes
        guard canvas.size != sizes.result else { return }
        var place = Point(left: sizes.edges.left, top: sizes.edges.top)
        place += inset(canvas.plan.extend, sizes.cut, sizes.canvas, sizes.pixelRatio)
        place += inset(
            canvas.plan.extendAspectRatio, sizes.canvas, sizes.wideCanvas, sizes.pixelRatio)
        if !canvas.image.hasAlpha, let colour = Flattening.colour(canvas) {
            // What would be transparent for a moment only has its colour from the start.
            let ink = try canvas.ink(colour)
            canvas.image = try canvas.image.embedded(at: place, in: sizes.result, ink: ink)
        } else {
            if !canvas.image.hasAlpha { try canvas.addAlpha() }
            canvas.image = try canvas.image.embedded(at: place, in: sizes.result)
        }
    }

    private static func inset(
        _ gravity: Gravity?, _ inner: PixelSize, _ outer: PixelSize, _ pixelRatio: Double
    ) -> Point {
        guard let gravity, inner != outer else { return Point(left: 0, top: 0) }
        return Placement(gravity).position(of: inner, in: outer, pixelRatio: pixelRatio)
    }
}

extension Canvas {
    /// Gives an image without transparency a channel for it.
    mutating func addAlpha() throws(VipsFailure) {
        let operation = try VipsOperation("bandjoin_const")
        try operation.set("in", image)
        try operation.set("c", [image.fullValue])
        image = try operation.image()
    }
}

extension VipsImageRef {
    /// The image at a place in a larger one, with the colour around it; without one, with nothing in
    /// all its channels.
    func embedded(
        at place: Point, in size: PixelSize, ink: [Double]? = nil
    ) throws(VipsFailure) -> VipsImageRef {
        let operation = try VipsOperation("embed")
        try operation.set("in", self)
        try operation.set("x", place.left)
        try operation.set("y", place.top)
        try operation.set("width", size.width)
        try operation.set("height", size.height)
        if let ink {
            try operation.set("extend", VIPS_EXTEND_BACKGROUND.rawValue)
            try operation.set("background", ink)
        } else {
            try operation.set("extend", VIPS_EXTEND_BLACK.rawValue)
        }
        return try operation.image()
    }
}

extension Point {
    fileprivate static func += (point: inout Point, other: Point) {
        point = Point(left: point.left + other.left, top: point.top + other.top)
    }
}
