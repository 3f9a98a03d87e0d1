import CVips
import ImageVocabulary

/// The bytes of one image and the loader for them. The bytes are not copied: the memory must
/// outlive this value and every image that it opens.
struct ImageSource: ~Copyable {
    let format: ImageFormat
    private let bytes: VipsBytes

    init(_ format: ImageFormat, _ memory: UnsafeRawBufferPointer) {
        self.format = format
        bytes = unsafe VipsBytes(borrowing: memory)
    }

    /// A smaller image straight from the decoder, which is faster than decoding all of it.
    enum LoadScale: Equatable {
        case full
        /// JPEG: the discrete cosine transform at 1/2, 1/4 or 1/8.
        case shrunk(by: Int)
        /// WebP: any factor below 1.
        case scaled(by: Double)
    }

    /// Reads the header. Pixels follow when somebody asks for them, top to bottom and once.
    ///
    /// The first frame or page alone, and any defect in the data is an error, never a grey area.
    func open(_ scale: LoadScale = .full) throws(VipsFailure) -> VipsImageRef {
        let operation = try VipsOperation(ImageCodec(format).loader)
        try operation.set("buffer", bytes)
        try operation.set("access", VIPS_ACCESS_SEQUENTIAL.rawValue)
        try operation.set("fail-on", VIPS_FAIL_ON_ERROR.rawValue)
        switch scale {
        case .full: break
        case .shrunk(let factor): try operation.set("shrink", factor)
        case .scaled(let factor): try operation.set("scale", factor)
        }
        return try operation.image()
    }

    /// What the header of an opened image says.
    func facts(of image: borrowing VipsImageRef) -> ImageFacts {
        let bits: UInt8 =
            switch image.bandFormat {
            case VIPS_FORMAT_UCHAR, VIPS_FORMAT_CHAR: 8
            case VIPS_FORMAT_USHORT, VIPS_FORMAT_SHORT: 16
            default: 32
            }
        return ImageFacts(
            format: format, width: UInt32(clamping: image.width),
            height: UInt32(clamping: image.height),
            // The field itself: libvips' own getter takes a count of 1,000 or more for a mistake
            // and answers 1.
            frames: UInt32(clamping: max(1, image.integer("n-pages") ?? 1)),
            bands: UInt8(clamping: image.bands), bitsPerChannel: bits, hasAlpha: image.hasAlpha,
            orientation: UInt8(image.orientation), hasProfile: image.has("icc-profile-data"))
    }
}

extension JobLimits {
    /// Refuses an image whose header announces more than is allowed. One frame is decoded, so one
    /// frame's pixels count.
    func check(_ facts: ImageFacts) throws(Refusal) {
        guard facts.width <= width else {
            throw Refusal(.tooWide, "\(facts.width) pixels wide, \(width) are allowed")
        }
        guard facts.height <= height else {
            throw Refusal(.tooTall, "\(facts.height) pixels tall, \(height) are allowed")
        }
        guard facts.frames <= frames else {
            throw Refusal(.tooManyFrames, "\(facts.frames) frames, \(frames) are allowed")
        }
        // Two factors of 32 bits each cannot overflow 64 bits.
        let area = UInt64(facts.width) * UInt64(facts.height)
        guard area <= pixels else {
            throw Refusal(.tooManyPixels, "\(area) pixels, \(pixels) are allowed")
        }
    }
}
