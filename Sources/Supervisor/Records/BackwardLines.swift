import Descriptors
import Glibc

/// The lines of a file from a place back, in blocks: memory is the same however large the file is.
///
/// What has been appended since it was opened is not looked at.
struct BackwardLines: ~Copyable {
    /// Read at once.
    private static let block = 1 << 20
    /// Longer ones come in pieces, which nobody can read.
    private static let longestLine = 1 << 20

    let file: CrashFile
    /// Where the lines are found.
    private(set) var bytes: [UInt8]
    /// Those that are still to be given out, and stand whole in the bytes.
    private var lines: [Range<Int>] = []
    /// Where the file has what is first in the bytes.
    private var offset: Int
    /// The beginning of the bytes that belongs to a line that begins before them.
    private var rest: Range<Int>

    /// - Parameter end: where a line ends.
    init(_ file: CrashFile, from end: Int) {
        self.file = file
        bytes = [UInt8](repeating: 0, count: Self.block + Self.longestLine)
        offset = end
        rest = 0..<0
    }

    /// The next line in ``bytes``, without its line feed; nil at the beginning of the file.
    mutating func next() throws(SystemError) -> Range<Int>? {
        while lines.isEmpty, offset > 0 { try refill() }
        return lines.popLast()
    }

    /// Where the file has a line that was given out last.
    func place(of line: Range<Int>) -> Int { offset + line.lowerBound }

    private mutating func refill() throws(SystemError) {
        let tail = rest.count < Self.longestLine ? Array(bytes[rest]) : []
        let count = min(offset, Self.block)
        try file.read(into: &bytes, 0..<count, from: offset - count)
        offset -= count
        bytes.replaceSubrange(count..<count + tail.count, with: tail)
        let end = count + tail.count
        find(in: 0..<end)
        // The first one may begin before.
        guard offset > 0 else { return }
        rest = lines.isEmpty ? 0..<end : lines.removeFirst()
    }

    /// Finds the lines in the bytes; one that ends with them needs no line feed.
    private mutating func find(in all: Range<Int>) {
        var start = all.lowerBound
        while start < all.upperBound {
            // memchr looks at the array's own bytes, within the call.
            let length = unsafe bytes.withUnsafeBytes { memory -> Int? in
                guard let first = memory.baseAddress else { return nil }
                let from = unsafe first + start
                let found = unsafe memchr(from, 0x0a, all.upperBound - start)
                return unsafe found.map { Int(bitPattern: $0) - Int(bitPattern: from) }
            }
            let end = length.map { start + $0 } ?? all.upperBound
            lines.append(start..<end)
            start = end + 1
        }
    }
}
