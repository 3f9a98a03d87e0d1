public import ImageVocabulary

/// Format and size of an encoded image, read from its own header bytes.
///
/// The supervisor compares it with what a child says it produced: a child that lies about its
/// result is caught without a decoder in the trusted process. It reads no pixel and proves nothing
/// about them. Work is bounded: one pass over the header structures, whose number is limited.
public struct EncodedImageHeader: Equatable, Sendable {
    public let format: ImageFormat
    /// Width in pixels as stored, 1 to the format's ``ImageFormat/largestSide``.
    public let width: UInt32
    /// Height in pixels as stored, likewise. Orientation tags and the properties `irot` and `clap` of
    /// AVIF and HEIC are not applied.
    public let height: UInt32

    /// Reads the header of a whole encoded image.
    ///
    /// Of several images in one file it is the first (TIFF), the primary (AVIF, HEIC), the largest
    /// (ICO) or the canvas (GIF, animated WebP). SVG and PDF have no size in pixels, which is an
    /// error here.
    public init(reading bytes: Span<UInt8>) throws(EncodedImageError) {
        guard let format = ImageSignature.sniff(bytes) else { throw .unknownFormat }
        let size: PixelSize
        do throws(HeaderFault) {
            size =
                switch format {
                case .jpeg: try JPEGHeader.size(in: bytes)
                case .png: try PNGHeader.size(in: bytes)
                case .webp: try WebPHeader.size(in: bytes)
                case .gif: try GIFHeader.size(in: bytes)
                case .tiff: try TIFFHeader.size(in: bytes)
                case .avif, .heic: try HEIFHeader.size(in: bytes)
                case .jxl: try JXLHeader.size(in: bytes)
                case .jp2: try JP2Header.size(in: bytes)
                case .bmp: try BMPHeader.size(in: bytes)
                case .ico: try ICOHeader.size(in: bytes)
                case .svg, .pdf: throw HeaderFault("a drawing has no pixels of its own")
                }
        } catch {
            throw .broken(format, error.what)
        }
        let largest = UInt64(format.largestSide)
        guard size.width > 0, size.width <= largest, size.height > 0, size.height <= largest,
            let width = UInt32(exactly: size.width), let height = UInt32(exactly: size.height)
        else { throw .broken(format, "a side of no pixels or too many") }
        self.format = format
        self.width = width
        self.height = height
    }
}

/// Why no size could be read from an encoded image. For logs and records, not for clients.
public enum EncodedImageError: Error, Equatable, Sendable {
    /// The bytes begin with no known magic number.
    case unknownFormat
    /// The header is cut off or contradicts its format; the text is from a fixed list.
    case broken(ImageFormat, String)
}

/// A size as a header has it, not yet checked.
struct PixelSize: Equatable {
    var width: UInt64
    var height: UInt64
}

/// What stopped a header's reader.
struct HeaderFault: Error {
    let what: String

    init(_ what: String) { self.what = what }

    /// The bytes end before the size.
    static let truncated = HeaderFault("it ends before its size")
}
