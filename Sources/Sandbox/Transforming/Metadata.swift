import ImageVocabulary

/// Drops what the result must not carry: always the colour profile (it has been applied), page
/// layout, comments and embedded previews of the original; EXIF, XMP and IPTC when asked.
enum Metadata {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        // A copy of the header, not of the pixels, because metadata is shared between images.
        let operation = try VipsOperation("copy")
        try operation.set("in", canvas.image)
        let image = try operation.image()
        for field in image.fields where canvas.plan.stripMetadata || !isKept(field) {
            image.remove(field)
        }
        canvas.image = image
    }

    /// libvips rewrites EXIF from its fields when it saves, so that an orientation that was applied
    /// is not written again.
    private static func isKept(_ field: String) -> Bool {
        ["exif-data", "xmp-data", "iptc-data", "orientation"].contains(field)
            || field.hasPrefix("exif-ifd")
    }
}
