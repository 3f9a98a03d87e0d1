import ImageVocabulary

/// What reads a format, the one libvips operation that writes it if any does, and the names libmagic
/// has for it. Every other loader and saver is blocked.
struct ImageCodec {
    let decoder: Decoder
    let saver: String?
    /// Media types that libmagic may answer for this format.
    let magicTypes: [String]

    init(_ format: ImageFormat) {
        switch format {
        case .jpeg:
            self.init(.vips("jpegload_buffer"), "jpegsave_buffer", ["image/jpeg"])
        case .png:
            self.init(.vips("pngload_buffer"), "pngsave_buffer", ["image/png", "image/apng"])
        case .webp:
            self.init(.vips("webpload_buffer"), "webpsave_buffer", ["image/webp"])
        case .gif:
            self.init(.vips("gifload_buffer"), "gifsave_buffer", ["image/gif"])
        case .tiff:
            self.init(.vips("tiffload_buffer"), "tiffsave_buffer", ["image/tiff"])
        case .avif:
            // Files whose first brand is the codec-neutral `mif1` or `msf1` are image/heif to
            // libmagic; what they hold is settled by ``HEIFItems``.
            self.init(
                .vips("heifload_buffer"), "heifsave_buffer",
                ["image/avif", "image/heif", "image/heif-sequence"])
        case .heic:
            self.init(
                .vips("heifload_buffer"), nil,
                [
                    "image/heic", "image/heic-sequence", "image/heif", "image/heif-sequence",
                ])
        case .jxl:
            self.init(.vips("jxlload_buffer"), "jxlsave_buffer", ["image/jxl"])
        case .jp2:
            self.init(
                .vips("jp2kload_buffer"), nil, ["image/jp2", "image/jpx", "image/x-jp2-codestream"])
        case .bmp:
            self.init(.bitmap, nil, ["image/bmp"])
        case .ico:
            self.init(.icon, nil, ["image/vnd.microsoft.icon", "image/x-win-bitmap"])
        case .svg:
            self.init(.vips("svgload_buffer"), nil, ["image/svg+xml"])
        case .pdf:
            self.init(.vips("pdfload_buffer"), nil, ["application/pdf"])
        }
    }

    private init(_ decoder: Decoder, _ saver: String?, _ magicTypes: [String]) {
        self.decoder = decoder
        self.saver = saver
        self.magicTypes = magicTypes
    }

    /// What turns bytes into pixels.
    enum Decoder {
        /// A loader of libvips.
        case vips(String)
        /// ``BitmapRows``: libvips reads BMP by way of ImageMagick alone, which stays blocked.
        case bitmap
        /// ``IconDirectory``, for the same reason; icons that are PNG files go to libvips.
        case icon

        /// The loaders that it needs.
        var loader: String? {
            switch self {
            case .vips(let loader): loader
            case .icon: "pngload_buffer"
            case .bitmap: nil
            }
        }
    }

    /// The operations between loader and saver. The zygote makes one of each before it forks, so
    /// that their type classes exist; GObject builds a class at its first use.
    static let filters = [
        "bandjoin_const", "cast", "colourspace", "composite2", "copy", "embed", "extract_area",
        "extract_band", "find_trim", "flatten", "flip", "gaussblur", "getpoint", "icc_transform",
        "linear", "premultiply", "profile_load", "recomb", "replicate", "resize", "rot", "sharpen",
        "shrink",
        "smartcrop", "unpremultiply", "zoom",
    ]
}
