import ImageVocabulary

/// The one libvips operation that reads a format, the one that writes it, and the names libmagic
/// has for it. Every other loader and saver is blocked.
struct ImageCodec {
    let loader: String
    let saver: String
    /// Media types that libmagic may answer for this format.
    let magicTypes: [String]

    init(_ format: ImageFormat) {
        switch format {
        case .jpeg:
            self.init("jpegload_buffer", "jpegsave_buffer", ["image/jpeg"])
        case .png:
            self.init("pngload_buffer", "pngsave_buffer", ["image/png", "image/apng"])
        case .webp:
            self.init("webpload_buffer", "webpsave_buffer", ["image/webp"])
        case .gif:
            self.init("gifload_buffer", "gifsave_buffer", ["image/gif"])
        case .tiff:
            self.init("tiffload_buffer", "tiffsave_buffer", ["image/tiff"])
        case .avif:
            // Files whose first brand is the codec-neutral `mif1` or `msf1` are image/heif to
            // libmagic; what they hold is settled by ``AvifItems``.
            self.init(
                "heifload_buffer", "heifsave_buffer",
                ["image/avif", "image/heif", "image/heif-sequence"])
        }
    }

    private init(_ loader: String, _ saver: String, _ magicTypes: [String]) {
        self.loader = loader
        self.saver = saver
        self.magicTypes = magicTypes
    }

    /// The operations between loader and saver. The zygote makes one of each before it forks, so
    /// that their type classes exist; GObject builds a class at its first use.
    static let filters = [
        "autorot", "cast", "colourspace", "copy", "extract_area", "flatten",
        "icc_transform", "premultiply", "resize", "smartcrop", "unpremultiply",
    ]
}
