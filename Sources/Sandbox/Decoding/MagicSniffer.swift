import CMagic
import Glibc
import ImageVocabulary

/// libmagic, opened once: the second opinion on what the bytes of an image are.
@safe
struct MagicSniffer: ~Copyable {
    /// Bytes of an input that libmagic looks at.
    static let window = 4_096

    private let cookie: magic_t

    /// Opens libmagic and loads its compiled database.
    ///
    /// Only the database's own entries are consulted: no text, tar, CDF, JSON, CSV or ELF parsers,
    /// and no look into compressed data, for which libmagic starts other programs.
    static func open() throws(LibraryFailure) -> MagicSniffer {
        let flags =
            MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_APPTYPE
            | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_TEXT | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_CSV
            | MAGIC_NO_CHECK_TOKENS | MAGIC_NO_CHECK_ENCODING | MAGIC_NO_CHECK_JSON
        guard let cookie = unsafe magic_open(flags) else {
            throw LibraryFailure("libmagic does not open: error \(errno)")
        }
        let sniffer = unsafe MagicSniffer(cookie: cookie)
        // NULL names the database that libmagic was built with.
        guard unsafe magic_load(sniffer.cookie, nil) == 0 else {
            throw LibraryFailure(
                "libmagic does not load its database; install the package that carries magic.mgc")
        }
        return sniffer
    }

    deinit {
        // The cookie is this value's alone.
        unsafe magic_close(cookie)
    }

    /// The media type of the first ``window`` bytes, nil when libmagic fails.
    func mediaType(of bytes: Span<UInt8>) -> String? {
        unsafe bytes.extracting(first: min(bytes.count, Self.window)).withUnsafeBytes { window in
            // The answer belongs to the cookie until the next call; it is copied here.
            guard let type = unsafe magic_buffer(cookie, window.baseAddress, window.count) else {
                return nil
            }
            return unsafe String(cString: type)
        }
    }

    /// Makes sure that the bytes are of the format that the supervisor read from them.
    func require(_ announced: ImageFormat, _ bytes: Span<UInt8>) throws(Refusal) {
        let start = announced == .svg ? SVGText.start(in: bytes) : 0
        guard let type = mediaType(of: bytes.extracting(start..<bytes.count)),
            ImageFormat.allCases.contains(where: { ImageCodec($0).magicTypes.contains(type) })
        else {
            throw Refusal(.unknownFormat, "libmagic knows no image format in these bytes")
        }
        guard ImageCodec(announced).magicTypes.contains(type) else {
            throw Refusal(.formatMismatch, "\(announced.name) was announced, this is \(type)")
        }
        switch announced {
        case .avif: try HEIFItems.require(.avif, in: bytes)
        case .heic: try HEIFItems.require(.heic, in: bytes)
        default: break
        }
    }
}
