import FoundationEssentials

/// Lines that cannot be changed, removed or put in without the chain telling. Each has its number, the
/// SHA-256 of the whole line before it, and a code over all of itself, under a key that whoever may
/// write to the file does not have to know.
///
/// What the chain cannot tell is that its end was cut off: for that there is ``AuditHead``.
struct AuditChain: Sendable {
    /// Of the format that this code writes.
    static let version = 1

    let key: AuditKey
    /// Of the last line; 0 before the first.
    private(set) var number = 0
    /// Of the last line.
    private(set) var last = AuditHash.start

    init(_ key: AuditKey) { self.key = key }

    /// Goes on behind a line.
    init(_ key: AuditKey, after number: Int, _ hash: String) {
        self.key = key
        self.number = number
        last = hash
    }

    /// The line that comes next, without its line feed.
    func next(_ event: AuditEvent, at time: Date) -> String {
        var members: [(String, JSONValue)] = [
            ("version", .integer(Int64(Self.version))), ("number", .integer(Int64(number + 1))),
            ("time", .string(Timestamp.text(time))), ("action", .string(event.action.rawValue)),
            ("actor", .string(Self.bounded(event.actor.text))),
        ]
        if let subject = event.subject {
            members.append(("subject", .string(Self.bounded(subject))))
        }
        if !event.fields.isEmpty {
            members.append(("fields", .object(event.fields.map { ($0, Self.bounded($1)) })))
        }
        members.append(("previous", .string(last)))
        return key.seal(members)
    }

    /// The line is written.
    mutating func advance(by line: String) {
        number += 1
        last = AuditHash.of(line.utf8)
    }

    /// Bytes of one text, and elements of one list: a line tells what happened, and no novel.
    private static let longestText = 1_024
    private static let longestList = 64

    /// In printable ASCII, whoever it is from: a line can be shown as it is.
    private static func bounded(_ text: String) -> String {
        let bytes = Array(text.utf8.prefix(longestText))
        let whole = UntrustedText.printableOnce(String(decoding: bytes, as: UTF8.self))
        return bytes.count < text.utf8.count ? whole + "..." : whole
    }

    private static func bounded(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): return .string(bounded(text))
        case .array(let values):
            let rest = values.count - longestList
            return .array(
                values.prefix(longestList).map { bounded($0) }
                    + (rest > 0 ? [.string("\(rest) more")] : []))
        case .object(let members):
            return .object(members.prefix(longestList).map { ($0, bounded($1)) })
        default: return value
        }
    }
}
