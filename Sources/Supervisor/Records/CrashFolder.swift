import Descriptors
import Glibc
import Synchronization

/// The folder of the crash log: `crashes.jsonl`, which is written, and `crashes.jsonl.1` and so on,
/// the newest first, which were.
///
/// Everything in it is reached through its descriptor, and no link in it is followed.
final class CrashFolder: Sendable {
    /// Its name in the state directory.
    static let name = "crashes"
    /// Files there are at most, the one that is written among them.
    static let mostFiles = 8

    /// As it was named, for messages.
    let path: String
    private let folder: Mutex<Descriptor>

    init(path: String, _ folder: consuming Descriptor) {
        self.path = path
        self.folder = Mutex(folder)
    }

    /// Opens the crash log of a state directory for reading.
    init(ofState state: String) throws(CrashReadFailure) {
        path = state + "/" + Self.name
        do throws(SystemError) {
            folder = Mutex(try Descriptor(opening: path, as: .directory))
        } catch {
            throw CrashReadFailure(
                description:
                    "There is no crash log at \(path) (\(error)). Name the state directory "
                    + "of the service with --state.")
        }
    }

    /// Goes on in the folder that is at the path now, where that is another one: this one was removed
    /// or moved away. One that is missing is made.
    ///
    /// - Returns: whether it was another.
    func followPath() throws(SystemError) -> Bool {
        // Paths are read within the calls only.
        guard unsafe mkdir(path, 0o750) == 0 || errno == EEXIST else {
            throw SystemError("mkdir", errno)
        }
        let number = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("open", errno) }
        let found = Descriptor(taking: number)
        let status = try CrashFileStatus(found.number)
        let isSame = try folder.withLock { folder throws(SystemError) in
            try CrashFileStatus(folder.number).isSame(as: status)
        }
        guard !isSame else { return false }
        if let group = Account.group, fchown(found.number, .max, group) == 0 {
            // As at the start.
            _ = fchmod(found.number, 0o2750)
        }
        replaceFolder(with: found)
        return true
    }

    private func replaceFolder(with found: consuming Descriptor) {
        var found: Descriptor? = consume found
        folder.withLock { folder in
            if let other = found.take() { folder = other }
        }
    }

    /// The name of a file; 0 is the one that is written.
    static func fileName(_ number: Int) -> String {
        number == 0 ? "crashes.jsonl" : "crashes.jsonl.\(number)"
    }

    /// The path of a file, for messages.
    func filePath(_ number: Int) -> String { path + "/" + Self.fileName(number) }

    /// Opens a file for reading; nil where there is none.
    func read(_ number: Int) throws(SystemError) -> Descriptor? {
        do throws(SystemError) {
            return try open(Self.fileName(number), O_RDONLY | O_NONBLOCK)
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
    }

    /// Opens the file that is written, and makes it when it is missing.
    func append() throws(SystemError) -> Descriptor {
        let file = try open(Self.fileName(0), O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK)
        // One that is no file, or has another name elsewhere, is not ours to write.
        _ = try file.regularFileSize()
        guard try file.linkCount() == 1 else { throw SystemError("open", EMLINK) }
        // The mask of the process may have taken the group's right; another's file is left as it is.
        _ = fchmod(file.number, 0o640)
        return file
    }

    /// Makes an empty file beside the log, for what is to take the place of another.
    func makeReplacement() throws(SystemError) -> Descriptor {
        removeReplacement()
        let file = try open(Self.replacement, O_WRONLY | O_CREAT | O_EXCL)
        _ = fchmod(file.number, 0o640)
        return file
    }

    /// What was left of one, when the machine went down.
    func removeReplacement() { remove(Self.replacement) }

    /// Puts the replacement in the place of a file.
    func replace(_ number: Int) throws(SystemError) {
        try rename(Self.replacement, Self.fileName(number))
    }

    private static let replacement = "crashes.jsonl.new"

    /// Gives the file that is written the name of the first of the others, and theirs the next; the
    /// last one goes.
    func rotate() throws(SystemError) {
        for number in 1..<Self.mostFiles { try clear(number) }
        remove(Self.mostFiles - 1)
        for number in (0..<Self.mostFiles - 1).reversed() {
            do throws(SystemError) {
                try rename(Self.fileName(number), Self.fileName(number + 1))
            } catch {
                guard error.code == ENOENT else { throw error }
            }
        }
    }

    /// Gives what has a file's name and is none another name, beside which the log goes on.
    private func clear(_ number: Int) throws(SystemError) {
        let name = Self.fileName(number)
        let isObstacle = folder.withLock { folder in
            var status = stat()
            // The name is read, and the structure written, within the call.
            let result = unsafe fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW)
            return result == 0 && status.st_mode & S_IFMT != S_IFREG
        }
        guard isObstacle else { return }
        for other in 1...Self.mostFiles where !exists("\(name).foreign-\(other)") {
            return try rename(name, "\(name).foreign-\(other)")
        }
        throw SystemError("rename", EEXIST)
    }

    private func exists(_ name: String) -> Bool {
        // A name is read within the call only; here and below.
        folder.withLock { unsafe faccessat($0.number, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 }
    }

    /// Removes a file, and what was in it also for those who still have it open. One that is gone
    /// already is no error.
    func empty(_ number: Int) {
        if let file = try? open(Self.fileName(number), O_WRONLY | O_NONBLOCK),
            (try? file.regularFileSize()) != nil, (try? file.linkCount()) == 1
        {
            _ = ftruncate(file.number, 0)
        }
        remove(number)
    }

    /// One that is gone already is no error.
    func remove(_ number: Int) { remove(Self.fileName(number)) }

    private func remove(_ name: String) {
        _ = folder.withLock { unsafe unlinkat($0.number, name, 0) }
    }

    private func rename(_ old: String, _ new: String) throws(SystemError) {
        let code = folder.withLock {
            unsafe renameat($0.number, old, $0.number, new) == 0 ? 0 : errno
        }
        guard code == 0 else { throw SystemError("rename", code) }
    }

    private func open(_ name: String, _ flags: CInt) throws(SystemError) -> Descriptor {
        let (number, code) = folder.withLock { folder in
            let number = unsafe openat(
                folder.number, name, flags | O_NOFOLLOW | O_CLOEXEC, 0o640)
            return (number, errno)
        }
        guard number >= 0 else { throw SystemError("open", code) }
        return Descriptor(taking: number)
    }
}

/// What fstat(2) says of a file of the log.
struct CrashFileStatus: Equatable, Sendable {
    var device: UInt
    var inode: UInt
    var size: Int
    /// Seconds since 1970 of the last change.
    var changed: Double

    /// - Parameter number: an open descriptor.
    init(_ number: CInt) throws(SystemError) {
        var status = stat()
        // fstat writes into the structure alone.
        guard unsafe fstat(number, &status) == 0 else { throw SystemError("fstat", errno) }
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        changed = Double(status.st_mtim.tv_sec)
    }

    func isSame(as other: CrashFileStatus) -> Bool {
        device == other.device && inode == other.inode
    }
}
