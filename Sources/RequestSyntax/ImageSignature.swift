public import ImageVocabulary

/// The magic numbers of the formats this service reads: enough to turn nonsense away early and to
/// choose a policy. Whether the bytes are an image is decided by libmagic and a decoder, confined.
public enum ImageSignature {
    /// No more than this many bytes are looked at.
    public static let longestNeeded = 4_096

    /// The format whose magic number stands at the start of `bytes`.
    ///
    /// - Parameter bytes: the first ``longestNeeded`` bytes of the input, or all of a shorter one.
    ///   With fewer an AVIF that lists many brands or an SVG with a long prolog may go unrecognised.
    public static func sniff(_ bytes: Span<UInt8>) -> ImageFormat? {
        // ITU-T T.81 B.1.1: SOI, then the first byte of the next marker.
        if bytes.has([0xFF, 0xD8, 0xFF], at: 0) { return .jpeg }
        // PNG third edition 5.2.
        if bytes.has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0) { return .png }
        // RFC 9649 section 2.4; the size between the two is read with the header.
        if bytes.has("RIFF", at: 0), bytes.has("WEBP", at: 8) { return .webp }
        // GIF89a section 17.
        if bytes.has("GIF87a", at: 0) || bytes.has("GIF89a", at: 0) { return .gif }
        // TIFF 6.0 section 2, and BigTIFF, which libtiff reads alike.
        if bytes.has([0x49, 0x49, 42, 0], at: 0) || bytes.has([0x4D, 0x4D, 0, 42], at: 0)
            || bytes.has([0x49, 0x49, 43, 0], at: 0) || bytes.has([0x4D, 0x4D, 0, 43], at: 0)
        {
            return .tiff
        }
        // ISO/IEC 18181-2 section 3 (the signature box) and 18181-1 annex D (a bare codestream).
        if bytes.has([0, 0, 0, 12], at: 0), bytes.has("JXL \r\n\u{87}\n".latin1, at: 4) {
            return .jxl
        }
        if bytes.has([0xFF, 0x0A], at: 0) { return .jxl }
        if isJPEG2000(bytes) { return .jp2 }
        if BMPHeader.isOne(bytes) { return .bmp }
        if ICOHeader.isOne(bytes) { return .ico }
        // ISO 32000-1 section 7.5.2; a line end or a byte order mark before it is common, and all
        // that libmagic lets pass.
        let isPDF = ["", "\n", "\u{FEFF}"].contains { bytes.has($0 + "%PDF-", at: 0) }
        if isPDF { return .pdf }
        if let format = heifFormat(bytes) { return format }
        return SVGProlog.leadsToSVG(bytes) ? .svg : nil
    }

    /// ITU-T T.800 annex I.5.1 and I.5.2: the signature box, then `ftyp` with a brand for still
    /// images; or a codestream without boxes (A.4.1 and A.5.1), which begins with SOC and SIZ.
    private static func isJPEG2000(_ bytes: Span<UInt8>) -> Bool {
        if bytes.has([0xFF, 0x4F, 0xFF, 0x51], at: 0) { return true }
        return bytes.has([0, 0, 0, 12], at: 0) && bytes.has("jP  \r\n\u{87}\n".latin1, at: 4)
            && bytes.has("ftyp", at: 16)
            && (bytes.has("jp2 ", at: 20) || bytes.has("jpx ", at: 20))
    }

    /// AVIF or HEIC by the brands that a whole `ftyp` box at the start names, as its major brand or
    /// among the compatible ones. A file that names both is AVIF; what codec its items need is
    /// looked at in the child. Sources: AV1 Image File Format section 6, ISO/IEC 23008-12 annex B.4.
    private static func heifFormat(_ bytes: Span<UInt8>) -> ImageFormat? {
        let window = 0..<min(bytes.count, longestNeeded)
        // The first four bytes must be a size: a box that fills the file has no room for an image.
        guard let size = bytes.bigEndian(4, at: 0), size > 1,
            let box = ISOBox(at: window, of: bytes), box.type == ISOBox.code("ftyp"),
            box.content.count >= 8, box.content.count.isMultiple(of: 4)
        else { return nil }
        let major = box.content.lowerBound
        let brands = stride(from: major, to: box.content.upperBound, by: 4).filter {
            // The four bytes after the major brand are its version.
            $0 != major + 4
        }
        func names(_ known: [String]) -> Bool {
            brands.contains { offset in known.contains { bytes.has($0, at: offset) } }
        }
        if names(["avif", "avis"]) { return .avif }
        return names(["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"]) ? .heic : nil
    }
}

extension String {
    /// Each character below 256 as one byte.
    fileprivate var latin1: [UInt8] { unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
}
