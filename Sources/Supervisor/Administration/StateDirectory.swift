import Descriptors
import Glibc
import Logging

/// The service's state directory, opened, checked and locked: no other service uses it as long as
/// this value lives.
///
/// Everything in it is reached through its descriptor, so that it stays the folder that was checked
/// whatever becomes of its path.
final class StateDirectory: Sendable {
    /// As it was named.
    let path: String
    private let folder: Descriptor
    /// Holds the lock (flock(2)), which ends with the process, however that ends.
    private let lock: Descriptor

    /// Why there is none, as a sentence.
    enum Failure: Error, Equatable, Sendable {
        /// There is no place for it.
        case unavailable(String)
        /// It would not be safe, or another service has it.
        case refused(String)
    }

    private static let entryName = "admin.json"

    /// Opens the folder and takes it for this process. It is made when it is missing, and so are
    /// its parents, unless root makes it.
    ///
    /// Call it before root is dropped: what is made then is given to `account`.
    ///
    /// - Parameter account: the account that the service is going to work under; nil for the one
    ///   it works under now.
    init(path: String, account: Account?) throws(Failure) {
        self.path = path
        let owner = account ?? Account(uid: geteuid(), gid: getegid())
        folder = try Self.open(path, for: owner)
        try Self.check(folder, at: path, for: owner)
        lock = try Self.lock(folder, at: path, for: owner)
    }

    /// The state directory for a service that starts: nil, and a warning in the log, where there is
    /// none and nobody asked for one.
    static func forService(
        _ place: StatePath, account: Account?, logger: Logger
    ) throws(CommandFailure) -> StateDirectory? {
        do throws(Failure) {
            return try StateDirectory(path: place.path, account: account)
        } catch {
            switch error {
            case .unavailable(let why) where !place.isNamed:
                logger.warning(
                    """
                    there is no state directory, so operator commands need --admin URL and \
                    GLOVEBOX_ADMIN_KEY; name one with --state
                    """,
                    metadata: ["reason": "\(why)"])
                return nil
            case .unavailable(let why), .refused(let why): throw .failed(why)
            }
        }
    }

    /// Writes `admin.json` whole: one that another service has left is replaced.
    func write(_ entry: AdminEntry) throws(SystemError) {
        try write(Array((entry.json.text + "\n").utf8), to: Self.entryName, mode: 0o640)
    }

    /// Writes a file of it whole, or leaves the one that is there.
    func write(_ bytes: [UInt8], to name: String, mode: mode_t) throws(SystemError) {
        let temporary = name + ".new"
        // A name is read within the call only; here and below.
        _ = unsafe unlinkat(folder.number, temporary, 0)
        let number = unsafe openat(
            folder.number, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard number >= 0 else { throw SystemError("openat", errno) }
        let file = Descriptor(taking: number)
        // The mask of the process may have taken the group's right.
        guard fchmod(file.number, mode) == 0 else { throw SystemError("fchmod", errno) }
        try file.writeAll(bytes.span)
        let renamed = unsafe renameat(folder.number, temporary, folder.number, name)
        guard renamed == 0 else { throw SystemError("renameat", errno) }
    }

    /// The bytes of a file of it; nil where there is none.
    func contents(of name: String, atMost limit: Int) throws(SystemError) -> [UInt8]? {
        // The name is read within the call.
        let number = unsafe openat(
            folder.number, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else {
            if errno == ENOENT { return nil }
            throw SystemError("openat", errno)
        }
        let file = Descriptor(taking: number)
        _ = try file.regularFileSize()
        return try file.readToEnd(limit: limit)
    }

    /// The folder of the crash log, which is made when it is missing. Where there is a group
    /// `glovebox` and it may be given away, that group may read it.
    ///
    /// Call it before root is dropped.
    ///
    /// - Parameter account: as above.
    func crashes(account: Account?) throws(CommandFailure) -> CrashFolder {
        let owner = account ?? Account(uid: geteuid(), gid: getegid())
        let place = path + "/" + CrashFolder.name
        do throws(SystemError) {
            let crashes = try Self.openOrMake(CrashFolder.name, in: folder, for: owner)
            if let group = Account.group, fchown(crashes.number, .max, group) == 0 {
                // What is made in it belongs to the group too.
                _ = fchmod(crashes.number, 0o2750)
            }
            return CrashFolder(path: place, crashes)
        } catch {
            throw .failed(
                "The folder of the crash log \(place) cannot be used (\(error)). Make it a folder "
                    + "that the service's account may write, or name another state directory with "
                    + "--state.")
        }
    }

    /// Removes `admin.json`, at the end. One that is gone already is no error.
    func removeEntry() {
        _ = unsafe unlinkat(folder.number, Self.entryName, 0)
    }

    /// Opens a folder in it for reading, and makes it when it is missing. It is reached without
    /// following a link, and gets this mode.
    func folder(named name: String, mode: mode_t) throws(SystemError) -> Descriptor {
        guard unsafe mkdirat(folder.number, name, mode) == 0 || errno == EEXIST else {
            throw SystemError("mkdir", errno)
        }
        let number = unsafe openat(
            folder.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("open", errno) }
        let opened = Descriptor(taking: number)
        guard fchmod(opened.number, mode) == 0 else { throw SystemError("chmod", errno) }
        return opened
    }

    /// The audit log's folder, and the key that is kept here for it, unless another is configured;
    /// made where they are missing.
    func audit(_ configured: AuditKey?) throws(CommandFailure) -> (AuditFolder, AuditKey) {
        let audit: AuditFolder
        do throws(SystemError) {
            audit = try AuditFolder.make(in: folder, ofState: path)
        } catch {
            throw AuditAccess.failure(.system(error), "\(path)/\(AuditFolder.name)")
        }
        if let configured { return (audit, configured) }
        guard let key = try AuditSecret.key(in: folder, ofState: path, makes: true) else {
            throw AuditAccess.failure(
                .system(SystemError("open", ENOENT)), "\(path)/\(AuditSecret.name)")
        }
        return (audit, key)
    }

    private static func open(_ path: String, for owner: Account) throws(Failure) -> Descriptor {
        let (parent, name) = parts(of: path)
        guard !name.isEmpty else {
            throw .refused("\(path) cannot be the state directory. Name a folder of its own.")
        }
        if !Privileges.isRoot { makeParents(parent) }
        do throws(SystemError) {
            let folder = try Descriptor(opening: parent, as: .directory)
            return try openOrMake(name, in: folder, for: owner)
        } catch {
            if error.code == ELOOP {
                throw .refused(
                    "The state directory \(path) is a symbolic link. Name the folder itself.")
            }
            throw .unavailable(
                "The state directory \(path) cannot be used (\(error)). Name another with "
                    + "--state.")
        }
    }

    private static func openOrMake(
        _ name: String, in parent: borrowing Descriptor, for owner: Account
    ) throws(SystemError) -> Descriptor {
        let isNew = unsafe mkdirat(parent.number, name, 0o750) == 0
        guard isNew || errno == EEXIST else { throw SystemError("mkdir", errno) }
        // The open below would say of a link that it is no folder.
        guard !isLink(name, in: parent) else { throw SystemError("open", ELOOP) }
        let number = unsafe openat(
            parent.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("open", errno) }
        let folder = Descriptor(taking: number)
        if isNew {
            guard fchmod(folder.number, 0o750) == 0 else { throw SystemError("chmod", errno) }
            try give(folder, to: owner)
        }
        return folder
    }

    /// What is in the folder must be the service's alone to write: it names the key that the admin
    /// listener accepts.
    private static func check(
        _ folder: borrowing Descriptor, at path: String, for owner: Account
    ) throws(Failure) {
        var status = stat()
        // fstat writes into the structure alone.
        guard unsafe fstat(folder.number, &status) == 0 else {
            throw .unavailable("The state directory \(path) cannot be used (errno \(errno)).")
        }
        guard status.st_uid == owner.uid else {
            throw .refused(
                "The state directory \(path) belongs to \(AccountName.user(status.st_uid)), but "
                    + "the service works as \(AccountName.user(owner.uid)). Give it away with "
                    + "'sudo chown \(owner.uid):\(owner.gid) \(path)', or name another with "
                    + "--state.")
        }
        guard status.st_mode & 0o002 == 0 else {
            throw .refused(
                "Everybody can write in the state directory \(path). Mend it with 'chmod o-w "
                    + "\(path)', or name another with --state.")
        }
    }

    private static func lock(
        _ folder: borrowing Descriptor, at path: String, for owner: Account
    ) throws(Failure) -> Descriptor {
        let file = try lockFile(in: folder, at: path, for: owner)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            throw .refused(
                "Another service\(holder(file)) uses the state directory \(path). Give this one a "
                    + "folder of its own with --state.")
        }
        // Only a name for people: what counts is the lock.
        _ = ftruncate(file.number, 0)
        try? file.writeAll(Array("\(getpid())\n".utf8).span)
        return file
    }

    private static func lockFile(
        in folder: borrowing Descriptor, at path: String, for owner: Account
    ) throws(Failure) -> Descriptor {
        do throws(SystemError) {
            let number = unsafe openat(
                folder.number, "lock",
                O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o640)
            guard number >= 0 else { throw SystemError("open", errno) }
            let file = Descriptor(taking: number)
            // What root is about to give away and to empty must be a file of this folder alone.
            _ = try file.regularFileSize()
            guard try file.linkCount() == 1 else { throw SystemError("open", EMLINK) }
            try give(file, to: owner)
            return file
        } catch {
            throw .unavailable("The lock in the state directory \(path) cannot be used (\(error)).")
        }
    }

    /// The process that holds the lock, by its own word.
    private static func holder(_ file: borrowing Descriptor) -> String {
        guard let bytes = try? file.read(atMost: 32),
            let pid = Int32(String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" })
        else { return "" }
        return " (process \(pid))"
    }

    private static func give(
        _ file: borrowing Descriptor, to owner: Account
    ) throws(SystemError) {
        guard Privileges.isRoot, owner.uid != 0 else { return }
        guard fchown(file.number, owner.uid, owner.gid) == 0 else {
            throw SystemError("chown", errno)
        }
    }

    private static func isLink(_ name: String, in parent: borrowing Descriptor) -> Bool {
        var status = stat()
        // fstatat reads the name and writes into the structure within the call.
        let result = unsafe fstatat(parent.number, name, &status, AT_SYMLINK_NOFOLLOW)
        return result == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// The folder it is in, and its name there.
    private static func parts(of path: String) -> (parent: String, name: String) {
        var rest = path[...]
        while rest.count > 1, rest.hasSuffix("/") { rest.removeLast() }
        guard let slash = rest.lastIndex(of: "/") else { return (".", String(rest)) }
        let parent = rest[..<slash]
        return (parent.isEmpty ? "/" : String(parent), String(rest[rest.index(after: slash)...]))
    }

    /// With the mode that the XDG base directory specification asks for. What cannot be made is
    /// found out by whoever opens it.
    private static func makeParents(_ path: String) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            _ = unsafe mkdir(made, 0o700)
        }
    }
}
