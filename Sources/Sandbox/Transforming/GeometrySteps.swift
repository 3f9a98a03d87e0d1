import CVips
import ImageVocabulary

/// Lets the decoder make the image smaller where its format can: less to decode, less to hold.
enum ScaleOnLoad {
    /// The smallest image the decoder can give that is not smaller than the target on any side. A
    /// drawing gets no more pixels than the limits allow.
    static func choose(
        _ format: ImageFormat, from source: PixelSize, to target: PixelSize,
        _ limits: JobLimits = JobLimits()
    ) -> ImageSource.LoadScale {
        let factor = max(
            Double(target.width) / Double(source.width),
            Double(target.height) / Double(source.height))
        if format.isVector {
            let most = (Double(limits.pixels) / Double(source.area)).squareRoot()
            return factor == 1 ? .full : .scaled(by: min(factor, most))
        }
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

    /// How large a decoded image has to be.
    struct Need {
        var scale: ImageSource.LoadScale
        /// As stored.
        var size: PixelSize

        /// What is large enough for another as well.
        func covering(_ other: Need) -> Need {
            let both: ImageSource.LoadScale =
                switch (scale, other.scale) {
                case (.shrunk(let first), .shrunk(let second)): .shrunk(by: min(first, second))
                case (.scaled(let first), .scaled(let second)): .scaled(by: max(first, second))
                // A drawing may be drawn larger than it says.
                case (.scaled(let factor), .full), (.full, .scaled(let factor)):
                    factor > 1 ? .scaled(by: factor) : .full
                default: .full
                }
            return Need(
                scale: both,
                size: PixelSize(
                    width: max(size.width, other.size.width),
                    height: max(size.height, other.size.height)))
        }
    }
}

/// Scales to the size that was settled, with a Lanczos kernel.
enum Scaling {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        try resize(&canvas, to: canvas.scaledAsStored)
    }

    fileprivate static func resize(
        _ canvas: inout Canvas, to: PixelSize
    ) throws(VipsFailure) {
        let from = canvas.size
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

/// Makes a result smaller that its format cannot hold.
enum FormatSize {
    /// The longest side of results in formats whose results are made smaller; nil for others.
    static func largestSide(of format: ImageFormat) -> Int? {
        switch format {
        case .webp, .avif, .heic, .gif: Int(format.largestSide)
        case .ico: 256
        case .jpeg, .png, .tiff, .jxl, .jp2, .bmp, .svg, .pdf: nil
        }
    }

    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        let size = canvas.size
        guard let largest = largestSide(of: canvas.output), size.longerSide > largest else {
            return
        }
        let scale = Double(largest) / Double(size.longerSide)
        let side = { (side: Int) in max(1, SizeArithmetic.rounded(Double(side) * scale)) }
        try Scaling.resize(
            &canvas, to: PixelSize(width: side(size.width), height: side(size.height)))
    }
}

/// Turns and mirrors the pixels as the EXIF orientation and the plan say, and forgets the
/// orientation that was applied.
enum Turning {
    /// Mirroring alone stays within its row.
    static func needsMemory(_ canvas: borrowing Canvas) -> Bool { canvas.turn.quarters != 0 }

    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        let turn = canvas.turn
        if turn.isMirrored {
            let operation = try VipsOperation("flip")
            try operation.set("in", canvas.image)
            try operation.set("direction", VIPS_DIRECTION_HORIZONTAL.rawValue)
            canvas.image = try operation.image()
        }
        if turn.quarters != 0 {
            let operation = try VipsOperation("rot")
            try operation.set("in", canvas.image)
            // VIPS_ANGLE_D0 and its successors count quarters clockwise.
            try operation.set("angle", turn.quarters)
            canvas.image = try operation.image()
        }
        guard canvas.plan.autoRotate, canvas.facts.orientation != 1 else { return }
        // A copy of the header, because metadata is shared between images.
        let operation = try VipsOperation("copy")
        try operation.set("in", canvas.image)
        let image = try operation.image()
        image.remove("orientation")
        image.remove("exif-ifd0-Orientation")
        canvas.image = image
    }
}
