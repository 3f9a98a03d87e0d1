import Crypto
import Descriptors
import Foundation
import GRDB
import Glibc

/// `keys.sqlite` in the state directory: the keys that were made here, without what is secret about
/// them, and when things were first seen whose age nobody has written down.
///
/// Commands and the service may have it open at one time. Calls block on the file system.
final class KeyStore: Sendable {
    static let name = "keys.sqlite"

    /// Why it cannot be used.
    enum Failure: Error, Equatable, Sendable {
        /// There is none yet.
        case missing
        /// A sentence that says what to do.
        case unusable(String)
    }

    /// What its keys are hashed with.
    let pepper: SymmetricKey
    private let path: String
    private let database: DatabaseQueue

    /// How long a change of somebody else is waited for, in seconds.
    private static let patience = 5.0

    /// Opens the store of a state directory, and makes it unless it is only to be read.
    ///
    /// Call it as the account that the files are to belong to.
    init(in folder: String, isReadOnly: Bool = false) throws(Failure) {
        path = "\(folder)/\(Self.name)"
        let isThere = try Self.isThere(path)
        guard isThere || !isReadOnly else { throw .missing }
        // Where there are keys, the secret was there before them.
        pepper = try KeySecret.read(in: folder, makes: !isThere)
        do throws(SystemError) {
            if !isThere { try KeyFile.make(path) }
        } catch {
            throw KeyFile.failure(error, path)
        }
        guard UnresolvedPaths.areUsed else {
            throw .unusable("\(path) cannot be used: SQLite takes no file system of ours.")
        }
        do {
            database = try DatabaseQueue(
                path: path, configuration: Self.configuration(isReadOnly: isReadOnly))
            if !isReadOnly { try Self.migrator.migrate(database) }
            guard try database.read({ try !Self.migrator.hasBeenSuperseded($0) }) else {
                throw Failure.unusable(
                    "\(path) was written by a newer version of Glovebox. Use that version.")
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Self.failure(error, path)
        }
    }

    private static func isThere(_ path: String) throws(Failure) -> Bool {
        do throws(SystemError) {
            guard let status = try KeyFile.status(path) else { return false }
            try KeyFile.check(status)
            return true
        } catch {
            throw KeyFile.failure(error, path)
        }
    }

    private static func configuration(isReadOnly: Bool) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(patience)
        configuration.prepareDatabase { database in
            // One file: those of a write-ahead log would have to be guarded too. What is deleted is
            // overwritten. The names of SQLite's manual.
            if !isReadOnly { try database.execute(sql: "PRAGMA journal_mode = DELETE") }
            try database.execute(sql: "PRAGMA secure_delete = ON")
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    private static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE key (
                        id TEXT NOT NULL PRIMARY KEY, code BLOB NOT NULL UNIQUE,
                        name TEXT NOT NULL, scopes TEXT NOT NULL, rate TEXT, concurrent TEXT,
                        daily_bytes TEXT, allow TEXT, presets TEXT, expires INTEGER,
                        created INTEGER NOT NULL, changed INTEGER NOT NULL, revoked INTEGER,
                        used INTEGER, old_code BLOB, old_until INTEGER
                    ) STRICT;
                    CREATE TABLE seen (code BLOB NOT NULL PRIMARY KEY, first INTEGER NOT NULL)
                    STRICT;
                    """)
        }
        return migrator
    }()

    // MARK: Keys

    /// All keys, the oldest first, revoked ones among them.
    func records() throws(Failure) -> [KeyRecord] {
        try perform { database in
            try database.read { try KeyRecord.order(sql: "created, id").fetchAll($0) }
        }
    }

    /// Adds keys: all of them or none.
    func add(_ records: [KeyRecord]) throws(Failure) {
        try perform { database in
            try database.write { database in
                for record in records { try record.insert(database) }
            }
        }
    }

    /// Puts a changed record in the place of what it was.
    ///
    /// - Returns: false where somebody else has changed or revoked it meanwhile.
    func replace(_ old: KeyRecord, with new: KeyRecord) throws(Failure) -> Bool {
        try perform { database in
            try database.write { database in
                let current = try KeyRecord.fetchOne(
                    database, sql: "SELECT * FROM key WHERE id = ?", arguments: [old.key.id])
                guard let current, current.entry == old.entry, current.revoked == old.revoked
                else { return false }
                try new.update(database)
                return true
            }
        }
    }

    /// Removes what was revoked, or has expired, before a time in seconds since 1970.
    func remove(endedBefore time: Int64) throws(Failure) {
        try perform { database in
            try database.write { database in
                try database.execute(
                    sql: "DELETE FROM key WHERE min(coalesce(revoked, expires), "
                        + "coalesce(expires, revoked)) < ?",
                    arguments: [time])
            }
        }
    }

    /// Writes when keys were last used, by id.
    func use(_ times: [String: Int64]) throws(Failure) {
        try perform { database in
            try database.write { database in
                for (id, time) in times {
                    try database.execute(
                        sql: "UPDATE key SET used = max(coalesce(used, 0), ?) WHERE id = ?",
                        arguments: [time, id])
                }
            }
        }
    }

    /// A number that changes when somebody else has changed the store.
    func version() throws(Failure) -> Int {
        try perform { database in
            try database.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
        }
    }

    // MARK: Ages

    /// When things were first seen, in seconds since 1970, by codes of them; those that are new are
    /// seen now.
    ///
    /// - Parameter things: whatever tells them apart. It is not kept.
    func firstSeen(_ things: [[UInt8]], now: Int64) throws(Failure) -> [Int64] {
        let codes = things.map {
            Data(HMAC<SHA256>.authenticationCode(for: $0, using: pepper))
        }
        return try perform { database in
            func seen(_ database: Database) throws -> [Int64?] {
                try codes.map {
                    try Int64.fetchOne(
                        database, sql: "SELECT first FROM seen WHERE code = ?", arguments: [$0])
                }
            }
            let known = try database.read(seen)
            guard !database.configuration.readonly, known.contains(nil) else {
                return known.map { $0 ?? now }
            }
            return try database.write { database in
                for code in codes {
                    try database.execute(
                        sql: "INSERT OR IGNORE INTO seen (code, first) VALUES (?, ?)",
                        arguments: [code, now])
                }
                return try seen(database).map { $0 ?? now }
            }
        }
    }

    private func perform<Value>(
        _ work: (DatabaseQueue) throws -> Value
    ) throws(Failure) -> Value {
        do {
            return try work(database)
        } catch {
            throw Self.failure(error, path)
        }
    }

    private static func failure(_ error: any Error, _ path: String) -> Failure {
        switch error {
        case is KeyRecord.Broken:
            .unusable(
                "The store of keys \(path) holds what Glovebox has not written. Restore it from a "
                    + "copy, or remove it and make new keys.")
        case let error as DatabaseError:
            .unusable(
                "The store of keys \(path) cannot be used (SQLite: "
                    + "\(error.message ?? error.resultCode.description)). Look at the file and "
                    + "its disk.")
        default: .unusable("The store of keys \(path) cannot be used (\(error)).")
        }
    }
}

extension KeyStore.Failure {
    var text: String {
        switch self {
        case .missing: "There are no keys yet. Make one with 'glovebox keys create'."
        case .unusable(let text): text
        }
    }
}
