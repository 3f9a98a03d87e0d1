import Descriptors
import FoundationEssentials

/// What came of going through an audit log with its key: whether it is as it was written, and where it
/// is not.
struct AuditVerification: Codable, Equatable, Sendable {
    /// One thing that is wrong.
    struct Fault: Codable, Equatable, Sendable {
        enum Kind: String, Codable, Sendable {
            /// A line is not as it was sealed.
            case changed
            /// Lines are not there, or stand elsewhere.
            case missing
            /// A line stands where it does not belong.
            case misplaced
            /// Lines at the end are not there.
            case cut
            /// A line has no end.
            case torn
            /// Nothing was sealed with this key.
            case otherKey = "other-key"
            /// The head is missing, or not as it was sealed.
            case head
        }

        let kind: Kind
        let file: String
        /// In the file, from 1; nil where no line is at fault.
        let line: Int?
        /// A sentence.
        let reason: String
    }

    /// Whether nothing is wrong.
    private(set) var isWhole = true
    /// Lines that were read.
    private(set) var lines = 0
    /// Numbers and times of the first of them and of the last.
    private(set) var from: Int?
    private(set) var to: Int?
    private(set) var since: String?
    private(set) var until: String?
    /// The last line's number by the head; nil without a head.
    private(set) var head: Int?
    /// The first ones; more make no difference.
    private(set) var faults: [Fault] = []
    private(set) var faultCount = 0

    enum CodingKeys: String, CodingKey {
        case isWhole = "whole"
        case lines, from, to, since, until, head, faults
        case faultCount = "fault_count"
    }

    private static let mostFaults = 100

    fileprivate mutating func add(_ kind: Fault.Kind, _ file: String, _ line: Int?, _ why: String) {
        isWhole = false
        faultCount += 1
        guard faults.count < Self.mostFaults else { return }
        faults.append(Fault(kind: kind, file: file, line: line, reason: why))
    }
}

extension AuditVerification {
    /// Where the next line should be.
    private struct Place {
        /// nil behind a line that was changed: nobody knows what it was.
        var previous: String?
        var number: Int?
        var unsealed = 0
        var head: AuditHead?
    }

    /// Goes through the log of a state directory, head and all.
    ///
    /// - Throws: where it cannot be read.
    init(_ folder: AuditFolder, _ key: AuditKey) throws(SystemError) {
        let (head, files) = try Self.snapshot(folder)
        let named = files.map { (AuditFolder.fileName($0.number), $0) }
        try self.init(named, AuditHead.read(head, key), key)
    }

    /// Who writes waits until every file is open: what comes later is not looked at.
    private static func snapshot(
        _ folder: AuditFolder
    ) throws(SystemError) -> (head: [UInt8]?, files: [CrashFile]) {
        try folder.lock(patience: AuditWriter.Limits().patience)
        defer { folder.unlock() }
        var files: [CrashFile] = []
        for first in try folder.files() { files.append(try folder.read(first)) }
        return (try folder.head(), files)
    }

    /// Goes through files, the oldest first.
    ///
    /// - Parameter head: nil where none is asked for, since files were copied without it.
    init(
        _ files: [(name: String, file: CrashFile)], _ head: AuditHead.Reading?, _ key: AuditKey
    ) throws(SystemError) {
        var place = Place()
        switch head {
        case nil: break
        case .whole(let whole):
            place.head = whole
            self.head = whole.number
        case .missing:
            add(
                .head, "head.json", nil,
                "There is no head, so that nobody knows whether lines at the end are missing.")
        case .changed: add(.head, "head.json", nil, "The head is not as it was sealed.")
        case .otherKey(let id):
            add(
                .otherKey, "head.json", nil,
                "The head was sealed with the key \(UntrustedText.printable(id)), and this is "
                    + "\(key.id).")
        }
        for (name, file) in files { try read(name, file, key, &place) }
        if let head = place.head, (to ?? 0) < head.number {
            let last = files.last?.name ?? "head.json"
            add(
                .cut, last, nil,
                "The end was cut off: the last line is \(to.map { "\($0)" } ?? "none"), and "
                    + "\(head.number) was written.")
        }
        if place.head == nil, lines > 0, place.unsealed == lines {
            faults.removeAll { $0.kind == .changed }
            faultCount = faultCount - lines + 1
            faults.insert(
                Fault(
                    kind: .otherKey, file: files.first?.name ?? "", line: nil,
                    reason: "No line was sealed with this key, \(key.id)."), at: 0)
        }
    }

    private mutating func read(
        _ name: String, _ file: CrashFile, _ key: AuditKey, _ place: inout Place
    ) throws(SystemError) {
        var lines = ForwardLines(file)
        var count = 0
        while let range = try lines.next() {
            count += 1
            self.lines += 1
            guard lines.isWhole(range) else {
                place.unsealed += 1
                add(.torn, name, count, "The line has no end.")
                (place.previous, place.number) = (nil, (place.number ?? file.number - 1) + 1)
                continue
            }
            let bytes = lines.bytes[range]
            guard key.sealed(bytes), let line = AuditLine(bytes) else {
                place.unsealed += 1
                add(.changed, name, count, "The line is not as it was sealed.")
                (place.previous, place.number) = (nil, (place.number ?? file.number - 1) + 1)
                continue
            }
            let before = faultCount
            check(line, name, count, place)
            if count == 1, faultCount == before, file.number > 0, line.number != file.number {
                add(.misplaced, name, count, "The file should begin with line \(file.number).")
            }
            let hash = AuditHash.of(bytes)
            if let head = place.head, line.number == head.number, hash != head.last {
                add(.misplaced, name, count, "The head tells of another line \(line.number).")
            }
            (place.previous, place.number) = (hash, line.number)
            from = from ?? line.number
            to = line.number
            since = since ?? line.time
            until = line.time
        }
    }

    private mutating func check(
        _ line: AuditLine, _ name: String, _ count: Int, _ place: Place
    ) {
        guard let number = place.number else {
            // The first line of all.
            if let head = place.head {
                if line.number > head.first {
                    add(
                        .missing, name, count,
                        "Lines \(head.first) to \(line.number - 1) are missing.")
                } else if line.number == head.first, line.previous != head.before {
                    add(.misplaced, name, count, "The line before it is another by the head.")
                }
            } else if line.number == 1, line.previous != AuditHash.start {
                add(.misplaced, name, count, "The first line follows none.")
            }
            return
        }
        if line.number > number + 1 {
            add(
                .missing, name, count,
                "Before this line, \(line.number), lines \(number + 1) to \(line.number - 1) are "
                    + "missing.")
        } else if line.number <= number {
            add(
                .misplaced, name, count,
                "Line \(line.number) stands behind line \(number).")
        } else if let previous = place.previous, line.previous != previous {
            add(.misplaced, name, count, "The line before it is not the one that it follows.")
        }
    }
}
