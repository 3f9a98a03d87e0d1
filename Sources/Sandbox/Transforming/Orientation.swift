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
