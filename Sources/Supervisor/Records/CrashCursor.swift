import FoundationEssentials

/// A place between two lines of the crash log, from where a reading goes on. It holds while files
/// change their names; where the file itself is gone, its time says about where it was.
struct CrashCursor: Equatable, Sendable, CustomStringConvertible {
    /// The file's number in its file system; 0 for the beginning of the log.
    var inode: UInt64
    /// Bytes before it in that file.
    var offset: UInt64
    /// Of the first ``printed`` of these bytes: another file may be given the same number.
    var print: UInt64
    /// Milliseconds since 1970: the time of the line at it, though none that was still to come.
    var time: UInt64

    /// Bytes that tell one file from another: a line begins with its id.
    static let printed = 64

    /// Before the oldest line.
    static let beginning = CrashCursor(inode: 0, offset: 0, print: 0, time: 0)

    /// As it is given out: `0`, or four hexadecimal numbers.
    var description: String {
        if self == .beginning { return "0" }
        return [inode, offset, print, time].map { String($0, radix: 16) }.joined(separator: "-")
    }
}

extension CrashCursor {
    /// Reads what ``description`` wrote; nil for anything else.
    init?(_ text: String) {
        if text == "0" {
            self = .beginning
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.utf8.first.map { Character(Unicode.Scalar($0)).isHexDigit } == true
                ? UInt64(part, radix: 16) : nil
        }
        guard parts.count == 4, numbers.count == 4, numbers[1] <= UInt64(Int64.max),
            numbers[3] <= Self.latest
        else { return nil }
        self.init(inode: numbers[0], offset: numbers[1], print: numbers[2], time: numbers[3])
    }

    /// The year 9999, which is as far as RFC 3339 goes.
    private static let latest: UInt64 = 253_402_300_799_999

    /// ``time`` as lines have it.
    var timeText: String {
        // Text has whole milliseconds, without what is beyond, and the fraction may be a little less.
        Timestamp.text(Date(timeIntervalSince1970: (Double(time) + 0.1) / 1_000))
    }

    /// What ``time`` is for a line's.
    static func time(of text: String?, now: Date) -> UInt64 {
        let date = text.flatMap { Timestamp.date($0) }.map { min($0, now) } ?? now
        return UInt64(max(0, (date.timeIntervalSince1970 * 1_000).rounded()))
    }

    /// FNV-1a, 64 bits: it tells files apart and keeps nobody out.
    static func print(of bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
