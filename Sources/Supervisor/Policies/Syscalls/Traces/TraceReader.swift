import SandboxPolicy

/// Reads a recorded trace line by line: strace's output, the kernel's audit records, and Glovebox's
/// own log lines. Formats may be mixed. What is kept between lines is bounded.
struct TraceReader {
    /// Calls that wait for their other half, by the number of the process. strace has one for each
    /// thread.
    private var pending: [Int: [UInt8]] = [:]

    /// More threads than this that all wait at once are not followed.
    private static let largestPending = 4_096

    private static let mark = Array("<unfinished ...>".utf8)

    /// What a line without its line feed says. More than one thing where it shows that a call which
    /// waited for its other half never gets it.
    mutating func read(_ line: ArraySlice<UInt8>) -> [TraceLine] {
        var line = line
        if line.last == 0x0d { line = line.dropLast() }
        while line.first == 0x20 || line.first == 0x09 { line = line.dropFirst() }
        if line.isEmpty { return [.aside(.notes)] }
        if line.first == UInt8(ascii: "{") { return [LoggedCall.read(line)] }
        if let record = AuditRecord.read(line) { return [record] }
        let (read, process) = readStrace(line)
        switch read {
        case .line(let found): return [found]
        case .ending: return abandoned(process) + [.aside(.endings)]
        case .begins(let bytes):
            let lost = abandoned(process)
            pending[process] = bytes
            return lost
        }
    }

    /// A call that never went on: it was made, as far as it is known.
    private mutating func abandoned(_ process: Int) -> [TraceLine] {
        guard let bytes = pending.removeValue(forKey: process) else { return [] }
        return [Self.line(StraceCall.read((bytes + Self.mark)[...]))]
    }

    /// Calls that began and whose other half never came.
    mutating func finish() -> [TraceLine] {
        pending.keys.sorted().flatMap { abandoned($0) }
    }

    private enum Strace {
        case line(TraceLine)
        /// A process or thread is gone.
        case ending
        /// A call up to where another process's line came between.
        case begins([UInt8])
    }

    private mutating func readStrace(_ line: ArraySlice<UInt8>) -> (Strace, process: Int) {
        var rest = line
        var process = 0
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: "+") where rest.starts(with: Array("+++ ".utf8)):
                return (.ending, process)
            case UInt8(ascii: "-") where rest.starts(with: Array("--- ".utf8)):
                return (.line(.aside(.signals)), process)
            case UInt8(ascii: ">"): return (.line(.aside(.stacks)), process)
            case UInt8(ascii: "<"):
                // By itself it is the rest of a line that strace interrupted with a note.
                return (
                    .line(rest == Self.mark[...] ? .aside(.notes) : resume(rest, of: process)),
                    process
                )
            case UInt8(ascii: "["), UInt8(ascii: "("):
                // [pid 12], [  9] of -n, [00007f00] of -i, (+ 0.000123) of -r.
                guard let end = rest.firstIndex(where: { $0 == 0x5d || $0 == 0x29 }) else {
                    return (.line(Self.noCall), process)
                }
                let inside = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
                if inside.contains("Process PID=") { return (.line(.aside(.notes)), process) }
                if inside.hasPrefix("pid ") {
                    process = Int(inside.dropFirst(4).drop { $0 == " " }) ?? 0
                }
                rest = rest[(end + 1)...].drop { $0 == 0x20 }
            case 0x30...0x39:
                // The process with -o, or a time.
                let word = rest.prefix { $0 != 0x20 }
                guard word.endIndex < rest.endIndex, word.allSatisfy({ Self.isOfTime($0) }) else {
                    return (.line(Self.noCall), process)
                }
                if let number = Int(String(decoding: word, as: UTF8.self)) { process = number }
                rest = rest[word.endIndex...].drop { $0 == 0x20 }
            default:
                if rest.starts(with: Array("strace: ".utf8)) {
                    return (.line(.aside(.notes)), process)
                }
                return (begin(rest), process)
            }
        }
        return (.line(Self.noCall), process)
    }

    private static let noCall = TraceLine.unreadable("holds no call")

    /// Digits, and what stands between them in times.
    private static func isOfTime(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    private func begin(_ bytes: ArraySlice<UInt8>) -> Strace {
        var bytes = bytes
        var reading = StraceCall.read(bytes)
        if case .unreadable = reading,
            let note = bytes.firstRange(of: Array("strace: Process ".utf8))
        {
            // strace says that it follows another thread in the middle of a call's line, the rest
            // of which comes as a line of its own.
            bytes = (bytes[..<note.lowerBound] + Self.mark)[...]
            reading = StraceCall.read(bytes)
        }
        guard case .unfinished = reading, pending.count < Self.largestPending,
            let bracket = bytes.lastIndex(of: UInt8(ascii: "<"))
        else { return .line(Self.line(reading)) }
        return .begins(Array(bytes[..<bracket]))
    }

    /// `<... read resumed>"", 1) = 0`
    private mutating func resume(_ bytes: ArraySlice<UInt8>, of process: Int) -> TraceLine {
        let text = Array("<... ".utf8)
        guard bytes.starts(with: text), let end = bytes.firstIndex(of: UInt8(ascii: ">")) else {
            return Self.noCall
        }
        let rest = bytes[(end + 1)...]
        if let begun = pending.removeValue(forKey: process) {
            return Self.line(StraceCall.read((begun + rest)[...]))
        }
        // The trace began in the middle of the call.
        let name = bytes[(bytes.startIndex + text.count)..<end].prefix { $0 != 0x20 }
        return .call(TracedCall(identity: .name(String(decoding: name, as: UTF8.self))))
    }

    private static func line(_ reading: StraceCall.Reading) -> TraceLine {
        switch reading {
        case .call(let call), .unfinished(let call): .call(call)
        case .unreadable(let reason): .unreadable(reason)
        }
    }
}
