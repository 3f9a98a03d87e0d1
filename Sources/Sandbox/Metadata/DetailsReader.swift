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
        if !source.format.isVector { details.resolution = resolution(of: image) }
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

    /// libvips has one pixel a millimetre for a file that says nothing.
    private static func resolution(of image: borrowing VipsImageRef) -> Resolution? {
        let (x, y) = image.resolution
        guard x != 1 || y != 1 else { return nil }
        // To hundredths: what a file says in inches comes back from millimetres with a remainder.
        func inches(_ value: Double) -> Double { (value * 25.4 * 100).rounded() / 100 }
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
