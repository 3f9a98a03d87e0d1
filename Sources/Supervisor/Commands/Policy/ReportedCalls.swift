import SandboxPolicy

/// The calls of violations that a file tells of, each once for a policy.
struct ReportedCalls: Sendable {
    /// One call, and how often it was told.
    struct Reported: Sendable {
        /// The first of its kind, with the arguments of its own.
        let record: ViolationRecord
        /// Where it stands.
        let line: Int
        fileprivate(set) var count = 1
        /// Each once, in the order in which they came.
        fileprivate(set) var stages: [String] = []
    }

    private(set) var reported: [Reported] = []
    /// What is missing of violations that cannot be used, and in which lines.
    private(set) var incomplete: [(line: Int, reason: String)] = []
    /// Lines of a log that tell of something else.
    private(set) var others = 0
    /// Lines that are none of a log.
    private(set) var unreadable = 0
    /// Calls beyond ``mostCalls``, and violations that cannot be used beyond ``mostIncomplete``.
    private(set) var dropped = 0
    /// The one request whose calls are looked at; nil for all.
    private let request: String?
    private var places: [Key: Int] = [:]

    /// So many are looked at; who has more of them has another problem than a rule.
    static let mostCalls = 100
    private static let mostIncomplete = 20
    /// Bytes of an object that is written over several lines.
    private static let largestObject = 256 << 10

    /// What makes two calls the same: whatever rules could compare.
    private struct Key: Hashable {
        var policy: String?
        var architecture: UInt32
        var number: UInt32
        var pattern: CallPattern?

        init(_ record: ViolationRecord) {
            policy = record.policy
            let call = record.call
            architecture = call.architecture
            number = call.number
            let own = SeccompArchitecture.allCases.first { $0.auditValue == call.architecture }
            pattern = own.flatMap { SyscallCatalogue.entry(number: call.number, on: $0) }.map {
                CallPattern(call, of: $0, root: .empty, comparing: nil)
            }
        }
    }

    init(of request: String? = nil) { self.request = request }

    /// Reads a file line by line, or as one object where it begins with a line of `{` alone.
    ///
    /// - Parameter request: The one request whose calls are looked at; nil for all.
    init(_ file: borrowing TraceFile, of request: String? = nil) throws(CommandFailure) {
        self.init(of: request)
        var lines = TraceLines()
        var number = 0
        var object: [UInt8]?
        while let line = try file.next(&lines) {
            number += 1
            guard case .bytes(let bytes) = line else {
                unreadable += 1
                continue
            }
            if number == 1, bytes.allSatisfy({ $0 == 0x7b || $0 == 0x20 || $0 == 0x0d }) {
                object = []
            }
            if object != nil {
                object? += bytes + [0x0a]
                guard (object?.count ?? 0) <= Self.largestObject else {
                    throw .failed(
                        "\(file.name) begins with an object of more than "
                            + "\(Self.largestObject >> 10) KiB, which is no record.")
                }
            } else {
                add(bytes, at: number)
            }
        }
        if let object { add(object, at: 1) }
    }

    /// Adds a line, without its line feed.
    mutating func add(_ bytes: [UInt8], at line: Int) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            unreadable += 1
            return
        }
        if text.allSatisfy(\.isWhitespace) { return }
        switch ViolationRecord.read(text) {
        case .violation(let record):
            if let request, record.requestID != request {
                others += 1
                return
            }
            add(record, at: line)
        case .other: others += 1
        case .incomplete(let reason):
            if incomplete.count < Self.mostIncomplete {
                incomplete.append((line, reason))
            } else {
                dropped += 1
            }
        case .unreadable: unreadable += 1
        }
    }

    /// Takes a call out for which nothing can be said, and why.
    mutating func setAside(_ call: Reported, because reason: String) {
        incomplete.append((call.line, reason))
    }

    private mutating func add(_ record: ViolationRecord, at line: Int) {
        let key = Key(record)
        if let place = places[key] {
            reported[place].count += record.times
            reported[place].add(record.stage)
        } else if reported.count < Self.mostCalls {
            places[key] = reported.count
            var new = Reported(record: record, line: line)
            new.count = record.times
            new.add(record.stage)
            reported.append(new)
        } else {
            dropped += 1
        }
    }
}

extension ReportedCalls.Reported {
    fileprivate mutating func add(_ stage: String?) {
        if let stage, !stages.contains(stage), stages.count < 8 { stages.append(stage) }
    }

    /// "3 times in stage decode"
    var text: String {
        let times = count == 1 ? "once" : "\(count) times"
        if stages.isEmpty { return times }
        return "\(times) in stage \(stages.joined(separator: ", "))"
    }

    /// What a comment says of where its rule is from.
    var origin: String {
        let stage = stages.first.map { " in stage \($0)" } ?? ""
        let request = record.requestID.map { ", request \($0)" } ?? ""
        let end = record.isRecorded ? "a child was let make it" : "a child ended by it"
        return "\(end)\(stage)\(request)"
    }
}
