import CVips
import ImageVocabulary

/// Sets brightness, contrast and saturation. Transparency stays as it is.
enum Adjusting {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        let asked = canvas.plan.effects.adjustment
        guard !asked.isNeutral else { return }
        let format = canvas.image.bandFormat
        let full = canvas.image.fullValue
        let (bands, colours) = (canvas.image.bands, canvas.image.colourBands)
        if asked.saturation != 1, colours == 3 {
            let operation = try VipsOperation("recomb")
            try operation.set("in", canvas.image)
            try operation.set("m", saturation(asked.saturation, bands: bands))
            canvas.image = try operation.image()
        }
        // Brightness is added before contrast spreads around the middle. A half is added because
        // the cast below drops fractions.
        let offset =
            Double(asked.brightness) / 255 * full * asked.contrast
            + full / 2 * (1 - asked.contrast) + 0.5
        let operation = try VipsOperation("linear")
        try operation.set("in", canvas.image)
        try operation.set("a", (0..<bands).map { $0 < colours ? asked.contrast : 1 })
        try operation.set("b", (0..<bands).map { $0 < colours ? offset : 0.5 })
        canvas.image = try operation.image()
        try canvas.cast(to: format)
    }

    /// Moves each channel away from the pixel's grey, or towards it. The weights of the grey are
    /// those of Rec. ITU-R BT.709.
    private static func saturation(_ amount: Double, bands: Int) throws(VipsFailure) -> VipsImageRef
    {
        let weights = [0.2126, 0.7152, 0.0722]
        var matrix: [Double] = []
        for row in 0..<bands {
            for column in 0..<bands {
                let own: Double = row == column ? 1 : 0
                let isColour = row < 3 && column < 3
                matrix.append(isColour ? amount * own + (1 - amount) * weights[column] : own)
            }
        }
        return try VipsImageRef.matrix(matrix, width: bands)
    }
}

/// Blurs and sharpens.
enum Filtering {
    static func needsMemory(_ canvas: borrowing Canvas) -> Bool {
        canvas.plan.effects.blur > 0 || canvas.plan.effects.sharpen > 0
    }

    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        guard needsMemory(canvas) else { return }
        try canvas.withOpaqueColours { canvas throws(VipsFailure) in
            let effects = canvas.plan.effects
            if effects.blur > 0 { try canvas.filter("gaussblur", sigma: effects.blur) }
            if effects.sharpen > 0 { try canvas.filter("sharpen", sigma: effects.sharpen) }
        }
    }
}

/// Makes the image of squares.
enum Pixelating {
    static func needsMemory(_ canvas: borrowing Canvas) -> Bool {
        canvas.plan.effects.pixelate > 1
    }

    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        guard needsMemory(canvas) else { return }
        let size = canvas.size
        let side = min(Int(canvas.plan.effects.pixelate), size.longerSide)
        guard side > 1 else { return }
        // Squares at the far edges are filled with the image's mirror image.
        let whole = PixelSize(
            width: (size.width + side - 1) / side * side,
            height: (size.height + side - 1) / side * side)
        try canvas.withOpaqueColours { canvas throws(VipsFailure) in
            let embed = try VipsOperation("embed")
            try embed.set("in", canvas.image)
            try embed.set("x", 0)
            try embed.set("y", 0)
            try embed.set("width", whole.width)
            try embed.set("height", whole.height)
            try embed.set("extend", VIPS_EXTEND_MIRROR.rawValue)
            let shrink = try VipsOperation("shrink")
            try shrink.set("in", try embed.image())
            try shrink.set("hshrink", Double(side))
            try shrink.set("vshrink", Double(side))
            let zoom = try VipsOperation("zoom")
            try zoom.set("input", try shrink.image())
            try zoom.set("xfac", side)
            try zoom.set("yfac", side)
            canvas.image = try zoom.image().part(size, at: Point(left: 0, top: 0))
        }
    }
}

extension Canvas {
    fileprivate mutating func filter(_ name: String, sigma: Double) throws(VipsFailure) {
        let format = image.bandFormat
        let operation = try VipsOperation(name)
        try operation.set("in", image)
        try operation.set("sigma", sigma)
        image = try operation.image()
        try cast(to: format)
    }

    /// Weights colours by their opacity while pixels are mixed, so that the colour of a transparent
    /// one does not bleed into its neighbours.
    fileprivate mutating func withOpaqueColours(
        _ mix: (inout Canvas) throws(VipsFailure) -> Void
    ) throws(VipsFailure) {
        let hasAlpha = image.hasAlpha
        if hasAlpha { try convert("premultiply") }
        try mix(&self)
        if hasAlpha { try convert("unpremultiply") }
    }
}
