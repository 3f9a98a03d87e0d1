import ImageVocabulary

/// Reads single tags of EXIF data, or of a TIFF file, which has the same layout (TIFF 6.0 section 2,
/// CIPA DC-008 section 4.6). Every offset may come from a hostile file: nothing here traps, nothing is
/// followed twice, and what is not as it should be is not there.
struct EXIFReader {
    /// Copied, because EXIF is small: a segment of a JPEG has 64 KiB.
    private let bytes: [UInt8]
    private let isBigEndian: Bool

    /// A directory, by where it stands.
    struct Directory {
        fileprivate let entries: Range<Int>
    }

    /// A value: its type and where its components stand.
    struct Value {
        fileprivate let type: Int
        fileprivate let count: Int
        fileprivate let start: Int
    }

    /// More than any camera writes, with previews and maker's notes.
    static let largest = 1 << 20
    private static let entrySize = 12

    /// - Parameter bytes: with or without the `Exif` that a JPEG has before them; at most ``largest``
    ///   are looked at.
    init?(_ bytes: Span<UInt8>) {
        let mark: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]
        var start = 0
        if bytes.count >= mark.count, mark.indices.allSatisfy({ bytes[$0] == mark[$0] }) {
            start = mark.count
        }
        let end = min(bytes.count, start + Self.largest)
        guard end - start >= 8 else { return nil }
        self.bytes = (start..<end).map { bytes[$0] }
        switch (self.bytes[0], self.bytes[1]) {
        case (0x49, 0x49): isBigEndian = false
        case (0x4D, 0x4D): isBigEndian = true
        default: return nil
        }
        guard number(2, at: 2) == 42 else { return nil }
    }

    /// The first directory, which tells of the image.
    var main: Directory? { number(4, at: 4).flatMap(directory) }

    /// A directory that an entry of another one names.
    func directory(_ tag: Int, in directory: Directory?) -> Directory? {
        value(tag, in: directory).flatMap { integer($0) }.flatMap(self.directory)
    }

    private func directory(at offset: Int) -> Directory? {
        guard let count = number(2, at: offset) else { return nil }
        let start = offset + 2
        let fitting = min(count, max(0, bytes.count - start) / Self.entrySize)
        return Directory(entries: start..<(start + fitting * Self.entrySize))
    }

    /// The value of the first entry with that tag.
    func value(_ tag: Int, in directory: Directory?) -> Value? {
        guard let entries = directory?.entries else { return nil }
        for entry in stride(from: entries.lowerBound, to: entries.upperBound, by: Self.entrySize)
        where number(2, at: entry) == tag {
            guard let type = number(2, at: entry + 2), let count = number(4, at: entry + 4),
                let size = Self.sizes[type], count > 0, count <= bytes.count
            else { return nil }
            let start = size * count <= 4 ? entry + 8 : number(4, at: entry + 8)
            guard let start, start <= bytes.count, size * count <= bytes.count - start else {
                return nil
            }
            return Value(type: type, count: count, start: start)
        }
        return nil
    }

    /// Bytes of a component by its type: byte, ASCII, short, long, rational, undefined, signed long
    /// and signed rational.
    private static let sizes = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8]

    /// A text, of which all or the first part is of use.
    func text(_ value: Value) -> [UInt8]? {
        guard value.type == 2 else { return nil }
        return Array(bytes[value.start..<(value.start + value.count)])
    }

    /// The first component of a value that is a byte, a short or a long.
    func integer(_ value: Value) -> Int? {
        switch value.type {
        case 1: number(1, at: value.start)
        case 3: number(2, at: value.start)
        case 4: number(4, at: value.start)
        default: nil
        }
    }

    /// Components of a value of rationals, numerator and denominator.
    func rationals(_ value: Value) -> [(numerator: Int, denominator: Int)] {
        guard value.type == 5 || value.type == 10 else { return [] }
        return (0..<min(value.count, 4)).compactMap { index in
            let start = value.start + 8 * index
            guard var above = number(4, at: start), var below = number(4, at: start + 4) else {
                return nil
            }
            if value.type == 10 {
                above = Int(Int32(truncatingIfNeeded: above))
                below = Int(Int32(truncatingIfNeeded: below))
            }
            return (above, below)
        }
    }

    /// - Parameter length: 1, 2 or 4 bytes.
    private func number(_ length: Int, at offset: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count, length <= bytes.count - offset else { return nil }
        let part = bytes[offset..<(offset + length)]
        return isBigEndian
            ? part.reduce(0) { $0 << 8 | Int($1) } : part.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
