public import ImageVocabulary

/// The magic numbers of the formats this service reads: enough to turn nonsense away early and to
/// choose a policy. Whether the bytes are an image is decided by libmagic and a decoder, confined.
public enum ImageSignature {
    /// No more than this many bytes are looked at.
    public static let longestNeeded = 4_096

    /// The format whose magic number stands at the start of `bytes`.
    ///
    /// - Parameter bytes: the first ``longestNeeded`` bytes of the input, or all of a shorter one.
    ///   With fewer an AVIF that lists many brands may go unrecognised.
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
        return hasAVIFBrand(bytes) ? .avif : nil
    }

    /// Whether the bytes begin with a whole `ftyp` box that names `avif` or `avis` (AV1 Image File
    /// Format section 6) as its major brand or among the compatible ones. A file of the same
    /// container with other brands alone, such as HEIC, is not one.
    private static func hasAVIFBrand(_ bytes: Span<UInt8>) -> Bool {
        let window = 0..<min(bytes.count, longestNeeded)
        // The first four bytes must be a size: a box that fills the file has no room for an image.
        guard let size = bytes.bigEndian(4, at: 0), size > 1,
            let box = ISOBox(at: window, of: bytes), box.type == ISOBox.code("ftyp"),
            box.content.count >= 8, box.content.count.isMultiple(of: 4)
        else { return false }
        let major = box.content.lowerBound
        return stride(from: major, to: box.content.upperBound, by: 4).contains { offset in
            // The four bytes after the major brand are its version.
            offset != major + 4 && (bytes.has("avif", at: offset) || bytes.has("avis", at: offset))
        }
    }
}
