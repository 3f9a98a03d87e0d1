import FoundationEssentials
import Glibc

/// A folder of its own for one test, gone with it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/t-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
        return path + "/" + name
    }

    static func set(mode: mode_t, of path: String) {
        // The path is read within the call only.
        _ = unsafe chmod(path, mode)
    }

    /// What the kernel says about a path, links not followed.
    static func status(of path: String) -> (mode: mode_t, user: uid_t, group: gid_t)? {
        var status = stat()
        // The path is read, and the structure written, within the call.
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return (status.st_mode & 0o7777, status.st_uid, status.st_gid)
    }
}
