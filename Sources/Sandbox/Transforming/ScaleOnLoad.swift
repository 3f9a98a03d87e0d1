import ImageVocabulary

/// Lets the decoder make the image smaller where its format can: less to decode, less to hold.
enum ScaleOnLoad {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        let scale = choose(source.format, from: canvas.size, to: canvas.scaledAsStored)
        if scale != .full { canvas.image = try source.open(scale) }
    }

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
        case .png, .gif, .tiff, .avif:
            return .full
        }
    }
}
