import CVips
import ImageVocabulary

/// Collects what a source says of itself beside its header.
enum DetailsReader {
    static func read(
        _ wishes: InfoWishes, of source: borrowing ImageSource, _ facts: ImageFacts,
        _ limits: JobLimits, _ report: inout some JobReport
    ) throws(Refusal) -> ImageDetails {
        // The decoders written here compute pixels when they open, and know no metadata.
        var details = ImageDetails(colorSpace: .rgb)
        if case .vips = ImageCodec(source.format).decoder {
            do throws(VipsFailure) {
                details = headerDetails(of: try source.open(), source, wishes)
            } catch {
                throw Refusal(.brokenImage, error)
            }
        }
        if wishes.contains(.dominantColor) {
            details.dominantColor = try DominantColor.of(source, facts, limits, &report)
        }
        return details
    }

    private static func headerDetails(
        of image: borrowing VipsImageRef, _ source: borrowing ImageSource, _ wishes: InfoWishes
    ) -> ImageDetails {
        var details = ImageDetails(colorSpace: colorSpace(image.interpretation))
        details.resolution = resolution(of: image, source.format)
        if source.format == .tiff {
            source.withFile { EXIFReader($0)?.add(to: &details, wishes) }
        } else {
            _ = image.withSpan(of: "exif-data") { EXIFReader($0)?.add(to: &details, wishes) }
        }
        details.texts[.profile] = image.withSpan(of: "icc-profile-data") { ProfileName.read($0) }
            .flatMap { $0 }
        if source.format == .pdf {
            details.texts[.title] = image.text("pdf-title").flatMap { DetailText(cleaning: $0) }
            details.texts[.author] = image.text("pdf-author").flatMap { DetailText(cleaning: $0) }
        }
        return details
    }

    private static func colorSpace(_ interpretation: VipsInterpretation) -> ColorSpace {
        switch interpretation {
        case VIPS_INTERPRETATION_sRGB, VIPS_INTERPRETATION_RGB, VIPS_INTERPRETATION_RGB16,
            VIPS_INTERPRETATION_scRGB:
            .rgb
        case VIPS_INTERPRETATION_B_W, VIPS_INTERPRETATION_GREY16: .grey
        case VIPS_INTERPRETATION_CMYK: .cmyk
        case VIPS_INTERPRETATION_LAB, VIPS_INTERPRETATION_LABS, VIPS_INTERPRETATION_LABQ: .lab
        default: .other
        }
    }

    /// libvips names a unit where a JPEG or TIFF does. A PNG that says nothing has 72 dots an inch for
    /// it, cut to 2,834 a metre by some versions; files that mean 72 say 2,835.
    private static func resolution(
        of image: borrowing VipsImageRef, _ format: ImageFormat
    ) -> Resolution? {
        let (x, y) = image.resolution
        let isSaid =
            format == .png
            ? (x * 1_000 + 0.01).rounded(.down) != 2_834 : image.has("resolution-unit")
        guard isSaid else { return nil }
        // To tenths: what was meant in inches comes back from dots a metre with a remainder.
        func inches(_ value: Double) -> Double { (value * 25.4 * 10).rounded() / 10 }
        return Resolution(x: inches(x), y: inches(y))
    }
}

extension VipsImageRef {
    /// The bytes of a binary metadata field, borrowed for the time of the closure.
    func withSpan<Result>(of field: String, _ body: (Span<UInt8>) -> Result) -> Result? {
        // The memory belongs to the image, which outlives the call.
        unsafe withBytes(of: field) { bytes in unsafe body(bytes.bindMemory(to: UInt8.self).span) }
    }
}
