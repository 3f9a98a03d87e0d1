import SandboxPolicy

/// One call that a trace tells of.
struct TracedCall: Equatable, Sendable {
    enum Identity: Equatable, Sendable {
        case name(String)
        case number(UInt32)
    }

    enum Argument: Equatable, Sendable {
        case value(UInt64)
        /// As the tracer writes it: constants by name, what lies in memory in its own form.
        case text(String)
    }

    var identity: Identity
    /// An AUDIT_ARCH value; nil where the trace does not say.
    var architecture: UInt32?
    /// Those that the trace tells. Further ones are not known.
    var arguments: [Int: Argument] = [:]

    /// The value of an argument; nil where the trace does not tell it.
    func value(
        of index: Int, _ kind: SyscallArgument.Kind, on architecture: SeccompArchitecture
    ) -> UInt64? {
        switch arguments[index] {
        case .value(let value): value
        case .text(let text): Self.value(text, kind, architecture)
        case nil: nil
        }
    }

    private static func value(
        _ text: String, _ kind: SyscallArgument.Kind, _ architecture: SeccompArchitecture
    ) -> UInt64? {
        // `0x66 /* MADV_??? */`
        var word = text[...]
        if let comment = word.firstRange(of: "/*") { word = word[..<comment.lowerBound] }
        // `3</tmp/file>` and `AT_FDCWD</tmp>`, but not `21<<26`.
        if word.hasSuffix(">"), let bracket = word.firstIndex(of: "<") { word = word[..<bracket] }
        while word.last == " " { word.removeLast() }
        // strace numbers real-time signals from the kernel's first one on, which is 32.
        if kind == .signal, word.hasPrefix("SIGRT") {
            if word == "SIGRTMIN" { return 32 }
            return word.hasPrefix("SIGRT_") ? UInt64(word.dropFirst(6)).map { 32 + $0 } : nil
        }
        return kind.value(word, on: architecture)
    }
}

/// What one line of a trace is.
enum TraceLine: Equatable, Sendable {
    case call(TracedCall)
    /// A line that is known to hold no call.
    case aside(Aside)
    /// A line that cannot be read, and why.
    case unreadable(String)

    enum Aside: String, CaseIterable, Sendable {
        case signals, endings, notes, stacks
        case auditRecords = "audit records of other kinds"
        case logLines = "log lines without a call"
    }
}
