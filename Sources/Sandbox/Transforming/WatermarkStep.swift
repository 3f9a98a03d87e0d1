import CVips
import ImageVocabulary

/// Puts another of the job's images upon the result.
enum Watermarking {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        try apply(&canvas, source, frames: 1)
    }

    /// - Parameter frames: how many frames of one height stand below each other in the canvas' image;
    ///   each gets its own.
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource, frames: Int
    ) throws(VipsFailure) {
        guard let watermark = canvas.plan.watermark else { return }
        try canvas.becomeColourful()
        let box = PixelSize(width: canvas.size.width, height: canvas.size.height / frames)
        let ratio = canvas.sizes.pixelRatio
        let mark = try mark(watermark, of: source.companions, for: box, ratio)
        guard let anchor = watermark.position else {
            let tiles = try tiled(mark, over: box)
            try canvas.put(try repeated(tiles, frames), at: Point(left: 0, top: 0))
            return
        }
        let place = Placement(Gravity(anchor: anchor, x: watermark.x, y: watermark.y)).position(
            of: mark.size, in: box, pixelRatio: ratio, mayOverhang: true)
        guard frames > 1 else {
            try canvas.put(mark, at: place)
            return
        }
        let frame = try mark.embedded(at: place, in: box)
        try canvas.put(try repeated(frame, frames), at: Point(left: 0, top: 0))
    }

    /// The watermark in memory at the size that it has upon that box, with its opacity, and as a
    /// tile with the space around it.
    private static func mark(
        _ watermark: Watermark, of companions: Companions, for box: PixelSize,
        _ pixelRatio: Double
    ) throws(VipsFailure) -> VipsImageRef {
        var plan = Plan(resizing: .fit, enlarge: true, format: .png)
        if watermark.scale > 0 {
            let side = { (side: Int) in
                max(1, (Double(side) * watermark.scale).rounded(.toNearestOrEven))
            }
            plan.width = UInt32(side(box.width))
            plan.height = UInt32(side(box.height))
        }
        if watermark.position == nil {
            let pixels = { (offset: Double, side: Int) in
                UInt32(
                    clamping: Placement.pixels(offset, of: side, pixelRatio: pixelRatio))
            }
            let (x, y) = (pixels(watermark.x, box.width), pixels(watermark.y, box.height))
            plan.padding = Padding(
                top: y / 2, right: x - x / 2, bottom: y - y / 2, left: x / 2)
        }
        var canvas: Canvas
        do throws(Refusal) {
            var report = SilentReport()
            let source = try companions.source(watermark.input)
            canvas = try Pipeline.pixels(
                plan, source: source, facts: try ImageJob.header(of: source),
                limits: companions.limits, &report)
        } catch {
            throw VipsFailure("watermark: \(String(decoding: error.text, as: UTF8.self))")
        }
        try canvas.becomeColourful()
        if !canvas.image.hasAlpha { try canvas.addAlpha() }
        if watermark.opacity < 1 {
            let operation = try VipsOperation("linear")
            try operation.set("in", canvas.image)
            try operation.set("a", [1, 1, 1, watermark.opacity])
            // The cast below drops fractions.
            try operation.set("b", [0, 0, 0, 0.5])
            canvas.image = try operation.image()
            try canvas.castToBytes()
        }
        return try canvas.image.copiedToMemory()
    }

    /// Tiles over the whole box; the middle of one stands in the middle of the box.
    private static func tiled(
        _ tile: borrowing VipsImageRef, over box: PixelSize
    ) throws(VipsFailure) -> VipsImageRef {
        let count = { (side: Int, tile: Int) in (side + tile - 1) / tile | 1 }
        let (across, down) = (count(box.width, tile.width), count(box.height, tile.height))
        let operation = try VipsOperation("replicate")
        try operation.set("in", tile)
        try operation.set("across", across)
        try operation.set("down", down)
        let all = try operation.image()
        return try all.part(
            box,
            at: Point(left: (all.width - box.width) / 2, top: (all.height - box.height) / 2))
    }

    private static func repeated(
        _ frame: consuming VipsImageRef, _ count: Int
    ) throws(VipsFailure) -> VipsImageRef {
        guard count > 1 else { return frame }
        let operation = try VipsOperation("replicate")
        try operation.set("in", frame)
        try operation.set("across", 1)
        try operation.set("down", count)
        return try operation.image()
    }
}

extension Canvas {
    /// Puts an image of colours and transparency upon this one; what hangs over is left out.
    fileprivate mutating func put(
        _ overlay: borrowing VipsImageRef, at place: Point
    ) throws(VipsFailure) {
        let (format, hadAlpha) = (image.bandFormat, image.hasAlpha)
        let operation = try VipsOperation("composite2")
        try operation.set("base", image)
        if format == VIPS_FORMAT_USHORT {
            try operation.set("overlay", try overlay.deepened())
            try operation.set("compositing-space", VIPS_INTERPRETATION_RGB16.rawValue)
        } else {
            try operation.set("overlay", overlay)
        }
        try operation.set("mode", VIPS_BLEND_MODE_OVER.rawValue)
        try operation.set("x", place.left)
        try operation.set("y", place.top)
        image = try operation.image()
        try cast(to: format)
        guard !hadAlpha else { return }
        let colours = try VipsOperation("extract_band")
        try colours.set("in", image)
        try colours.set("band", 0)
        try colours.set("n", image.bands - 1)
        image = try colours.image()
    }
}

extension VipsImageRef {
    /// An image of 8 bits a channel with 16.
    fileprivate func deepened() throws(VipsFailure) -> VipsImageRef {
        let scale = try VipsOperation("linear")
        try scale.set("in", self)
        try scale.set("a", [257])
        try scale.set("b", [0])
        let cast = try VipsOperation("cast")
        try cast.set("in", try scale.image())
        try cast.set("format", VIPS_FORMAT_USHORT.rawValue)
        let copy = try VipsOperation("copy")
        try copy.set("in", try cast.image())
        try copy.set("interpretation", VIPS_INTERPRETATION_RGB16.rawValue)
        return try copy.image()
    }
}
