import Descriptors
import FoundationEssentials
import Glibc
import ImageVocabulary
import RequestSyntax

/// Which lines of the audit log somebody asks for. Every condition that is set has to hold.
struct AuditFilter: Equatable, Sendable {
    /// The name of an action, or the beginning of several up to a dot: `key` for `key.created`.
    var action: String?
    /// As the log has it, or up to its colon: `key` for all API keys.
    var actor: String?
    /// RFC 3339 in UTC with milliseconds.
    var since: String?
    var until: String?
    /// Only lines with a lower number, or with a higher one.
    var before: Int?
    var after: Int?
    /// At most so many: the newest, or with `after` the oldest.
    var limit = Self.largestLimit

    static let largestLimit = 500
    static let names = ["action", "actor", "since", "until", "before", "after", "limit"]

    init() {}

    /// - Parameter options: names and values, of a query or a command line.
    init(
        _ options: [(name: String, value: String)], now: Date = Date()
    ) throws(CrashFilter.Failure) {
        for (name, value) in options {
            switch name {
            case "action": action = try Self.known(action: value)
            case "actor": actor = value
            case "since", "until":
                let filter = try CrashFilter([(name, value)], now: now)
                if name == "since" { since = filter.since } else { until = filter.until }
            case "before": before = try Self.number(name, value, 1...(1 << 50))
            case "after": after = try Self.number(name, value, 0...(1 << 50))
            case "limit": limit = try Self.number(name, value, 1...Self.largestLimit)
            default:
                let hint = NearestName.of(name, among: Self.names).map { "Did you mean \($0)?" }
                throw CrashFilter.Failure(
                    option: name,
                    reason: hint ?? "Write one of \(Self.names.joined(separator: ", ")).")
            }
        }
    }

    private static func known(action: String) throws(CrashFilter.Failure) -> String {
        let names = AuditEvent.Action.allCases.map(\.rawValue)
        if names.contains(where: { $0 == action || $0.hasPrefix(action + ".") }) { return action }
        throw CrashFilter.Failure(
            option: "action",
            reason: "Write one of \(names.joined(separator: ", ")), or what stands before its dot.")
    }

    private static func number(
        _ name: String, _ value: String, _ range: ClosedRange<Int>
    ) throws(CrashFilter.Failure) -> Int {
        guard let number = Int(digits: value[...]), range.contains(number) else {
            throw CrashFilter.Failure(
                option: name,
                reason: "Write a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    func matches(_ line: AuditLine) -> Bool {
        if let action, line.action != action, !line.action.hasPrefix(action + ".") { return false }
        if let actor, line.actor != actor, !line.actor.hasPrefix(actor + ":") { return false }
        if let since, line.time < since { return false }
        if let until, line.time >= until { return false }
        if let before, line.number >= before { return false }
        if let after, line.number <= after { return false }
        return true
    }
}

/// Lines of the audit log that were asked for. It is not verified for that.
struct AuditReading: Sendable {
    /// As they are, without line feeds; the oldest first.
    private(set) var lines: [[UInt8]] = []
    /// Whether there may be more.
    private(set) var isCut = false

    init(lines: [[UInt8]], isCut: Bool) {
        self.lines = lines
        self.isCut = isCut
    }

    /// Reads files only as far as they can have what is asked for. Blocks.
    init(_ folder: AuditFolder, _ filter: AuditFilter) throws(SystemError) {
        let firsts = try folder.files()
        let isForward = filter.after != nil
        for (index, first) in isForward
            ? Array(firsts.enumerated()) : firsts.enumerated().reversed()
        {
            let next = index + 1 < firsts.count ? firsts[index + 1] : Int.max
            if let before = filter.before, first >= before { continue }
            if let after = filter.after, next <= after + 1 { continue }
            let found: [[UInt8]]
            do throws(SystemError) {
                found = try Self.lines(folder, first, filter)
            } catch {
                // It was removed meanwhile.
                guard error.code == ENOENT else { throw error }
                continue
            }
            lines = isForward ? lines + found : found + lines
            guard lines.count <= filter.limit else { break }
            // Files before this one are older still.
            if !isForward, let since = filter.since, let line = try? folder.firstLine(first),
                line.time < since
            {
                break
            }
        }
        guard lines.count > filter.limit else { return }
        isCut = true
        lines = Array(isForward ? lines.prefix(filter.limit) : lines.suffix(filter.limit))
    }

    /// Of one file, with one more than the limit.
    private static func lines(
        _ folder: AuditFolder, _ first: Int, _ filter: AuditFilter
    ) throws(SystemError) -> [[UInt8]] {
        let most = filter.limit + 1
        var found: [[UInt8]] = []
        var lines = ForwardLines(try folder.read(first))
        while let range = try lines.next() {
            guard lines.isWhole(range), let line = AuditLine(lines.bytes[range]),
                filter.matches(line), JSONScanner.isPlain(lines.bytes, range)
            else { continue }
            if found.count >= 2 * most, filter.after == nil { found.removeFirst(most) }
            found.append(Array(lines.bytes[range]))
            if filter.after != nil, found.count >= most { break }
        }
        return Array(filter.after == nil ? found.suffix(most) : found[...])
    }

    /// The answer of the service: the lines as they are.
    var answer: [UInt8] {
        Array("{\"lines\":[".utf8) + lines.joined(separator: [0x2c])
            + Array("],\"truncated\":\(isCut)}\n".utf8)
    }

    /// Reads an answer; nil for anything else.
    init?(answer bytes: [UInt8]) {
        let name: JSONScanner.Known = "lines"
        let cut: JSONScanner.Known = "truncated"
        var scanner = JSONScanner(bytes, bytes.indices)
        var found: [[UInt8]] = []
        var rest: [UInt8]?
        let isRead = scanner.members { member, scanner in
            switch member {
            case name:
                return scanner.elements { range in
                    guard JSONScanner.isPlain(bytes, range) else { return false }
                    found.append(Array(bytes[range]))
                    return true
                }
            case cut:
                rest = []
                return scanner.skip()
            default: return scanner.skip()
            }
        }
        guard isRead, rest != nil else { return nil }
        lines = found
        isCut = bytes.suffix(6).elementsEqual(Array("true}\n".utf8))
    }
}
