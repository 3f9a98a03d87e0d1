import CVips
import ImageVocabulary

/// Encodes the finished image. Settings are imgproxy's defaults where it has one.
enum ImageEncoder {
    static func encode(
        _ canvas: borrowing Canvas, _ limits: JobLimits
    ) throws(Refusal) -> EncodedImage {
        let format = Plan.substitute(
            for: canvas.output, width: canvas.size.width,
            height: canvas.image.integer("page-height") ?? canvas.size.height,
            hasAlpha: canvas.facts.hasAlpha)
        if format == .bmp {
            let size = BitmapWriter.size(of: canvas.image)
            guard let size, UInt64(size) <= limits.outputBytes else {
                throw Refusal(.outputTooLarge, "more than \(limits.outputBytes) bytes")
            }
        }
        do throws(VipsFailure) {
            guard format != .bmp else {
                return EncodedImage(format, .own(try BitmapWriter.write(canvas.image)))
            }
            return EncodedImage(format, .vips(try smallEnough(canvas, format)))
        } catch {
            throw Refusal(.processingFailed, error)
        }
    }

    /// imgproxy's loop: less and less quality until the result is as small as was asked for, or the
    /// quality as low as it may get.
    private static func smallEnough(
        _ canvas: borrowing Canvas, _ format: ImageFormat
    ) throws(VipsFailure) -> VipsBytes {
        let plan = canvas.plan
        var quality = Int(plan.quality == 0 ? plan.formatQualities[format] : plan.quality)
        var encoded = try encode(canvas, format, quality)
        guard plan.mostBytes > 0, format.hasQuality else { return encoded }
        while true {
            let count = encoded.withBytes { $0.count }
            guard count > Int(plan.mostBytes), quality > lowestQuality else { return encoded }
            let excess = Double(count) / Double(plan.mostBytes)
            let factor = excess > 3 ? 0.25 : excess > 1.5 ? 0.5 : 0.75
            quality = max(1, min(quality - 1, Int(Double(quality) * factor)))
            encoded = try encode(canvas, format, quality)
        }
    }

    /// From here on results are not made smaller.
    private static let lowestQuality = 10

    private static func encode(
        _ canvas: borrowing Canvas, _ format: ImageFormat, _ quality: Int
    ) throws(VipsFailure) -> VipsBytes {
        guard let name = ImageCodec(format).saver else {
            throw VipsFailure("\(format.name) is not written")
        }
        let saver = try VipsOperation(name)
        try saver.set("in", canvas.image)
        try setMetadata(saver, of: canvas)
        let encoding = canvas.plan.encoding
        switch format {
        case .jpeg:
            try saver.set("Q", quality)
            try saver.set("optimize-coding", true)
            if encoding.progressive { try saver.set("interlace", true) }
            // A substitute's image may have become transparent on the way.
            if canvas.image.hasAlpha { try saver.set("background", [canvas.image.fullValue]) }
        case .png:
            if encoding.progressive { try saver.set("interlace", true) }
            if let bits = canvas.paletteBits {
                try saver.set("palette", true)
                try saver.set("bitdepth", bits)
            } else {
                // Lossless, so quality means nothing here; all filters are tried for each row.
                try saver.set("filter", VIPS_FOREIGN_PNG_FILTER_ALL.rawValue)
            }
        case .webp:
            try saver.set("Q", quality)
            try saver.set("effort", 4)
        case .gif:
            try saver.set("bitdepth", 8)
            if encoding.progressive { try saver.set("interlace", true) }
        case .tiff:
            // Lossless and read everywhere; neighbours are subtracted first, which deflates better.
            try saver.set("compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE.rawValue)
            try saver.set("predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL.rawValue)
        case .avif:
            try saver.set("compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1.rawValue)
            try saver.set("encoder", VIPS_FOREIGN_HEIF_ENCODER_AOM.rawValue)
            try saver.set("Q", quality)
            try saver.set("effort", 1)
            // libheif 1.15 ends the process for 10 bits without subsampled colours.
            try saver.set("bitdepth", canvas.isDeep ? 12 : 8)
        case .jxl:
            try saver.set("Q", quality)
            try saver.set("effort", 4)
        case .heic, .jp2, .bmp, .ico, .svg, .pdf: break
        }
        return try saver.bytes()
    }

    /// libvips 8.15 put the flags `keep` in the place of `strip`. What may not stay is gone from the
    /// image already.
    private static func setMetadata(
        _ saver: borrowing VipsOperation, of canvas: borrowing Canvas
    ) throws(VipsFailure) {
        let strip = !Metadata.isOn(canvas.image)
        let hasProfile = canvas.profile != nil
        // In a JPEG libvips writes the density as EXIF.
        let hasDensity = canvas.plan.dpi != nil
        if saver.has("keep") {
            // VipsForeignKeep: EXIF 1, XMP 2, IPTC 4, ICC 8; the headers compiled against may lack it.
            let kept = (strip ? 0 : 1 | 2 | 4) | (hasProfile ? 8 : 0) | (hasDensity ? 1 : 0)
            try saver.set("keep", kept)
        } else {
            try saver.set("strip", strip && !hasProfile && !hasDensity)
        }
    }
}

/// A result, ready to be sent.
struct EncodedImage: ~Copyable {
    let format: ImageFormat
    private let bytes: Bytes

    enum Bytes: ~Copyable {
        case vips(VipsBytes)
        case own([UInt8])
    }

    init(_ format: ImageFormat, _ bytes: consuming Bytes) {
        self.format = format
        self.bytes = bytes
    }

    /// The bytes, borrowed for the time of the closure.
    func withBytes<Failure>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        switch bytes {
        case .vips(let blob): try blob.withBytes(body)
        case .own(let array): try body(array.span)
        }
    }
}
