import CVips
import ImageVocabulary

/// Drops what the result must not carry: always page layout, comments and embedded previews of the
/// original; EXIF, XMP and IPTC when asked, but for the names of authors and owners where those are to
/// stay. A colour profile that the result carries is put back by ``ResultHeader``.
enum Metadata {
    static func apply(
        _ canvas: inout Canvas, _ source: borrowing ImageSource
    ) throws(VipsFailure) {
        // A copy of the header, not of the pixels, because metadata is shared between images.
        let operation = try VipsOperation("copy")
        try operation.set("in", canvas.image)
        let image = try operation.image()
        let plan = canvas.plan.metadata
        let notices = plan.strip && plan.keepCopyright ? CopyrightNotices(image, source) : nil
        for field in image.fields where !isKept(field, plan) { image.remove(field) }
        notices?.put(on: image, for: canvas.output)
        canvas.image = image
    }

    /// Whether an image has anything of EXIF, XMP and IPTC that a saver is to write.
    static func isOn(_ image: borrowing VipsImageRef) -> Bool {
        for field in blocks where image.has(field) { return true }
        return false
    }

    private static let blocks = ["exif-data", "xmp-data", "iptc-data"]

    /// libvips rewrites EXIF from its fields when it saves, so that an orientation that was applied
    /// is not written again.
    private static func isKept(_ field: String, _ plan: MetadataPlan) -> Bool {
        !plan.strip
            && (blocks.contains(field) || field == "orientation" || field.hasPrefix("exif-ifd"))
    }
}
