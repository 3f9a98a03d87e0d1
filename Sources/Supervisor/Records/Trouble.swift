import FoundationEssentials

/// Whether a log cannot be written, and when that was last said.
struct Trouble {
    private var said: Date?
    private var isSaid = false
    private(set) var isOpen = false

    /// - Returns: whether it is to be said: at most once a minute.
    mutating func begins(at now: Date) -> Bool {
        isOpen = true
        if let said, abs(now.timeIntervalSince(said)) < 60 { return false }
        said = now
        isSaid = true
        return true
    }

    /// - Returns: whether it was said, and that it has ended was not.
    mutating func ends() -> Bool {
        defer {
            isOpen = false
            isSaid = false
        }
        return isSaid
    }
}
