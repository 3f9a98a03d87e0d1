import Descriptors
import FoundationEssentials

extension AuditFolder {
    /// The first line of a file; nil where it has none that can be read.
    func firstLine(_ first: Int) throws(SystemError) -> AuditLine? {
        var lines = ForwardLines(try read(first))
        guard let line = try lines.next() else { return nil }
        return AuditLine(lines.bytes[line])
    }
}

/// Where an audit log ends, as whoever goes on with it finds it.
struct AuditEnd {
    /// The file that is written, by the number of its first line; nil where there is none.
    private(set) var file: Int?
    /// Bytes of it that are whole lines.
    private(set) var size = 0
    /// The time of its first line.
    private(set) var started: Date?
    /// What is behind them: a line that was cut off.
    private(set) var torn: [UInt8] = []
    /// The number of the last line, and its hash: never less than the head says.
    private(set) var number = 0
    private(set) var last = AuditHash.start
    private(set) var oldest = (first: 1, before: AuditHash.start)
    /// Sentences on what is not as it should be.
    private(set) var damages: [String] = []

    /// More lines than a log ever has.
    private static let mostNumbers = 1 << 50

    /// - Throws: ``AuditWriter/Failure/otherKey`` where nothing in it was sealed with this key.
    init(of folder: AuditFolder, _ key: AuditKey) throws(AuditWriter.Failure) {
        let (files, found) = try AuditWriter.system { () throws(SystemError) in
            (try folder.files(), try folder.head())
        }
        let head = AuditHead.read(found, key)
        if case .otherKey = head { throw .otherKey }
        var isSealed = true
        for first in files.reversed() {
            let line = try lastLine(folder, first)
            guard let line else { continue }
            isSealed = key.sealed(line[...])
            let read = AuditLine(line[...])
            if head == .missing || head == .changed, !isSealed, read != nil { throw .otherKey }
            if !isSealed { damages.append("The last line was changed.") }
            last = AuditHash.of(line)
            // Whoever made it up may have written any number.
            number = min(read?.number ?? first, isSealed ? .max : Self.mostNumbers)
            break
        }
        switch head {
        case .whole(let head):
            oldest = (head.first, head.before)
            guard number < head.number || !isSealed else { break }
            if number < head.number {
                damages.append(
                    "Lines are missing at the end: the last one is \(number), and \(head.number) "
                        + "was written.")
            }
            // Numbers are never given twice.
            if number <= head.number { (number, last) = (head.number, head.last) }
        case .missing where files.isEmpty: break
        case .missing: damages.append("head.json is missing.")
        case .changed, .otherKey: damages.append("head.json was changed.")
        }
        if case .whole = head {
        } else if let first = files.first {
            try findOldest(folder, first)
        }
    }

    /// Without a head the log begins with what there is.
    private mutating func findOldest(
        _ folder: AuditFolder, _ first: Int
    ) throws(AuditWriter.Failure) {
        let line = try AuditWriter.system { () throws(SystemError) in
            try folder.firstLine(first)
        }
        oldest = (first, line?.previous ?? AuditHash.start)
    }

    /// The last whole line of a file; what is behind it, and how large the file is without that, is
    /// noted of the newest.
    private mutating func lastLine(
        _ folder: AuditFolder, _ first: Int
    ) throws(AuditWriter.Failure) -> [UInt8]? {
        let isNewest = file == nil
        let (whole, line, rest, time) = try AuditWriter.system { () throws(SystemError) in
            let file = try folder.read(first)
            var lines = ForwardLines(file)
            var whole = 0
            var last: [UInt8]?
            while let line = try lines.next(), lines.isWhole(line) {
                whole = lines.place(of: line) + line.count + 1
                last = Array(lines.bytes[line])
            }
            let rest = try isNewest ? file.bytes(whole..<file.status.size) : []
            return (whole, last, rest, try folder.firstLine(first)?.time)
        }
        if isNewest {
            file = first
            size = whole
            torn = rest
            started = time.flatMap { Timestamp.date($0) }
        }
        return line
    }
}
