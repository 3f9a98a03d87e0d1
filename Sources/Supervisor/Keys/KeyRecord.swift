import FoundationEssentials
import GRDB

/// A key as the store has it.
struct KeyRecord: Equatable, Sendable {
    var entry: KeyRing.Entry
    /// When its text was made, in seconds since 1970, as all times here: its age counts from then.
    var changed: Int64
    var revoked: Int64?
    var used: Int64?

    var key: APIKey { entry.key }
}

extension KeyRecord: FetchableRecord, PersistableRecord {
    static let databaseTableName = "key"

    /// The row cannot be what this program has written.
    struct Broken: Error {}

    init(row: Row) throws {
        let texts: [(KeyTerms.Field, String)] = KeyTerms.Field.allCases.compactMap { field in
            guard field != .expires, let text = row[field.rawValue] as String? else { return nil }
            return (field, text)
        }
        guard let id = row["id"] as String?, let code = row["code"] as Data?,
            let created = row["created"] as Int64?, let changed = row["changed"] as Int64?,
            var terms = try? KeyTerms(
                Dictionary(texts.map { ($0, [$1]) }) { first, _ in first }, now: nil)
        else { throw Broken() }
        terms.expires = row["expires"]
        entry = KeyRing.Entry(
            key: terms.key(id: id, created: created), code: .keyed(Array(code)))
        if let old = row["old_code"] as Data?, let until = row["old_until"] as Int64? {
            entry.old = (.keyed(Array(old)), until)
        }
        self.changed = changed
        revoked = row["revoked"]
        used = row["used"]
    }

    func encode(to container: inout PersistenceContainer) throws {
        container["id"] = key.id
        container["code"] = Data(entry.code.bytes)
        for (field, texts) in KeyTerms(key).texts where field != .expires {
            container[field.rawValue] = texts.joined(separator: ",")
        }
        container["expires"] = key.expires
        container["created"] = key.created
        container["changed"] = changed
        container["revoked"] = revoked
        container["used"] = used
        container["old_code"] = entry.old.map { Data($0.code.bytes) }
        container["old_until"] = entry.old?.until
    }
}
