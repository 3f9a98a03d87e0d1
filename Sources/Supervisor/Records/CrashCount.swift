/// Crashes of one signature that were counted and not written in full, since there were too many of
/// them within a minute: the other kind of line in the crash log.
struct CrashCount: Codable, Equatable, Sendable {
    var version = CrashRecord.currentVersion
    var kind = Kind.count
    /// When it was written; RFC 3339, as the others.
    var time: String
    var `class`: CrashClass
    var signature: String
    /// The policy's name.
    var policy: String
    var count: Int
    /// The time of the first of them and of the last.
    var since: String
    var until: String
    /// The ids of the first few requests, and the SHA-256 of their inputs; nil where there are none.
    var requests: [String]?
    var inputs: [String]?

    /// More than can die within a minute: a line that tells of more is none of the log's.
    static let most = 1_000_000_000

    /// Tells the line from a record's.
    enum Kind: String, Codable, Sendable { case count }
}

/// A line of the crash log.
enum CrashEntry: Equatable, Sendable {
    case record(CrashRecord)
    case count(CrashCount)
}

/// What a search, a list or a count needs of a line, read without the rest of it.
struct CrashHead: Equatable, Sendable {
    /// nil for a ``CrashCount``.
    var id: String?
    /// RFC 3339 in UTC with milliseconds: in the order of text as in that of time.
    var time: String
    var `class`: CrashClass
    var signature: String
    /// The policy's name.
    var policy: String
    /// How many crashes it stands for.
    var count: Int
    var requestID: String?
    var traceID: String?
    /// The id of an API key.
    var key: String?
    /// An address without its query.
    var source: String?
    var inputSHA256: String?
    /// The format by the magic number.
    var format: String?
}
