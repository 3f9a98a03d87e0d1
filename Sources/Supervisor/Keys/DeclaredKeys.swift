import RequestSyntax
import SandboxPolicy
import Yams

/// Keys that the configuration declares, which several instances share without a disk: each with its
/// id, what it permits, and a hash in the place of its text. Hashes are never shown.
struct DeclaredKeys: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    private(set) var entries: [KeyRing.Entry] = []

    private static let members =
        ["id", "hash", "created"] + KeyTerms.Field.allCases.map(\.rawValue)

    init() {}

    /// Reads the text of a file of its own: YAML or JSON.
    init(_ bytes: [UInt8]) throws(StrictYAML.Problem) {
        guard let node = try StrictYAML.document(of: bytes) else {
            self.init()
            return
        }
        try self.init(node)
    }

    /// Reads a list.
    init(_ node: Node) throws(StrictYAML.Problem) {
        let (keys, problems) = Self.read(node)
        if let problem = problems.first { throw problem }
        self = keys
    }

    /// What can be read of a list, and the first mistake of each key that cannot.
    static func read(_ node: Node) -> (keys: DeclaredKeys, problems: [StrictYAML.Problem]) {
        var keys = DeclaredKeys()
        guard case .sequence(let list) = node else {
            let problem = StrictYAML.Problem(
                node.position, "this is no list of keys",
                "write '- id: ...' for each key, as 'glovebox keys create --print-hash' prints it")
            return (keys, [problem])
        }
        var problems: [StrictYAML.Problem] = []
        for part in list {
            do throws(StrictYAML.Problem) {
                try keys.add(part)
            } catch {
                problems.append(error)
            }
        }
        return (keys, problems)
    }

    private mutating func add(_ part: Node) throws(StrictYAML.Problem) {
        let entry = try Self.entry(StrictMembers(part, known: Self.members))
        if entries.contains(where: { $0.key.id == entry.key.id }) {
            throw StrictYAML.Problem(
                part.position, "the id '\(entry.key.id)' is there more than once",
                "give each key an id of its own")
        }
        if let same = entries.first(where: { $0.code == entry.code }) {
            throw StrictYAML.Problem(
                part.position, "'\(entry.key.id)' has the hash of '\(same.key.id)'",
                "keep one of them, or make another key")
        }
        entries.append(entry)
    }

    /// Refuses ids that keys of the store have, whether or not those are revoked.
    func check(against records: [KeyRecord]) throws(KeyStore.Failure) {
        let stored = Set(records.map(\.key.id))
        guard let same = entries.first(where: { stored.contains($0.key.id) }) else { return }
        throw .unusable(
            "The key \(same.key.id) is declared in the configuration, and a key of the store has "
                + "that id. Declare it with another id, so that each can be ended by its own.")
    }

    private static func entry(
        _ members: StrictMembers
    ) throws(StrictYAML.Problem) -> KeyRing.Entry {
        let id = try id(members)
        guard members["scopes"] != nil else {
            throw StrictYAML.Problem(
                members.position, "'\(id)' has no scopes", "write them, such as [process, info]")
        }
        let key = try members.terms(now: nil).key(id: id, created: try created(members))
        return KeyRing.Entry(key: key, code: try code(members, of: id))
    }

    private static func id(_ members: StrictMembers) throws(StrictYAML.Problem) -> String {
        guard let texts = members["id"] else {
            throw StrictYAML.Problem(
                members.position, "there is a key without an id", "write 'id:' and a name for it")
        }
        guard texts.count == 1, let id = texts.first, isID(id) else {
            throw StrictYAML.Problem(
                members.position(of: "id"), "this is no id",
                "write 1 to 64 letters, digits, dots, dashes and underscores")
        }
        return id
    }

    static func isID(_ text: String) -> Bool {
        text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/) != nil
    }

    private static func code(
        _ members: StrictMembers, of id: String
    ) throws(StrictYAML.Problem) -> KeyCode {
        let advice = "'glovebox keys create --print-hash' prints a key with its hash"
        guard let texts = members["hash"] else {
            throw StrictYAML.Problem(members.position, "'\(id)' has no hash", advice)
        }
        let position = members.position(of: "hash")
        if let code = texts.count == 1 ? KeyCode(declared: texts[0]) : nil {
            guard code.bytes.contains(where: { $0 != 0 }) else {
                throw StrictYAML.Problem(
                    position, "'\(id)' has a hash of zeros, which is no key's", advice)
            }
            return code
        }
        guard texts.allSatisfy({ !$0.hasPrefix("gbx_") }) else {
            throw StrictYAML.Problem(
                position, "'\(id)' has a key itself where its hash belongs",
                "that key is no secret any more, so make another: \(advice)")
        }
        throw StrictYAML.Problem(
            position, "'\(id)' has a hash that is none",
            "write sha256: and 64 hexadecimal digits; \(advice)")
    }

    private static func created(
        _ members: StrictMembers
    ) throws(StrictYAML.Problem) -> Int64? {
        guard let text = members["created"] else { return nil }
        // An expiry's times without "never".
        guard text != ["never"], let terms = try? KeyTerms([.expires: text], now: nil),
            let created = terms.expires
        else {
            throw StrictYAML.Problem(
                members.position(of: "created"), "'created' is no time",
                "write a day such as 2027-01-31")
        }
        return created
    }

    var description: String { entries.isEmpty ? "none" : "(set)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension ValueShape where Value == DeclaredKeys {
    /// A list in YAML or JSON.
    static var declaredKeys: Self {
        ValueShape(
            expects: "a list of keys in YAML or JSON, each as 'glovebox keys create --print-hash' "
                + "prints it",
            parse: { text throws(ValueError) in
                var problems: [StrictYAML.Problem] = []
                do throws(StrictYAML.Problem) {
                    guard let node = try StrictYAML.document(of: Array(text.utf8)) else {
                        return DeclaredKeys()
                    }
                    let keys: DeclaredKeys
                    (keys, problems) = DeclaredKeys.read(node)
                    if problems.isEmpty { return keys }
                } catch {
                    problems = [error]
                }
                let all = problems.map { "line \($0.position.line): \($0.what)" }
                throw .refused(
                    "is no list of keys; \(all.joined(separator: "; "))",
                    advice: problems.map(\.advice).joined(separator: " "))
            },
            text: { $0.description },
            json: { $0.entries.isEmpty ? .null : .string($0.description) })
    }
}

extension StrictYAML.Problem {
    /// The hint as a sentence.
    var advice: String { hint.prefix(1).uppercased() + hint.dropFirst() + "." }
}

extension Node {
    /// The same as JSON, in which every scalar is a string.
    var json: JSONValue {
        switch self {
        case .scalar(let scalar): .string(scalar.string)
        case .sequence(let sequence): .array(sequence.map(\.json))
        case .mapping(let mapping):
            .object(mapping.map { ($0.key.scalar?.string ?? "", $0.value.json) })
        case .alias: .null
        }
    }
}
