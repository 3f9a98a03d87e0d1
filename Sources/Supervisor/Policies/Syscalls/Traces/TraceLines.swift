import Descriptors

/// The lines of a trace of any size, read as they come. No more than one line is kept.
struct TraceLines {
    enum Line: Equatable {
        case bytes([UInt8])
        /// A line longer than ``longest``, of which nothing is kept.
        case tooLong
    }

    /// Bytes of the longest line. strace cuts what lies in memory, and a call has six arguments.
    static let longest = 64 << 10

    private var chunk: ArraySlice<UInt8> = []
    private var hasEnded = false

    /// The next line without its line feed; nil behind the last one.
    ///
    /// - Parameter read: gives the next bytes, none at the end.
    mutating func next(_ read: () throws(SystemError) -> [UInt8]) throws(SystemError) -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        var hasBytes = false
        while true {
            if chunk.isEmpty, !hasEnded {
                chunk = try read()[...]
                hasEnded = chunk.isEmpty
            }
            if chunk.isEmpty { break }
            hasBytes = true
            let end = chunk.firstIndex(of: 0x0a)
            let part = chunk[..<(end ?? chunk.endIndex)]
            if line.count + part.count > Self.longest {
                isTooLong = true
                line = []
            }
            if !isTooLong { line += part }
            guard let end else {
                chunk = []
                continue
            }
            chunk = chunk[(end + 1)...]
            return isTooLong ? .tooLong : .bytes(line)
        }
        guard hasBytes else { return nil }
        return isTooLong ? .tooLong : .bytes(line)
    }
}
