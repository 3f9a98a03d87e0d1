import CVips
import ImageVocabulary

/// The bytes of one image and the loader for them. The bytes are not copied: the memory must
/// outlive this value and every image that it opens.
struct ImageSource: ~Copyable {
    let format: ImageFormat
    /// The other images of the job.
    var companions = Companions()
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
        /// WebP: any factor below 1. Drawings: any factor.
        case scaled(by: Double)
        /// HEIC and AVIF: the embedded preview, where there is one.
        case preview
    }

    /// Reads the header. From a loader of libvips pixels follow when somebody asks for them, top to
    /// bottom and once; the decoders written here compute them now, so that their size must have
    /// been checked before.
    ///
    /// Several pages come as one image, below each other. Any defect in the data is an error, never a
    /// grey area.
    func open(
        _ scale: LoadScale = .full, _ pages: PageSelection = .first
    ) throws(VipsFailure) -> VipsImageRef {
        switch ImageCodec(format).decoder {
        case .vips(let loader):
            return try Self.open(loader, bytes, scale, pages)
        case .bitmap:
            return try bytes.withBytes { bytes throws(VipsFailure) in
                let rows = try BitmapRows(try BitmapHeader(file: bytes), in: bytes)
                return try VipsImageRef.filled(
                    width: rows.header.width, height: rows.header.height, bands: rows.bands
                ) { y, row throws(VipsFailure) in try rows.read(y, of: bytes, into: &row) }
            }
        case .icon:
            return try withIcon { image, _ throws(VipsFailure) in
                if IconDirectory.isPNG(image) { return try Self.openPNG(image) }
                let rows = try IconRows(try BitmapHeader(icon: image), in: image)
                return try VipsImageRef.filled(
                    width: rows.header.width, height: rows.header.height, bands: 4
                ) { y, row throws(VipsFailure) in try rows.read(y, of: image, into: &row) }
            }
        }
    }

    /// What the header says. No pixel is decoded for it.
    ///
    /// - Parameter pages: those whose size it is, of all together.
    func facts(_ pages: PageSelection = .first) throws(VipsFailure) -> ImageFacts {
        switch ImageCodec(format).decoder {
        case .vips:
            return facts(of: try open(.full, pages))
        case .bitmap:
            return try bytes.withBytes { bytes throws(VipsFailure) in
                let header = try BitmapHeader(file: bytes)
                return facts(of: header, hasAlpha: header.hasAlpha, frames: 1)
            }
        case .icon:
            return try withIcon { image, count throws(VipsFailure) in
                guard IconDirectory.isPNG(image) else {
                    return facts(of: try BitmapHeader(icon: image), hasAlpha: true, frames: count)
                }
                var facts = facts(of: try Self.openPNG(image))
                facts.frames = UInt32(clamping: count)
                return facts
            }
        }
    }

    /// The file's own bytes, for what no loader tells.
    func withFile<Result, Failure>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withBytes(body)
    }

    private static func open(
        _ loader: String, _ bytes: borrowing VipsBytes, _ scale: LoadScale,
        _ pages: PageSelection = .first
    ) throws(VipsFailure) -> VipsImageRef {
        let operation = try VipsOperation(loader)
        try operation.set("buffer", bytes)
        try operation.set("access", VIPS_ACCESS_SEQUENTIAL.rawValue)
        try operation.set("fail-on", VIPS_FAIL_ON_ERROR.rawValue)
        switch scale {
        case .full: break
        case .shrunk(let factor): try operation.set("shrink", factor)
        case .scaled(let factor): try operation.set("scale", factor)
        case .preview: try operation.set("thumbnail", true)
        }
        if pages.start > 0 { try operation.set("page", pages.start) }
        if pages.count > 1 { try operation.set("n", pages.count) }
        if let dpi = pages.dpi { try operation.set("dpi", dpi) }
        return try operation.image()
    }

    /// The image that an icon's file is shown as, and how many it holds.
    private func withIcon<Result: ~Copyable>(
        _ body: (Span<UInt8>, Int) throws(VipsFailure) -> Result
    ) throws(VipsFailure) -> Result {
        try bytes.withBytes { bytes throws(VipsFailure) in
            let directory = try IconDirectory(bytes)
            return try body(bytes.extracting(directory.image), directory.count)
        }
    }

    private static func openPNG(_ image: Span<UInt8>) throws(VipsFailure) -> VipsImageRef {
        // The bytes are part of the input, which outlives every image that is opened from it.
        try unsafe image.withUnsafeBytes { memory throws(VipsFailure) in
            try open("pngload_buffer", unsafe VipsBytes(borrowing: memory), .full)
        }
    }

    private func facts(of header: BitmapHeader, hasAlpha: Bool, frames: Int) -> ImageFacts {
        ImageFacts(
            format: format, width: UInt32(clamping: header.width),
            height: UInt32(clamping: header.height), frames: UInt32(clamping: frames),
            bands: hasAlpha ? 4 : 3, bitsPerChannel: 8, hasAlpha: hasAlpha, orientation: 1,
            hasProfile: false)
    }

    private func frames(of image: borrowing VipsImageRef) -> UInt32 {
        // The pages of a JPEG 2000 are one image in several sizes.
        guard format != .jp2 else { return 1 }
        // The field itself: libvips' own getter takes a count of 1,000 or more for a mistake and
        // answers 1.
        return UInt32(clamping: max(1, image.integer("n-pages") ?? 1))
    }

    /// What the header of an opened image says.
    private func facts(of image: borrowing VipsImageRef) -> ImageFacts {
        let bits: UInt8 =
            switch image.bandFormat {
            case VIPS_FORMAT_UCHAR, VIPS_FORMAT_CHAR: 8
            case VIPS_FORMAT_USHORT, VIPS_FORMAT_SHORT: 16
            default: 32
            }
        return ImageFacts(
            format: format, width: UInt32(clamping: image.width),
            height: UInt32(clamping: image.height),
            frames: frames(of: image),
            bands: UInt8(clamping: image.bands), bitsPerChannel: bits, hasAlpha: image.hasAlpha,
            orientation: UInt8(image.orientation), hasProfile: image.has("icc-profile-data"))
    }
}
