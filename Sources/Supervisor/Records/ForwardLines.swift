import Descriptors
import Glibc

/// The lines of a file from a place on, in blocks: memory is the same however large the file is.
///
/// What has been appended since it was opened is not looked at.
struct ForwardLines: ~Copyable {
    /// Read at once.
    private static let block = 1 << 20
    /// Longer ones come in pieces, which nobody can read.
    private static let longestLine = 1 << 20

    let file: CrashFile
    /// Where the lines are found.
    private(set) var bytes: [UInt8]
    /// What is in the bytes and was not given out.
    private var rest = 0..<0
    /// How far in that no line feed is.
    private var searched = 0
    /// Where the file has the first of the bytes.
    private var offset: Int

    /// - Parameter start: where a line begins.
    init(_ file: CrashFile, from start: Int = 0) {
        self.file = file
        bytes = [UInt8](repeating: 0, count: Self.block + Self.longestLine)
        offset = start
    }

    /// The next line in ``bytes``, without its line feed; nil at the end of the file. Only the last
    /// one, and one that is too long, may have none.
    mutating func next() throws(SystemError) -> Range<Int>? {
        while true {
            if let end = lineFeed() {
                let line = rest.lowerBound..<end
                rest = end + 1..<rest.upperBound
                searched = rest.lowerBound
                return line
            }
            let isAtEnd = offset + rest.upperBound >= file.status.size
            if isAtEnd || rest.count >= Self.longestLine {
                let line = rest
                rest = rest.upperBound..<rest.upperBound
                searched = rest.lowerBound
                return line.isEmpty ? nil : line
            }
            try refill()
        }
    }

    /// Where the file has a line that was given out last.
    func place(of line: Range<Int>) -> Int { offset + line.lowerBound }

    /// Whether a line that was given out last has its line feed.
    func isWhole(_ line: Range<Int>) -> Bool {
        line.upperBound < rest.lowerBound
    }

    private mutating func refill() throws(SystemError) {
        let kept = rest.count
        if rest.lowerBound > 0 {
            bytes.replaceSubrange(0..<kept, with: Array(bytes[rest]))
            offset += rest.lowerBound
        }
        let count = min(Self.block, file.status.size - offset - kept)
        try file.read(into: &bytes, kept..<kept + count, from: offset + kept)
        rest = 0..<kept + count
        searched = kept
    }

    private mutating func lineFeed() -> Int? {
        let from = searched
        let count = rest.upperBound - from
        guard count > 0 else { return nil }
        // memchr looks at the array's own bytes, within the call.
        let found = unsafe bytes.withUnsafeBytes { memory -> Int? in
            guard let base = memory.baseAddress else { return nil }
            let found = unsafe memchr(base + from, 0x0a, count)
            return unsafe found.map { Int(bitPattern: $0) - Int(bitPattern: base) }
        }
        searched = found ?? rest.upperBound
        return found
    }
}
