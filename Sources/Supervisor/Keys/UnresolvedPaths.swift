import GRDBSQLite
import Glibc

/// Lets SQLite open what it is told to, by the path that it is told.
///
/// Its own way is to resolve every link first, which for ``StateEntrance`` leads back to the path that
/// cannot be gone by.
enum UnresolvedPaths {
    /// Makes it SQLite's way in this process; once.
    static let areUsed: Bool = {
        // The structure is copied, and the copy and its name are kept for ever, as SQLite asks.
        guard let standard = unsafe sqlite3_vfs_find(nil) else { return false }
        let own = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        unsafe own.initialize(to: standard.pointee)
        unsafe own.pointee.pNext = nil
        unsafe own.pointee.zName = UnsafePointer(strdup("glovebox"))
        unsafe own.pointee.xFullPathname = { _, path, size, result in
            // SQLite gives a text and room for as many bytes as it says.
            guard let path = unsafe path, let result = unsafe result else { return SQLITE_CANTOPEN }
            let length = unsafe strlen(path) + 1
            guard length <= Int(size) else { return SQLITE_CANTOPEN }
            unsafe memcpy(result, path, length)
            return SQLITE_OK
        }
        return unsafe sqlite3_vfs_register(own, 1) == SQLITE_OK
    }()
}
