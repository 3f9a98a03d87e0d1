import FoundationEssentials
import ImageVocabulary
import RequestSyntax

/// Which crashes somebody asks for. Every condition that is set has to hold.
struct CrashFilter: Equatable, Sendable {
    /// One of these.
    var classes: Set<CrashClass>?
    /// The policy's name.
    var policy: String?
    /// The format by the magic number.
    var format: ImageFormat?
    /// The first digits of the id of a record; no ``CrashCount`` has one.
    var id: String?
    /// The request's id, or its trace's.
    var request: String?
    /// The id of the API key that the request carried.
    var key: String?
    /// The address of the image that the request named; a query behind it does not count.
    var source: String?
    /// The first digits.
    var signature: String?
    /// The first digits of the input's SHA-256.
    var input: String?
    /// RFC 3339 in UTC with milliseconds; from then on, and until before then.
    var since: String?
    var until: String?
    /// Only records, and no ``CrashCount``.
    var recordsOnly = false
    /// Only what is before that place of the log, or behind it; not both.
    var before: CrashCursor?
    var after: CrashCursor?
    /// At most so many: the newest ones, or those next to the place; nil for all.
    var limit: Int?

    static let all = CrashFilter()

    /// What is wrong with an option, to be shown to whoever wrote it.
    struct Failure: Error, Equatable, Sendable {
        /// The option's name.
        var option: String
        /// A sentence that says what to write.
        var reason: String
    }

    /// The options there are.
    static let names = [
        "class", "policy", "format", "id", "request", "key", "source", "signature", "input",
        "since", "until",
        "records", "before", "after", "limit",
    ]

    /// Most entries of one answer.
    static let largestLimit = 1_000_000

    init() {}

    /// - Parameters:
    ///   - options: names and values, of a query or a command line; `class` may stand several times,
    ///     or with commas.
    ///   - now: what `since` and `until` count back from.
    init(_ options: [(name: String, value: String)], now: Date = Date()) throws(Failure) {
        for (name, value) in options { try apply(name, value, now) }
        guard before == nil || after == nil else {
            throw Failure(option: "before", reason: "Write either before or after.")
        }
    }

    private mutating func apply(
        _ name: String, _ value: String, _ now: Date
    ) throws(Failure) {
        switch name {
        case "class":
            for word in value.split(separator: ",", omittingEmptySubsequences: false) {
                guard let known = CrashClass(rawValue: String(word)) else {
                    let all = CrashClass.allCases.map(\.rawValue)
                    throw Failure(
                        option: name, reason: "Write one of \(all.joined(separator: ", ")).")
                }
                classes = (classes ?? []).union([known])
            }
        case "policy": policy = value
        case "format":
            guard let known = ImageFormat.allCases.first(where: { $0.name == value }) else {
                let all = ImageFormat.allCases.map(\.name)
                throw Failure(option: name, reason: "Write one of \(all.joined(separator: ", ")).")
            }
            format = known
        case "id": id = try Self.digits(name, value, atMost: 20)
        case "records":
            guard value == "true" else { throw Failure(option: name, reason: "Write true.") }
            recordsOnly = true
        case "before": before = try Self.cursor(name, value)
        case "after": after = try Self.cursor(name, value)
        case "signature": signature = try Self.digits(name, value, atMost: 16)
        case "input": input = try Self.digits(name, value, atMost: 64)
        case "request": request = value
        case "key": key = value
        case "source": source = Self.withoutQuery(value)
        case "since": since = try Self.time(name, value, now)
        case "until": until = try Self.time(name, value, now)
        case "limit":
            guard let number = Int(digits: value[...]), (1...Self.largestLimit).contains(number)
            else {
                throw Failure(
                    option: name, reason: "Write a whole number from 1 to \(Self.largestLimit).")
            }
            limit = number
        default:
            let hint = NearestName.of(name, among: Self.names).map { "Did you mean \($0)?" }
            throw Failure(
                option: name,
                reason: hint ?? "Write one of \(Self.names.joined(separator: ", ")).")
        }
    }

    /// As records have it.
    private static func withoutQuery(_ address: String) -> String {
        UntrustedText.printable(String(address.prefix { $0 != "?" && $0 != "#" }))
    }

    private static func cursor(
        _ name: String, _ value: String
    ) throws(Failure) -> CrashCursor {
        guard let cursor = CrashCursor(value) else {
            throw Failure(
                option: name,
                reason: "Write what an answer has as older or newer, or 0 for the beginning.")
        }
        return cursor
    }

    private static func digits(
        _ name: String, _ value: String, atMost most: Int
    ) throws(Failure) -> String {
        let text = value.lowercased()
        guard (1...most).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else {
            throw Failure(option: name, reason: "Write 1 to \(most) hexadecimal digits.")
        }
        return text
    }

    /// A time of day in RFC 3339, or how long ago: `90s`, `15m`, `1h`, `7d`.
    private static func time(
        _ name: String, _ value: String, _ now: Date
    ) throws(Failure) -> String {
        if let date = Timestamp.date(value) { return Timestamp.text(date) }
        guard let time = try? Time.parse(value) else {
            throw Failure(
                option: name,
                reason: "Write how long ago, such as 15m, 1h or 7d, or a time such as "
                    + "2026-01-31T12:00:00Z.")
        }
        return Timestamp.text(now - (time / .seconds(1)))
    }
}

extension CrashFilter {
    /// Whether a line is one of those that are asked for.
    func matches(_ head: CrashHead) -> Bool {
        if recordsOnly, head.id == nil { return false }
        if let classes, !classes.contains(head.class) { return false }
        if let policy, policy != head.policy { return false }
        if let format, format.name != head.format { return false }
        if let id, head.id?.hasPrefix(id) != true { return false }
        if let request, head.requestID != request, head.traceID != request { return false }
        if let key, head.key != key { return false }
        if let source, head.source != source { return false }
        if let signature, !head.signature.hasPrefix(signature) { return false }
        if let input, head.inputSHA256?.hasPrefix(input) != true { return false }
        if let since, head.time < since { return false }
        if let until, head.time >= until { return false }
        return true
    }
}
