import ImageVocabulary

/// The one libvips operation that reads a format, the one that writes it if any does, and the names
/// libmagic has for it. Every other loader and saver is blocked.
struct ImageCodec {
    let loader: String
    let saver: String?
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
        case .heic:
            self.init("heifload_buffer", nil, ["image/heic", "image/heic-sequence"])
        case .jxl:
            self.init("jxlload_buffer", nil, ["image/jxl"])
        case .jp2:
            self.init("jp2kload_buffer", nil, ["image/jp2"])
        case .bmp:
            self.init("rawload", nil, ["image/bmp"])
        case .ico:
            self.init("pngload_buffer", nil, ["image/vnd.microsoft.icon"])
        case .svg:
            self.init("svgload_buffer", nil, ["image/svg+xml"])
        case .pdf:
            self.init("pdfload_buffer", nil, ["application/pdf"])
        }
    }

    private init(_ loader: String, _ saver: String?, _ magicTypes: [String]) {
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
