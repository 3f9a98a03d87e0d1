import ImageVocabulary

/// Puts the image on white when the output format has no transparency.
enum Flattening {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        guard canvas.image.hasAlpha, !canvas.output.carriesAlpha else { return }
        let operation = try VipsOperation("flatten")
        try operation.set("in", canvas.image)
        // One number stands for all channels.
        try operation.set("background", [255])
        canvas.image = try operation.image()
    }
}
