import CVips
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
        for field in image.fields where canvas.plan.metadata.strip || !isKept(field) {
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

/// Encodes the finished image. Settings are imgproxy's defaults where it has one.
enum ImageEncoder {
    static func encode(_ canvas: borrowing Canvas) throws(VipsFailure) -> VipsBytes {
        guard let name = ImageCodec(canvas.output).saver else {
            throw VipsFailure("\(canvas.output.name) is not written")
        }
        let saver = try VipsOperation(name)
        try saver.set("in", canvas.image)
        try setMetadata(saver, strip: canvas.plan.metadata.strip)
        let quality = canvas.plan.quality == 0 ? nil : canvas.plan.quality
        switch canvas.output {
        case .jpeg:
            try saver.set("Q", quality ?? 80)
            try saver.set("optimize-coding", true)
        case .png:
            // Lossless, so quality means nothing here; all filters are tried for each row.
            try saver.set("filter", VIPS_FOREIGN_PNG_FILTER_ALL.rawValue)
        case .webp:
            try saver.set("Q", quality ?? 79)
            try saver.set("effort", 4)
        case .gif:
            try saver.set("bitdepth", 8)
        case .tiff:
            // Lossless and read everywhere; neighbours are subtracted first, which deflates better.
            try saver.set("compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE.rawValue)
            try saver.set("predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL.rawValue)
        case .avif:
            try saver.set("compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1.rawValue)
            try saver.set("encoder", VIPS_FOREIGN_HEIF_ENCODER_AOM.rawValue)
            try saver.set("Q", quality ?? 63)
            try saver.set("effort", 1)
            try saver.set("bitdepth", 8)
        case .heic, .jxl, .jp2, .bmp, .ico, .svg, .pdf: break
        }
        return try saver.bytes()
    }

    /// libvips 8.15 put the flags `keep` in the place of `strip`. The colour profile and everything
    /// else that may not stay is gone from the image already.
    private static func setMetadata(
        _ saver: borrowing VipsOperation, strip: Bool
    ) throws(VipsFailure) {
        if saver.has("keep") {
            // VipsForeignKeep: EXIF 1, XMP 2, IPTC 4; the headers compiled against may lack it.
            try saver.set("keep", strip ? 0 : 1 | 2 | 4)
        } else {
            try saver.set("strip", strip)
        }
    }
}
