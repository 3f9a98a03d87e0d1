import CVips
import ImageVocabulary

/// Lets the decoder make the image smaller where its format can: less to decode, less to hold.
enum ScaleOnLoad {
    /// The smallest image the decoder can give that is not smaller than the target on any side.
    static func choose(
        _ format: ImageFormat, from source: PixelSize, to target: PixelSize
    ) -> ImageSource.LoadScale {
        let factor = max(
            Double(target.width) / Double(source.width),
            Double(target.height) / Double(source.height))
        guard factor < 1 else { return .full }
        switch format {
        case .jpeg:
            // The decoder rounds sides up, so no factor up to the shrink goes below the target.
            let shrink = [8, 4, 2].first { Double($0) <= 1 / factor }
            return shrink.map { .shrunk(by: $0) } ?? .full
        case .webp:
            return .scaled(by: factor)
        case .png, .gif, .tiff, .avif, .heic, .jxl, .jp2, .bmp, .ico, .svg, .pdf:
            return .full
        }
    }
}

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

/// Turns and mirrors the pixels as the EXIF orientation says, and forgets the orientation.
enum Orientation {
    static func needsMemory(_ canvas: borrowing Canvas) -> Bool { canvas.orientation != 1 }

    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        guard canvas.orientation != 1 else { return }
        let operation = try VipsOperation("autorot")
        try operation.set("in", canvas.image)
        canvas.image = try operation.image()
    }
}

/// Cuts the result out of the scaled image, where the gravity says.
enum Cropping {
    static func needsMemory(_ canvas: borrowing Canvas) -> Bool {
        canvas.plan.gravity.anchor == .smart && canvas.sizes.result != canvas.sizes.scaled
    }

    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        let (outer, inner) = (canvas.size, canvas.sizes.result)
        guard inner != outer else { return }
        let isSmart = canvas.plan.gravity.anchor == .smart
        let operation = try VipsOperation(isSmart ? "smartcrop" : "extract_area")
        try operation.set("input", canvas.image)
        try operation.set("width", inner.width)
        try operation.set("height", inner.height)
        if isSmart {
            try operation.set("interesting", VIPS_INTERESTING_ATTENTION.rawValue)
        } else {
            let (left, top) = GravityArithmetic.position(
                of: inner, in: outer, canvas.plan.gravity)
            try operation.set("left", left)
            try operation.set("top", top)
        }
        canvas.image = try operation.image()
    }
}
