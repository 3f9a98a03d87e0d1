/// Where a child was when it ended, or why that is not known.
struct CrashStack: Codable, Equatable, Sendable {
    /// Whose word it is.
    enum Source: String, Codable, Sendable {
        /// The zygote's, which looked at it while the kernel held it.
        case zygote
        /// That of a handler in the child itself.
        case child
    }

    struct Frame: Codable, Equatable, Sendable {
        /// The file's name without its folder; nil where the address is in none.
        var module: String?
        /// Its GNU build id.
        var build: String?
        /// Within the file, else the address itself; in hex. Of a call its last byte.
        var offset: String
        /// nil where nobody knows.
        var function: String?
    }

    /// Why there is none; every other member but this one is nil then.
    var unavailable: String?
    var source: Source?
    /// `first` or `other`.
    var thread: String?
    /// By name, in hex.
    var registers: [String: String]?
    /// What a signal was about, in hex.
    var faultAddress: String?
    /// What that tells about the mistake.
    var faultClass: FaultClass?
    /// The innermost first.
    var frames: [Frame]?
    /// Whether there were more.
    var isTruncated: Bool?

    enum CodingKeys: String, CodingKey {
        case unavailable, source, thread, registers
        case faultAddress = "fault_address"
        case faultClass = "fault_class"
        case frames
        case isTruncated = "truncated"
    }

    static func unavailable(_ reason: String) -> CrashStack { CrashStack(unavailable: reason) }
}
