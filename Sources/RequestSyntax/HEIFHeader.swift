/// AVIF and HEIC: the `ispe` property of the primary item, found in the file's `meta` box
/// (ISO/IEC 23008-12 sections 6.5.3 and 9.3, ISO/IEC 14496-12 section 8.11).
enum HEIFHeader {
    /// Boxes at one level of the tree.
    private static let mostBoxes = 1_024
    /// Items, and properties of one item, in an association table.
    private static let mostAssociations = 16_384

    static func size(in bytes: Span<UInt8>) throws(HeaderFault) -> PixelSize {
        let file = try boxes(in: 0..<bytes.count, of: bytes)
        let meta = try only("meta", in: file)
        // `meta` is a full box: four bytes of version and flags come before its children.
        let children = try boxes(in: try dropVersion(meta.content), of: bytes)
        let iprp = try only("iprp", in: children)
        let tables = try boxes(in: iprp.content, of: bytes)
        let properties = try boxes(in: try only("ipco", in: tables).content, of: bytes)

        let sizes = try properties.map { property throws(HeaderFault) -> PixelSize? in
            try extent(property, bytes)
        }
        guard let primary = try primaryItem(children, bytes) else {
            return try largest(sizes)
        }
        var own: [PixelSize] = []
        for table in tables where table.type == ISOBox.code("ipma") {
            for index in try associations(of: primary, in: table.content, bytes) {
                // Property numbers begin at 1; 0 says that there is none.
                if index >= 1, index <= sizes.count, let size = sizes[index - 1] {
                    own.append(size)
                }
            }
        }
        guard let size = own.first else { return try largest(sizes) }
        guard own.allSatisfy({ $0 == size }) else {
            throw HeaderFault("a primary image of two sizes")
        }
        return size
    }

    /// The boxes that fill `range`, without what is in them.
    private static func boxes(
        in range: Range<Int>, of bytes: Span<UInt8>
    ) throws(HeaderFault) -> [ISOBox] {
        var found: [ISOBox] = []
        var rest = range
        while !rest.isEmpty {
            guard let box = ISOBox(at: rest, of: bytes) else {
                throw HeaderFault("a box that does not fit")
            }
            guard found.count < mostBoxes else { throw HeaderFault("too many boxes") }
            found.append(box)
            rest = box.content.upperBound..<range.upperBound
        }
        return found
    }

    /// The box of that type, of which there must be one.
    private static func only(_ type: String, in boxes: [ISOBox]) throws(HeaderFault) -> ISOBox {
        let matches = boxes.filter { $0.type == ISOBox.code(type) }
        guard matches.count == 1 else { throw HeaderFault("not exactly one \(type) box") }
        return matches[0]
    }

    private static func dropVersion(_ range: Range<Int>) throws(HeaderFault) -> Range<Int> {
        guard range.count >= 4 else { throw HeaderFault("a box without its version") }
        return range.dropFirst(4)
    }

    /// What an `ispe` box says: version and flags 0, then 32 bits each. Nil for another property.
    private static func extent(
        _ box: ISOBox, _ bytes: Span<UInt8>
    ) throws(HeaderFault) -> PixelSize? {
        guard box.type == ISOBox.code("ispe") else { return nil }
        let start = box.content.lowerBound
        guard box.content.count == 12, bytes.bigEndian(4, at: start) == 0,
            let width = bytes.bigEndian(4, at: start + 4),
            let height = bytes.bigEndian(4, at: start + 8)
        else { throw HeaderFault("an ispe box of the wrong shape") }
        return PixelSize(width: width, height: height)
    }

    private static func largest(_ sizes: [PixelSize?]) throws(HeaderFault) -> PixelSize {
        // Each side has 32 bits, so their product fits 64.
        let largest = sizes.compactMap(\.self).max { $0.width * $0.height < $1.width * $1.height }
        guard let largest else { throw HeaderFault("no ispe box") }
        return largest
    }

    /// The item number in `pitm`, 16 bits in version 0 and 32 after it; nil without that box.
    private static func primaryItem(
        _ boxes: [ISOBox], _ bytes: Span<UInt8>
    ) throws(HeaderFault) -> UInt64? {
        guard boxes.contains(where: { $0.type == ISOBox.code("pitm") }) else { return nil }
        let content = try only("pitm", in: boxes).content
        let id = try dropVersion(content)
        let length = bytes[content.lowerBound] == 0 ? 2 : 4
        guard id.count == length, let number = bytes.bigEndian(length, at: id.lowerBound) else {
            throw HeaderFault("a pitm box of the wrong shape")
        }
        return number
    }

    /// The property numbers that an `ipma` box gives to one item.
    private static func associations(
        of item: UInt64, in content: Range<Int>, _ bytes: Span<UInt8>
    ) throws(HeaderFault) -> [Int] {
        let fields = try dropVersion(content)
        // Version 0 has item numbers of 16 bits; flag 1 has property numbers of 15 bits, not 7.
        let idLength = bytes[content.lowerBound] == 0 ? 2 : 4
        let indexLength = bytes[fields.lowerBound - 1] & 1 == 1 ? 2 : 1
        let indexMask: UInt64 = indexLength == 2 ? 0x7FFF : 0x7F
        var cursor = BoxCursor(rest: fields)
        var budget = mostAssociations
        var found: [Int] = []
        for _ in 0..<(try cursor.next(4, of: bytes)) {
            let id = try cursor.next(idLength, of: bytes)
            let count = try cursor.next(1, of: bytes)
            budget -= 1 + Int(count)
            guard budget >= 0 else { throw HeaderFault("too many associations") }
            for _ in 0..<count {
                let index = try cursor.next(indexLength, of: bytes) & indexMask
                if id == item { found.append(Int(index)) }
            }
        }
        return found
    }
}

/// Reads big-endian numbers one after another, never past the end of a box.
private struct BoxCursor {
    var rest: Range<Int>

    mutating func next(
        _ length: Int, of bytes: Span<UInt8>
    ) throws(HeaderFault) -> UInt64 {
        guard rest.count >= length, let value = bytes.bigEndian(length, at: rest.lowerBound) else {
            throw HeaderFault("a table that ends early")
        }
        rest = rest.dropFirst(length)
        return value
    }
}
