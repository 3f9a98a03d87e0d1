import ImageVocabulary

/// Makes sure that an AVIF file holds AV1 and nothing else, and a HEIC file HEVC.
///
/// Both share their container, their loader and their library: what codec runs is decided item by
/// item (ISO/IEC 23008-12, `infe`). A file that names itself AVIF and carries an HEVC item would
/// reach a decoder that no policy for AVIF was written for. Every item type is therefore checked
/// against a closed list; sources: ISO/IEC 14496-12 4.2 and 8.11, ISO/IEC 23008-12 6.6 and annex B,
/// AV1 Image File Format 1.1 section 2.
struct HEIFItems {
    private let name: String
    private let brands: Set<FourCC>
    private let codecs: Set<FourCC>

    static let avif = HEIFItems(
        name: "AVIF", brands: [FourCC("avif"), FourCC("avis")], codecs: [FourCC("av01")])
    static let heic = HEIFItems(
        name: "HEIC",
        brands: [
            FourCC("heic"), FourCC("heix"), FourCC("heim"), FourCC("heis"),
            FourCC("hevc"), FourCC("hevx"), FourCC("hevm"), FourCC("hevs"),
        ],
        codecs: [FourCC("hvc1")])

    /// What is derived from coded items (grid, overlay, identity, tone map), and metadata.
    private static let others: Set<FourCC> = [
        FourCC("grid"), FourCC("iovl"), FourCC("iden"), FourCC("tmap"),
        FourCC("Exif"), FourCC("mime"), FourCC("uri "),
    ]

    static func require(_ kind: HEIFItems, in bytes: Span<UInt8>) throws(Refusal) {
        var isBranded = false
        var items = 0
        for box in try boxes(in: bytes, 0..<bytes.count, lenient: true) {
            switch box.type {
            case FourCC("ftyp"):
                // Major brand, version, then compatible brands.
                for offset in stride(from: box.body.lowerBound, to: box.body.upperBound - 3, by: 4)
                where kind.brands.contains(FourCC(bytes, offset)) {
                    isBranded = true
                }
            case FourCC("meta"):
                items += try kind.checkMeta(bytes, box.body)
            default: break
            }
        }
        guard isBranded else {
            throw Refusal(.unknownFormat, "a HEIF file without the brand of \(kind.name)")
        }
        guard items > 0 else { throw Refusal(.brokenImage, "a \(kind.name) file without items") }
    }

    private func checkMeta(
        _ bytes: Span<UInt8>, _ body: Range<Int>
    ) throws(Refusal) -> Int {
        var items = 0
        // A full box: version and flags, four bytes, stand before the children.
        guard body.count >= 4 else { throw Self.malformed }
        for box in try Self.boxes(in: bytes, (body.lowerBound + 4)..<body.upperBound)
        where box.type == FourCC("iinf") {
            // Version and flags, then a count of 16 bits in version 0 and of 32 bits after.
            guard box.body.count >= 6 else { throw Self.malformed }
            let header = bytes[box.body.lowerBound] == 0 ? 6 : 8
            guard box.body.count >= header else { throw Self.malformed }
            let entries = (box.body.lowerBound + header)..<box.body.upperBound
            for entry in try Self.boxes(in: bytes, entries) where entry.type == FourCC("infe") {
                try checkItem(bytes, entry.body)
                items += 1
            }
        }
        return items
    }

    private func checkItem(_ bytes: Span<UInt8>, _ body: Range<Int>) throws(Refusal) {
        guard body.count >= 4 else { throw Self.malformed }
        // Version 2 has a 16-bit identifier, version 3 a 32-bit one; both then 16 bits of
        // protection index before the type. Older versions carry no type and no AVIF uses them.
        let skipped: Int
        switch bytes[body.lowerBound] {
        case 2: skipped = 8
        case 3: skipped = 10
        default: throw Self.malformed
        }
        guard body.count >= skipped + 4 else { throw Self.malformed }
        let type = FourCC(bytes, body.lowerBound + skipped)
        guard codecs.contains(type) || Self.others.contains(type) else {
            throw Refusal(.unknownFormat, "a \(name) file with an item of another codec")
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
