import ImageVocabulary

/// Who made a picture and whose it is: what may stay when everything else that is known of it goes.
/// It is read here and written anew, so that nothing else can come along.
struct CopyrightNotices {
    /// EXIF's artist and copyright, without their NULs.
    private var artist: [UInt8]?
    private var copyright: [UInt8]?
    private var iptc: [UInt8]?
    private var xmp: [UInt8]?

    /// Of a text of EXIF, as much as libvips keeps of one (its vips_exif_to_s).
    private static let longestText = 254

    init(_ image: borrowing VipsImageRef, _ source: borrowing ImageSource) {
        let exif =
            source.format == .tiff
            ? source.withFile { EXIFReader($0) }
            : image.withSpan(of: "exif-data") { EXIFReader($0) } ?? nil
        artist = exif.flatMap { Self.text(0x013B, $0) }
        copyright = exif.flatMap { Self.text(0x8298, $0) }
        iptc = image.withSpan(of: "iptc-data") { IPTCFilter.notices(in: $0) } ?? nil
        xmp = image.withSpan(of: "xmp-data") { XMPFilter.notices(in: $0) } ?? nil
    }

    private static func text(_ tag: Int, _ exif: EXIFReader) -> [UInt8]? {
        let text = exif.value(tag, in: exif.main).flatMap { exif.text($0) }
            .map { Array($0.prefix { $0 != 0 }.prefix(longestText)) }
        return text.flatMap { $0.contains { $0 != 0x20 } ? $0 : nil }
    }

    /// Puts them on an image that has no metadata, and that nothing else refers to.
    func put(on image: borrowing VipsImageRef, for output: ImageFormat) {
        let texts = [("Artist", 0x013B, artist), ("Copyright", 0x8298, copyright)]
            .compactMap { name, tag, text in text.map { (name: name, tag: tag, text: $0) } }
        if !texts.isEmpty {
            image.set("exif-data", Self.exif(texts.map { ($0.tag, $0.text) }))
            // libvips drops what of EXIF has no field, and takes its text from the field up to what
            // it puts behind it itself.
            for (name, _, text) in texts {
                let size = text.count + 1
                let tail = " (ASCII, ASCII, \(size) components, \(size) bytes)"
                image.set("exif-ifd0-\(name)", text: text + Array(tail.utf8))
            }
        }
        if let iptc {
            image.set(
                "iptc-data",
                output == .tiff ? IPTCFilter.asField(iptc) : IPTCFilter.asResource(iptc))
        }
        if let xmp { image.set("xmp-data", xmp) }
    }

    /// EXIF of one directory with nothing but texts (TIFF 6.0 section 2), by rising tags.
    private static func exif(_ texts: [(tag: Int, text: [UInt8])]) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var directory = little(texts.count, 2)
        var values: [UInt8] = []
        // Behind the header, the count, the entries and the place of a next directory.
        let start = 8 + 2 + 12 * texts.count + 4
        for (tag, text) in texts {
            // Texts of up to four bytes stand in the entry itself.
            let value = text + [0]
            directory += little(tag, 2) + little(2, 2) + little(value.count, 4)
            if value.count <= 4 {
                directory += value + [UInt8](repeating: 0, count: 4 - value.count)
            } else {
                directory += little(start + values.count, 4)
                values += value + (value.count.isMultiple(of: 2) ? [] : [0])
            }
        }
        return Array("Exif\0\0II*\0".utf8) + little(8, 4) + directory + little(0, 4) + values
    }
}
