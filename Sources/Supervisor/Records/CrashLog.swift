import Descriptors

/// The crash log as it is read: by a command on its own, or in the service that writes it meanwhile.
/// Every reading blocks.
struct CrashLog: Sendable {
    private let folder: CrashFolder

    init(_ folder: CrashFolder) { self.folder = folder }

    /// Opens the log of a state directory.
    init(ofState state: String) throws(CrashReadFailure) {
        folder = try CrashFolder(ofState: state)
    }

    /// The lines that match, as they are; of more than the budget allows the newest, or those next to the
    /// place that the filter names.
    func lines(
        _ filter: CrashFilter, _ budget: ReadingBudget = ReadingBudget()
    ) throws(CrashReadFailure) -> CrashReading<[UInt8]> {
        try read(filter, budget) { head, bytes, line in
            CrashLine.text(bytes, line, isCount: head.id == nil)
        }
    }

    /// Numbers of the lines that match, which are read one after the other and not kept.
    func stats(_ filter: CrashFilter) throws(CrashReadFailure) -> CrashStats {
        var filter = filter
        filter.after = filter.after ?? .beginning
        let budget = ReadingBudget()
        var tally = CrashStats.Tally(filter, now: budget.now)
        let reading: CrashReading<Void> = try read(filter, budget) { head, _, _ in tally.add(head) }
        return tally.stats(warnings: reading.warnings)
    }

    private func read<Element: Sendable>(
        _ filter: CrashFilter, _ budget: ReadingBudget, _ take: CrashScan<Element>.Take
    ) throws(CrashReadFailure) -> CrashReading<Element> {
        var scan = try CrashScan<Element>(folder, filter, budget)
        do throws(SystemError) {
            return try filter.after == nil ? scan.backward(take) : scan.forward(take)
        } catch {
            throw CrashReadFailure(
                description: "The crash log in \(folder.path) cannot be read (\(error)).")
        }
    }
}

/// What was found in a log.
struct CrashReading<Element: Sendable>: Sendable {
    /// The oldest first.
    var found: [Element] = []
    /// Whether there may be more, in the direction in which was read.
    var isCut = false
    /// Where older ones follow; nil where there are none, and for a reading towards the newest.
    var older: CrashCursor?
    /// Where newer ones follow, or will; nil for a reading from a place towards the oldest.
    var newer: CrashCursor?
    /// A sentence for each line that could not be read, with its file and its number; of many the
    /// first ones and how many there were.
    var warnings: [String] = []
}

/// Why no log can be read, as a sentence.
struct CrashReadFailure: Error, Equatable, Sendable, CustomStringConvertible {
    var description: String
}
