import Descriptors

/// The crash log as it is read: by a command on its own, or in the service that writes it meanwhile.
struct CrashLog: CrashSource {
    private let folder: CrashFolder
    /// Warnings that are told one by one.
    private static let mostWarnings = 20

    init(_ folder: CrashFolder) { self.folder = folder }

    /// Opens the log of a state directory.
    init(ofState state: String) throws(CrashReadFailure) {
        folder = try CrashFolder(ofState: state)
    }

    func entries(_ filter: CrashFilter) throws(CrashReadFailure) -> CrashReading<CrashEntry> {
        try scan(filter) { head, bytes, line in
            CrashLine.entry(bytes, line, isCount: head.id == nil)
        }
    }

    func heads(_ filter: CrashFilter) throws(CrashReadFailure) -> CrashReading<CrashHead> {
        try scan(filter) { head, _, _ in head }
    }

    /// What was found so far, the newest first.
    private struct Search<Element: Sendable> {
        let filter: CrashFilter
        let read: (CrashHead, [UInt8], Range<Int>) -> Element?
        var reading = CrashReading<Element>()
        var unreadable = 0
        var seen: [CrashFileStatus] = []
    }

    /// Goes through the files from the newest to the oldest, and through each from its end.
    private func scan<Element: Sendable>(
        _ filter: CrashFilter, _ read: @escaping (CrashHead, [UInt8], Range<Int>) -> Element?
    ) throws(CrashReadFailure) -> CrashReading<Element> {
        var search = Search(filter: filter, read: read)
        for number in 0..<CrashFolder.mostFiles where !search.reading.isCut {
            do throws(SystemError) {
                try scan(number, &search)
            } catch {
                throw CrashReadFailure(
                    description: "The crash log \(folder.filePath(number)) cannot be read "
                        + "(\(error)). Ask as an account that may read it.")
            }
        }
        var reading = search.reading
        reading.found.reverse()
        let more = search.unreadable - reading.warnings.count
        if more > 0 { reading.warnings.append("And \(more) more lines of it were skipped.") }
        return reading
    }

    private func scan<Element: Sendable>(
        _ number: Int, _ search: inout Search<Element>
    ) throws(SystemError) {
        guard let file = try folder.read(number) else { return }
        let status = try CrashFileStatus(file.number)
        // It may have been read under its last name.
        guard !search.seen.contains(where: { $0.isSame(as: status) }) else { return }
        search.seen.append(status)
        var lines = BackwardLines(file, size: status.size)
        while let line = try lines.next() {
            let head = CrashLine.head(lines.bytes, line)
            if let head, !search.filter.matches(head) { continue }
            if head != nil, search.reading.found.count == search.filter.limit {
                search.reading.isCut = true
                return
            }
            if let head, let element = search.read(head, lines.bytes, line) {
                search.reading.found.append(element)
                continue
            }
            // A line that is just being written is whole a moment later.
            let place = lines.place(of: line)
            let isLast = place + line.count == status.size
            if isLast, try CrashFileStatus(lines.file.number).size > status.size { continue }
            search.unreadable += 1
            guard search.reading.warnings.count < Self.mostWarnings else { continue }
            let row = try Self.row(of: place, in: folder.read(number))
            search.reading.warnings.append(
                "\(folder.filePath(number)):\(row) is no line of a crash log, or is cut off; it was "
                    + "skipped.")
        }
    }

    /// The number of the line that begins at a place of a file, from 1.
    private static func row(
        of place: Int, in file: consuming Descriptor?
    ) throws(SystemError) -> Int {
        guard let file else { return 0 }
        var row = 1
        var rest = place
        while rest > 0 {
            let part = try file.read(atMost: min(rest, 1 << 16))
            if part.isEmpty { break }
            row += part.count { $0 == UInt8(ascii: "\n") }
            rest -= part.count
        }
        return row
    }
}
