/// Keeps of IPTC data (IIM version 4.2) who made a picture and whose it is: by-line 2:80, credit 2:110
/// and copyright notice 2:116, and 1:90, which says how their text is written.
enum IPTCFilter {
    private static let kept: Set<[UInt8]> = [[1, 90], [2, 80], [2, 110], [2, 116]]
    private static let largest = 16_384
    /// The number of the image resource that holds IPTC (Adobe Photoshop File Formats Specification).
    private static let resource: [UInt8] = [0x04, 0x04]

    /// The data sets that stay, nil where none of them names anybody.
    ///
    /// - Parameter data: data sets as they are, or within Photoshop's image resources.
    static func notices(in data: Span<UInt8>) -> [UInt8]? {
        let sets = dataSets(in: data)
        var offset = sets.lowerBound
        var result: [UInt8] = []
        var namesSomebody = false
        while sets.upperBound - offset >= 5, data[offset] == 0x1C {
            let length = Int(data[offset + 3]) << 8 | Int(data[offset + 4])
            // The upper bit announces a length of a length: nobody's name is so long.
            guard length < 0x8000, length <= sets.upperBound - offset - 5 else { break }
            let end = offset + 5 + length
            let number = [data[offset + 1], data[offset + 2]]
            if kept.contains(number), result.count + end - offset <= largest {
                for index in offset..<end { result.append(data[index]) }
                namesSomebody = namesSomebody || number[0] == 2
            }
            offset = end
        }
        return namesSomebody ? result : nil
    }

    /// Data sets as a JPEG has them.
    static func asResource(_ sets: [UInt8]) -> [UInt8] {
        var bytes = Array("Photoshop 3.0\0".utf8) + Array("8BIM".utf8) + resource + [0, 0]
        bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sets.count >> $0) }
        return bytes + sets + (sets.count.isMultiple(of: 2) ? [] : [0])
    }

    /// Data sets as libvips has to be given them for a TIFF: it counts them in words of four bytes,
    /// and libtiff takes the count for one of bytes. Readers end at the first byte that begins no set.
    static func asField(_ sets: [UInt8]) -> [UInt8] {
        sets + [UInt8](repeating: 0, count: 3 * sets.count)
    }

    /// Where the data sets stand.
    private static func dataSets(in data: Span<UInt8>) -> Range<Int> {
        guard data.count > 0, data[0] != 0x1C else { return 0..<data.count }
        var offset = has("Photoshop 3.0\0", at: 0, data) ? 14 : 0
        while has("8BIM", at: offset, data), data.count - offset >= 12 {
            // A name with its length, then the size, each filled up to an even number of bytes.
            let named = offset + 6 + (2 + Int(data[offset + 6])) / 2 * 2
            guard data.count - named >= 4 else { break }
            let size = (named..<(named + 4)).reduce(0) { $0 << 8 | Int(data[$1]) }
            let start = named + 4
            guard size <= data.count - start else { break }
            if data[offset + 4] == resource[0], data[offset + 5] == resource[1] {
                return start..<(start + size)
            }
            offset = start + size + size % 2
        }
        return 0..<0
    }

    private static func has(_ text: String, at offset: Int, _ data: Span<UInt8>) -> Bool {
        guard offset <= data.count, text.utf8.count <= data.count - offset else { return false }
        return zip(offset..., text.utf8).allSatisfy { data[$0] == $1 }
    }
}
