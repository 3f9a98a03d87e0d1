import CVips

/// Scales to the size that was settled, with a Lanczos kernel.
enum Scaling {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        let (from, to) = (canvas.size, canvas.scaledAsStored)
        guard from != to else { return }
        // The colour of a transparent pixel must not bleed into its neighbours, so colours are
        // weighted by their opacity while pixels are mixed.
        let hasAlpha = canvas.image.hasAlpha
        if hasAlpha { try canvas.convert("premultiply") }
        let operation = try VipsOperation("resize")
        try operation.set("in", canvas.image)
        try operation.set("scale", Double(to.width) / Double(from.width))
        try operation.set("vscale", Double(to.height) / Double(from.height))
        try operation.set("kernel", VIPS_KERNEL_LANCZOS3.rawValue)
        canvas.image = try operation.image()
        if hasAlpha { try canvas.convert("unpremultiply") }
    }
}

extension Canvas {
    /// An operation without arguments that leaves 8 bits a channel behind.
    fileprivate mutating func convert(_ name: String) throws(VipsFailure) {
        let operation = try VipsOperation(name)
        try operation.set("in", image)
        image = try operation.image()
        try castToBytes()
    }
}
