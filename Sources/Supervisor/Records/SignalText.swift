/// The signals that end children, by the numbers that x86-64 and AArch64 share (signal(7)).
enum SignalText {
    private static let all: [(number: Int32, name: String, meaning: String)] = [
        (4, "SIGILL", "an instruction that the processor does not have, or a trap in the code"),
        (5, "SIGTRAP", "a trap, such as GLib's for a fatal error"),
        (6, "SIGABRT", "the program gave up by itself: a check of a library failed"),
        (7, "SIGBUS", "memory behind whose addresses there is nothing any more"),
        (8, "SIGFPE", "an impossible calculation, such as a division by zero"),
        (9, "SIGKILL", "killed from outside"),
        (11, "SIGSEGV", "an address that is not mapped, or not for this"),
        (13, "SIGPIPE", "a pipe that nobody reads"),
        (24, "SIGXCPU", "the limit on processor time"),
        (25, "SIGXFSZ", "the limit on the size of files"),
        (31, "SIGSYS", "a call at which the filter ends a process at once"),
    ]

    static func name(_ signal: Int32) -> String {
        all.first { $0.number == signal }?.name ?? "signal \(signal)"
    }

    /// In a few words.
    static func meaning(_ signal: Int32) -> String {
        all.first { $0.number == signal }?.meaning ?? "a signal that nobody sends to children"
    }
}
