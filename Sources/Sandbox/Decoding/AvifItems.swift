import ImageVocabulary

/// Makes sure that an AVIF file holds AV1 and nothing else.
///
/// AVIF shares its container, its loader and its library with HEIC: what codec runs is decided
/// item by item (ISO/IEC 23008-12, `infe`). A file that names itself AVIF and carries an HEVC item
/// would reach a decoder that no policy for AVIF was written for. Every item type is therefore
/// checked against a closed list; sources: ISO/IEC 14496-12 4.2 and 8.11, AV1 Image File Format
/// 1.1 section 2.
enum AvifItems {
    /// AV1, what is derived from it (grid, overlay, identity, tone map), and metadata.
    private static let allowed: Set<FourCC> = [
        FourCC("av01"), FourCC("grid"), FourCC("iovl"), FourCC("iden"), FourCC("tmap"),
        FourCC("Exif"), FourCC("mime"), FourCC("uri "),
    ]
    private static let brands: Set<FourCC> = [FourCC("avif"), FourCC("avis")]

    static func require(in bytes: Span<UInt8>) throws(Refusal) {
        var isBranded = false
        var items = 0
        for box in try boxes(in: bytes, 0..<bytes.count, lenient: true) {
            switch box.type {
            case FourCC("ftyp"):
                // Major brand, version, then compatible brands.
                for offset in stride(from: box.body.lowerBound, to: box.body.upperBound - 3, by: 4)
                where brands.contains(FourCC(bytes, offset)) {
                    isBranded = true
                }
            case FourCC("meta"):
                items += try checkMeta(bytes, box.body)
            default: break
            }
        }
        guard isBranded else {
            throw Refusal(.unknownFormat, "a HEIF file without the brand of AVIF")
        }
        guard items > 0 else { throw Refusal(.brokenImage, "an AVIF file without items") }
    }

    private static func checkMeta(
        _ bytes: Span<UInt8>, _ body: Range<Int>
    ) throws(Refusal) -> Int {
        var items = 0
        // A full box: version and flags, four bytes, stand before the children.
        guard body.count >= 4 else { throw malformed }
        for box in try boxes(in: bytes, (body.lowerBound + 4)..<body.upperBound)
        where box.type == FourCC("iinf") {
            // Version and flags, then a count of 16 bits in version 0 and of 32 bits after.
            guard box.body.count >= 6 else { throw malformed }
            let header = bytes[box.body.lowerBound] == 0 ? 6 : 8
            guard box.body.count >= header else { throw malformed }
            let entries = (box.body.lowerBound + header)..<box.body.upperBound
            for entry in try boxes(in: bytes, entries) where entry.type == FourCC("infe") {
                try checkItem(bytes, entry.body)
                items += 1
            }
        }
        return items
    }

    private static func checkItem(_ bytes: Span<UInt8>, _ body: Range<Int>) throws(Refusal) {
        guard body.count >= 4 else { throw malformed }
        // Version 2 has a 16-bit identifier, version 3 a 32-bit one; both then 16 bits of
        // protection index before the type. Older versions carry no type and no AVIF uses them.
        let skipped: Int
        switch bytes[body.lowerBound] {
        case 2: skipped = 8
        case 3: skipped = 10
        default: throw malformed
        }
        guard body.count >= skipped + 4 else { throw malformed }
        let type = FourCC(bytes, body.lowerBound + skipped)
        guard allowed.contains(type) else {
            throw Refusal(.unknownFormat, "an AVIF file with an item that is not AV1")
        }
    }

    private static var malformed: Refusal {
        Refusal(.brokenImage, "a malformed box in a HEIF file")
    }

    private struct Box {
        var type: FourCC
        var body: Range<Int>
    }

    /// The boxes that stand side by side in a range. `lenient` lets the last one reach past the
    /// end, as it does in a truncated file, unless it is the one that lists the items.
    private static func boxes(
        in bytes: Span<UInt8>, _ range: Range<Int>, lenient: Bool = false
    ) throws(Refusal) -> [Box] {
        var found: [Box] = []
        var start = range.lowerBound
        while range.upperBound - start >= 8 {
            let type = FourCC(bytes, start + 4)
            var header = 8
            var size = UInt64(FourCC(bytes, start).code)
            if size == 1 {
                guard range.upperBound - start >= 16 else { throw malformed }
                let high = UInt64(FourCC(bytes, start + 8).code)
                size = high << 32 | UInt64(FourCC(bytes, start + 12).code)
                header = 16
            } else if size == 0 {
                size = UInt64(range.upperBound - start)
            }
            guard size >= UInt64(header) else { throw malformed }
            guard size <= UInt64(range.upperBound - start) else {
                guard lenient, type != FourCC("meta") else { throw malformed }
                return found
            }
            found.append(Box(type: type, body: (start + header)..<(start + Int(size))))
            start += Int(size)
        }
        return found
    }
}

/// Four bytes, most significant first: the name of a box, a brand or an item type.
private struct FourCC: Hashable {
    let code: UInt32

    init(_ name: StaticString) {
        code = name.description.utf8.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The caller has checked that four bytes stand at the offset.
    init(_ bytes: Span<UInt8>, _ offset: Int) {
        code = (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[offset + $1]) }
    }
}
