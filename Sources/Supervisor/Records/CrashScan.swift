import Descriptors
import FoundationEssentials
import Glibc

/// What one reading of the crash log may take.
struct ReadingBudget: Sendable {
    /// Bytes of the lines that are found, and of those that are looked at.
    var bytes = Int.max
    var scanned = Int.max
    /// The moment of the reading.
    var now = Date()

    /// For one answer of the service: some megabytes, and a fraction of a second.
    static var answer: ReadingBudget { ReadingBudget(bytes: 4 << 20, scanned: 64 << 20) }
}

/// One reading of the crash log: through the files from the newest to the oldest and through each
/// from its end, or the other way round.
struct CrashScan<Element: Sendable> {
    /// Makes of a line what is asked for; nil for one that cannot be read.
    typealias Take = (CrashHead, [UInt8], Range<Int>) -> Element?

    private let filter: CrashFilter
    private let budget: ReadingBudget
    private let folder: CrashFolder
    private let files: CrashFiles
    private(set) var reading = CrashReading<Element>()
    private var unreadable = 0
    private var bytes = 0
    private var scanned = 0
    /// The time of the first line that was looked at, and of the last.
    private var firstTime: String?
    private var time: String?
    /// Where the place that was asked for is gone: the time to go on from.
    private var bound: String?

    /// Warnings that are told one by one.
    private static var mostWarnings: Int { 20 }

    init(
        _ folder: CrashFolder, _ filter: CrashFilter, _ budget: ReadingBudget
    ) throws(CrashReadFailure) {
        self.folder = folder
        self.filter = filter
        self.budget = budget
        files = try CrashFiles(folder)
        reading.warnings = files.warnings
    }

    /// The newest lines, or those before a place; the oldest first.
    mutating func backward(_ take: Take) throws(SystemError) -> CrashReading<Element> {
        // Where there is none the file was emptied just now, and what comes is all there will be.
        if filter.before == nil { reading.newer = (try? end()) ?? .beginning }
        let start = find(filter.before)
        for index in (start?.index ?? 0)..<files.all.count {
            let file = files.all[index]
            guard !isOld(file) else { continue }
            let isFirst = index == start?.index
            try read(file) { scan throws(SystemError) in
                try scan.backward(file, isFirst ? start?.offset ?? 0 : file.status.size, take)
            }
            if reading.isCut { break }
        }
        reading.found.reverse()
        if reading.newer != .beginning {
            reading.newer?.time = CrashCursor.time(of: firstTime, now: budget.now)
        }
        return done()
    }

    /// The lines behind a place.
    mutating func forward(_ take: Take) throws(SystemError) -> CrashReading<Element> {
        let start = find(filter.after)
        reading.newer = filter.after ?? .beginning
        time = start.flatMap { _ in filter.after?.timeText }
        for index in files.all.indices.prefix((start?.index ?? files.all.count - 1) + 1).reversed()
        {
            let file = files.all[index]
            let from = index == start?.index ? start?.offset ?? 0 : 0
            guard !isOld(file) else {
                reading.newer = try cursor(file, file.status.size)
                continue
            }
            try read(file) { scan throws(SystemError) in try scan.forward(file, from, take) }
            if reading.isCut { break }
        }
        return done()
    }

    private mutating func backward(
        _ file: CrashFile, _ end: Int, _ take: Take
    ) throws(SystemError) {
        var lines = BackwardLines(file, from: end)
        while let line = try lines.next() {
            let head = CrashLine.head(lines.bytes, line)
            let place = lines.place(of: line)
            let next = min(place + line.count + 1, end)
            if isFull(line, head) {
                reading.older = try cursor(file, next)
                return
            }
            guard !add(head, lines.bytes, line, take) else { continue }
            // A line that is just being written is whole a moment later.
            let isLast = place + line.count == file.status.size
            if isLast, try file.currentSize > file.status.size { continue }
            try warn(of: file, place)
        }
    }

    private mutating func forward(
        _ file: CrashFile, _ start: Int, _ take: Take
    ) throws(SystemError) {
        var lines = ForwardLines(file, from: start)
        var end = start
        while let line = try lines.next() {
            let head = CrashLine.head(lines.bytes, line)
            if isFull(line, head) { break }
            // It may still be being written; whoever goes on looks at it again.
            if head == nil, !lines.isWhole(line), file.number == 0 { break }
            let place = lines.place(of: line)
            end = min(place + line.count + 1, file.status.size)
            // The end of a line that was read before it came.
            if line.isEmpty, place == start, start > 0 { continue }
            if !add(head, lines.bytes, line, take) { try warn(of: file, place) }
        }
        reading.newer = try cursor(file, end)
    }

    /// Reads one file. What was emptied meanwhile was purged, and is gone.
    private mutating func read(
        _ file: CrashFile, _ work: (inout Self) throws(SystemError) -> Void
    ) throws(SystemError) {
        do throws(SystemError) {
            try work(&self)
        } catch {
            guard error.code == ESTALE else { throw error }
        }
    }

    /// Whether this line is one too many.
    private mutating func isFull(_ line: Range<Int>, _ head: CrashHead?) -> Bool {
        time = head?.time ?? time
        firstTime = firstTime ?? time
        scanned += line.count + 1
        let isHit = head.map { isAsked($0) } ?? false
        let isMuch = !reading.found.isEmpty && bytes + line.count > budget.bytes
        // One line at least, or nobody would ever get further.
        let isLong = scanned > budget.scanned && scanned > line.count + 1
        reading.isCut = isHit && (reading.found.count == filter.limit || isMuch) || isLong
        return reading.isCut
    }

    private func isAsked(_ head: CrashHead) -> Bool {
        guard filter.matches(head) else { return false }
        guard let bound else { return true }
        return filter.before == nil ? head.time > bound : head.time <= bound
    }

    /// - Returns: whether the line can be read.
    private mutating func add(
        _ head: CrashHead?, _ text: [UInt8], _ line: Range<Int>, _ take: Take
    ) -> Bool {
        guard let head else { return false }
        guard isAsked(head) else { return true }
        guard let element = take(head, text, line) else { return false }
        reading.found.append(element)
        bytes += line.count
        return true
    }

    /// Whether every line of a file was written before the time that is asked for.
    private func isOld(_ file: CrashFile) -> Bool {
        guard let since = filter.since.flatMap({ Timestamp.date($0) }) else { return false }
        // The file's time is in whole seconds.
        return file.status.changed + 1 < since.timeIntervalSince1970
    }

    private mutating func find(_ place: CrashCursor?) -> (index: Int, offset: Int)? {
        guard let place, place != .beginning else { return nil }
        if let found = files.find(place) { return found }
        bound = place.timeText
        reading.warnings.append(
            "The crash log was purged, or went on for long, since it was looked at last: lines may be "
                + "missing.")
        return nil
    }

    /// Behind the newest line.
    private func end() throws(SystemError) -> CrashCursor {
        guard let newest = files.all.first else { return .beginning }
        let size = newest.status.size
        // A line that is just being written belongs to what comes.
        guard size > 0, try newest.bytes(size - 1..<size) != [UInt8(ascii: "\n")] else {
            return try cursor(newest, size)
        }
        var lines = BackwardLines(newest, from: size)
        guard let last = try lines.next(), CrashLine.head(lines.bytes, last) == nil else {
            return try cursor(newest, size)
        }
        return try cursor(newest, lines.place(of: last))
    }

    private func cursor(_ file: CrashFile, _ offset: Int) throws(SystemError) -> CrashCursor {
        try file.cursor(at: offset, time: CrashCursor.time(of: time, now: budget.now))
    }

    private mutating func warn(of file: CrashFile, _ place: Int) throws(SystemError) {
        unreadable += 1
        guard unreadable <= Self.mostWarnings else { return }
        let row = try Self.row(of: place, in: file)
        reading.warnings.append(
            "\(folder.filePath(file.number)):\(row) is no line of a crash log, or is cut off; it was "
                + "skipped.")
    }

    private mutating func done() -> CrashReading<Element> {
        let more = unreadable - Self.mostWarnings
        if more > 0 { reading.warnings.append("And \(more) more lines of it were skipped.") }
        return reading
    }

    /// The number of the line that begins at a place of a file, from 1.
    private static func row(of place: Int, in file: CrashFile) throws(SystemError) -> Int {
        var row = 1
        var at = 0
        while at < place {
            let part = try file.bytes(at..<min(place, at + 1 << 16))
            row += part.count { $0 == UInt8(ascii: "\n") }
            at += part.count
        }
        return row
    }
}
