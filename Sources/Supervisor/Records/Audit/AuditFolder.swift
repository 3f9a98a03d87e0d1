import Descriptors
import FoundationEssentials
import Glibc

/// The folder of the audit log, `STATE/audit`: files of lines, each named by the number of its first
/// line, and the head.
///
/// Everything in it is reached through its descriptor, and no link in it is followed.
final class AuditFolder: Sendable {
    static let name = "audit"
    private static let headName = "head.json"
    /// Bytes of a head, with room.
    private static let largestHead = 4 << 10

    /// As it was named, for messages.
    let path: String
    private let folder: Descriptor

    /// - Parameter folder: opened for reading.
    init(path: String, _ folder: consuming Descriptor) {
        self.path = path
        self.folder = folder
    }

    /// Opens the one of a state directory that somebody else looks after.
    init(inState state: String) throws(SystemError) {
        path = "\(state)/\(Self.name)"
        // A name is read within the call only; here and below.
        let number = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("open", errno) }
        folder = Descriptor(taking: number)
    }

    /// Whether a state directory has the head of a log, as far as this account may see.
    static func hasHead(inState state: String) -> Bool {
        // The path is read within the call.
        unsafe access("\(state)/\(name)/\(headName)", F_OK) == 0
    }

    /// Waits until nobody else writes, and keeps others from it until ``unlock()``.
    ///
    /// - Throws: EWOULDBLOCK where somebody else has it for longer than `patience`, such as a process
    ///   that was stopped.
    func lock(patience: Duration) throws(SystemError) {
        let end = ContinuousClock.now + patience
        while flock(folder.number, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code == EINTR || (code == EWOULDBLOCK && .now < end) else {
                throw SystemError("flock", code)
            }
            usleep(2_000)
        }
    }

    func unlock() { _ = flock(folder.number, LOCK_UN) }

    static func fileName(_ first: Int) -> String {
        let digits = String(first)
        return "audit-\(String(repeating: "0", count: max(0, 12 - digits.count)))\(digits).jsonl"
    }

    /// The number of a file's first line, by the file's name; nil for what is none of the log's.
    static func first(ofFile name: String) -> Int? {
        guard name.hasPrefix("audit-"), name.hasSuffix(".jsonl"),
            let first = Int(name.dropFirst(6).dropLast(6)), first > 0, fileName(first) == name
        else { return nil }
        return first
    }

    func filePath(_ first: Int) -> String { "\(path)/\(Self.fileName(first))" }

    /// The files there are, by the numbers of their first lines, the oldest first.
    func files() throws(SystemError) -> [Int] {
        try names().compactMap { Self.first(ofFile: $0) }.sorted()
    }

    private func names() throws(SystemError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(
                atPath: "/proc/self/fd/\(folder.number)/")
        } catch {
            throw SystemError("readdir", EIO)
        }
    }

    /// Opens a file for reading; ENOENT where there is none.
    func read(_ first: Int) throws(SystemError) -> CrashFile {
        try CrashFile(first, try open(Self.fileName(first), O_RDONLY | O_NONBLOCK))
    }

    /// Opens a file for writing at its end, and makes it when it is missing.
    func append(_ first: Int) throws(SystemError) -> Descriptor {
        let file = try open(
            Self.fileName(first), O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK)
        _ = try file.regularFileSize()
        guard try file.linkCount() == 1 else { throw SystemError("open", EMLINK) }
        try own(file)
        return file
    }

    func remove(_ first: Int) { remove(named: Self.fileName(first)) }

    /// The files that ``putAside(_:at:)`` has made, and when.
    func torn() throws(SystemError) -> [(name: String, time: Date)] {
        try names().compactMap { name in
            guard name.hasPrefix(Self.tornPrefix),
                let time = Int64(name.dropFirst(Self.tornPrefix.count))
            else {
                return nil
            }
            return (name, Date(timeIntervalSince1970: Double(time) / 1_000))
        }
    }

    func remove(named name: String) { _ = unsafe unlinkat(folder.number, name, 0) }

    private static let tornPrefix = "torn-"

    /// Keeps bytes that are no lines in a file of their own.
    ///
    /// - Returns: its name.
    func putAside(_ bytes: [UInt8], at time: Date) throws(SystemError) -> String {
        let name = Self.tornPrefix + "\(Int64(time.timeIntervalSince1970 * 1_000))"
        let file = try open(name, O_WRONLY | O_CREAT | O_EXCL)
        try own(file)
        try file.writeAll(bytes.span)
        return name
    }

    func head() throws(SystemError) -> [UInt8]? {
        do throws(SystemError) {
            let file = try open(Self.headName, O_RDONLY | O_NONBLOCK)
            return try file.readToEnd(limit: Self.largestHead)
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
    }

    /// Puts another head in the place of the old one, whole or not at all.
    func setHead(_ text: String, isSynced: Bool) throws(SystemError) {
        let temporary = Self.headName + ".new"
        _ = unsafe unlinkat(folder.number, temporary, 0)
        let file = try open(temporary, O_WRONLY | O_CREAT | O_EXCL)
        try own(file)
        try file.writeAll(Array((text + "\n").utf8).span)
        if isSynced, fsync(file.number) != 0 { throw SystemError("fsync", errno) }
        guard unsafe renameat(folder.number, temporary, folder.number, Self.headName) == 0 else {
            throw SystemError("rename", errno)
        }
    }

    private func open(_ name: String, _ flags: CInt) throws(SystemError) -> Descriptor {
        let number = unsafe openat(
            folder.number, name, flags | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError("open", errno) }
        return Descriptor(taking: number)
    }

    /// What root writes belongs to the service's account all the same.
    private func own(_ file: borrowing Descriptor) throws(SystemError) {
        guard Privileges.isRoot else { return }
        var status = stat()
        // fstat writes into the structure alone.
        guard unsafe fstat(folder.number, &status) == 0 else {
            throw SystemError("fstat", errno)
        }
        guard fchown(file.number, status.st_uid, status.st_gid) == 0 else {
            throw SystemError("chown", errno)
        }
    }
}
