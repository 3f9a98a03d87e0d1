/// Who can be asked for crashes: the log in a folder, and the running service's own.
protocol CrashSource: Sendable {
    /// The entries that match, the oldest first; of more than the filter's limit the newest. Blocks.
    ///
    /// - Throws: a sentence when there is no log that can be read.
    func entries(_ filter: CrashFilter) throws(CrashReadFailure) -> CrashReading<CrashEntry>

    /// As ``entries(_:)``, with no more of each than a list or a count needs: for many of them.
    func heads(_ filter: CrashFilter) throws(CrashReadFailure) -> CrashReading<CrashHead>
}

/// What was found in a log.
struct CrashReading<Element: Sendable>: Sendable {
    /// The oldest first.
    var found: [Element] = []
    /// Whether there were more than the filter's limit.
    var isCut = false
    /// A sentence for each line that could not be read, with its file and its number; of many the
    /// first ones and how many there were.
    var warnings: [String] = []
}

/// Why no log can be read, as a sentence.
struct CrashReadFailure: Error, Equatable, Sendable, CustomStringConvertible {
    var description: String
}
