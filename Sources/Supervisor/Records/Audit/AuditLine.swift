import FoundationEssentials

/// A line of the audit log as it is read. docs/audit-log.md has what its members mean.
struct AuditLine: Decodable, Sendable {
    let version: Int
    let number: Int
    /// RFC 3339 in UTC with milliseconds: in the order of text as in that of time.
    let time: String
    let action: String
    let actor: String
    let subject: String?
    let fields: [String: Field]?
    /// Of the line before.
    let previous: String

    /// Reads a line without its line feed; nil for anything else.
    init?(_ line: ArraySlice<UInt8>) {
        guard let read = try? JSONDecoder().decode(AuditLine.self, from: Data(line)),
            read.version == AuditChain.version, read.number > 0
        else { return nil }
        self = read
    }

    /// The fields in one line, for people: of hashes the first 12 digits.
    var details: String {
        (fields ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }
            .joined(separator: " ")
    }

    /// A value of any kind, as text.
    struct Field: Decodable, Sendable {
        let text: String

        init(from decoder: any Decoder) throws {
            if let members = try? [String: Field](from: decoder), members["sha256"] != nil {
                // A policy: its text, its base and its program.
                text = ["sha256", "base_sha256", "program_sha256"].compactMap { members[$0]?.text }
                    .joined(separator: "/")
            } else if let members = try? [String: Field](from: decoder) {
                text = members.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.text)" }
                    .joined(separator: ",")
            } else if let elements = try? [Field](from: decoder) {
                text = elements.map(\.text).joined(separator: ",")
            } else {
                let value = try decoder.singleValueContainer()
                if let string = try? value.decode(String.self) {
                    text = InputHash.isHash(string) ? String(string.prefix(12)) : string
                } else if let truth = try? value.decode(Bool.self) {
                    text = "\(truth)"
                } else if let number = try? value.decode(Int64.self) {
                    text = "\(number)"
                } else if let number = try? value.decode(Double.self) {
                    text = "\(number)"
                } else {
                    text = "-"
                }
            }
        }
    }
}

/// How far the log went when it was last brought to the disk, and where it begins: sealed as a line
/// is, in a file of its own, so that neither its end nor its beginning is cut off unnoticed.
struct AuditHead: Decodable, Equatable, Sendable {
    var version = AuditChain.version
    /// The number of the oldest line that is kept.
    var first: Int
    /// The hash of the line before that.
    var before: String
    /// The number of the last line.
    var number: Int
    /// Its hash.
    var last: String
    /// The id of the key.
    var key: String

    func line(_ key: AuditKey) -> String {
        key.seal([
            ("version", .integer(Int64(version))), ("first", .integer(Int64(first))),
            ("before", .string(before)), ("number", .integer(Int64(number))),
            ("last", .string(last)), ("key", .string(self.key)),
        ])
    }

    /// What is in the file of the head.
    enum Reading: Equatable, Sendable {
        case missing
        /// It was sealed with a key of this id.
        case otherKey(String)
        case changed
        case whole(AuditHead)
    }

    /// - Parameter bytes: of the file; nil where there is none.
    static func read(_ bytes: [UInt8]?, _ key: AuditKey) -> Reading {
        guard let bytes else { return .missing }
        let line = bytes.last == 0x0a ? bytes.dropLast() : bytes[...]
        let head = try? JSONDecoder().decode(AuditHead.self, from: Data(line))
        if let head, bytes.last == 0x0a, key.sealed(line) { return .whole(head) }
        if let head, head.key != key.id { return .otherKey(head.key) }
        return .changed
    }
}
