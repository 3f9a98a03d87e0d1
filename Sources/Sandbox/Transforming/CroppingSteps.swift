import CVips
import ImageVocabulary

/// Cuts out the part of the source that is used, before it is scaled.
enum AreaCropping {
    static func needsMemory(_ canvas: borrowing Canvas) -> Bool {
        gravity(of: canvas).anchor.looksAtPixels && canvas.areaAsStored != canvas.source
            && canvas.found.area == nil
    }

    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        let (outer, inner) = (canvas.source, canvas.areaAsStored)
        guard inner != outer else { return }
        let gravity = gravity(of: canvas)
        // The decoder may have made the image smaller already, and the part with it.
        let loaded = canvas.size
        let scale = (
            x: Double(loaded.width) / Double(outer.width),
            y: Double(loaded.height) / Double(outer.height)
        )
        let part = PixelSize(
            width: max(1, SizeArithmetic.rounded(Double(inner.width) * scale.x)),
            height: max(1, SizeArithmetic.rounded(Double(inner.height) * scale.y)))
        if gravity.anchor.looksAtPixels, canvas.found.area == nil {
            canvas.found.area = try canvas.cutInteresting(part, gravity.anchor)
            return
        }
        // Offsets are pixels of the source, so that the pixel ratio says nothing about them.
        let place = Placement(gravity).before(canvas.turn).position(of: inner, in: outer)
        let left = SizeArithmetic.rounded(Double(place.left) * scale.x)
        let top = SizeArithmetic.rounded(Double(place.top) * scale.y)
        try canvas.cut(
            part,
            at: canvas.found.area
                ?? Point(
                    left: min(left, loaded.width - part.width),
                    top: min(top, loaded.height - part.height)))
    }

    private static func gravity(of canvas: borrowing Canvas) -> Gravity {
        canvas.plan.crop.gravity ?? canvas.plan.gravity
    }
}

/// Cuts the result out of the scaled image, where the gravity says.
enum ResultCropping {
    static func needsMemory(_ canvas: borrowing Canvas) -> Bool {
        canvas.plan.gravity.anchor.looksAtPixels && canvas.sizes.cut != canvas.sizes.scaled
            && canvas.found.cut == nil
    }

    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        let (outer, inner) = (canvas.size, canvas.sizes.cut)
        guard inner != outer else { return }
        let gravity = canvas.plan.gravity
        if gravity.anchor.looksAtPixels, canvas.found.cut == nil {
            canvas.found.cut = try canvas.cutInteresting(inner, gravity.anchor)
            return
        }
        try canvas.cut(
            inner,
            at: canvas.found.cut
                ?? Placement(gravity).position(
                    of: inner, in: outer, pixelRatio: canvas.sizes.pixelRatio))
    }
}

extension Canvas {
    /// Cuts out a part that lies within the image.
    mutating func cut(_ part: PixelSize, at place: Point) throws(VipsFailure) {
        image = try image.part(part, at: place)
    }

    /// Cuts out the part that libvips finds by looking at the pixels.
    ///
    /// - Returns: where it was found.
    fileprivate mutating func cutInteresting(
        _ part: PixelSize, _ anchor: Gravity.Anchor
    ) throws(VipsFailure) -> Point {
        let operation = try VipsOperation("smartcrop")
        try operation.set("input", image)
        try operation.set("width", part.width)
        try operation.set("height", part.height)
        let measure =
            anchor == .entropy ? VIPS_INTERESTING_ENTROPY : VIPS_INTERESTING_ATTENTION
        try operation.set("interesting", measure.rawValue)
        image = try operation.image()
        return image.origin
    }
}

extension VipsImageRef {
    /// A part that lies within the image.
    func part(_ size: PixelSize, at place: Point) throws(VipsFailure) -> VipsImageRef {
        let operation = try VipsOperation("extract_area")
        try operation.set("input", self)
        try operation.set("left", place.left)
        try operation.set("top", place.top)
        try operation.set("width", size.width)
        try operation.set("height", size.height)
        return try operation.image()
    }

    /// Where an image that was just cut out of another one stood in it.
    fileprivate var origin: Point {
        // Both only read the header of a live image.
        Point(
            left: -Int(unsafe vips_image_get_xoffset(pointer)),
            top: -Int(unsafe vips_image_get_yoffset(pointer)))
    }
}
