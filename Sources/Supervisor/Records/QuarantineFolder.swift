import Descriptors
import FoundationEssentials
import Glibc

/// The folder of quarantined inputs, `STATE/quarantine`: what is in it, without a key.
///
/// A file is named by the SHA-256 of its input. The time at which it was last written or wanted to be
/// is its modification time.
final class QuarantineFolder: Sendable {
    static let name = "quarantine"

    /// One input.
    struct Entry: Equatable, Sendable {
        /// In lower-case hex.
        let sha256: String
        /// On the disk.
        let bytes: Int
        var stored: Date
    }

    private let folder: Descriptor

    /// Opens the folder in a state directory that somebody else looks after.
    init(inState path: String) throws(SystemError) {
        // A name is read within the call only; here and below.
        let number = unsafe Glibc.open(
            "\(path)/\(Self.name)", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("open", errno) }
        folder = Descriptor(taking: number)
    }

    /// Takes a folder that was opened for reading, and clears away what was being written when a
    /// service ended.
    init(_ folder: consuming Descriptor) {
        self.folder = folder
        for name in names() where name.hasSuffix(Self.unfinished) { remove(named: name) }
    }

    private static let unfinished = ".new"

    /// All of them, the oldest first.
    func entries() -> [Entry] {
        names().compactMap { name -> Entry? in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1] == QuarantineFile.fileExtension,
                InputHash.isHash(String(parts[0]))
            else { return nil }
            var status = stat()
            // fstatat writes into the structure within the call.
            guard unsafe fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
                status.st_mode & S_IFMT == S_IFREG
            else { return nil }
            let stored =
                Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1_000_000_000
            return Entry(
                sha256: String(parts[0]), bytes: Int(status.st_size),
                stored: Date(timeIntervalSince1970: stored))
        }.sorted { ($0.stored, $0.sha256) < ($1.stored, $1.sha256) }
    }

    /// The whole file of an input.
    ///
    /// - Throws: ENOENT where there is none.
    func file(of sha256: String, atMost limit: Int) throws(SystemError) -> [UInt8] {
        guard InputHash.isHash(sha256) else { throw SystemError("openat2", ENOENT) }
        return try Descriptor(opening: name(sha256), beneath: folder).readToEnd(limit: limit)
    }

    /// What the file of an input begins with; nil where there is none, or it is shorter.
    func beginning(of sha256: String, bytes: Int) -> [UInt8]? {
        guard InputHash.isHash(sha256),
            let file = try? Descriptor(opening: name(sha256), beneath: folder),
            let found = try? file.read(atMost: bytes), found.count == bytes
        else { return nil }
        return found
    }

    /// Notes that an input was seen again.
    ///
    /// - Returns: whether there is one of this hash.
    func touch(_ sha256: String, at time: Date) -> Bool {
        var times = [Self.time(time), Self.time(time)]
        // utimensat reads two times, which the array has.
        return unsafe utimensat(folder.number, name(sha256), &times, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// Writes a file that appears whole or not at all, for its owner alone.
    func write(_ file: [UInt8], of sha256: String, at time: Date) throws(SystemError) {
        let temporary = name(sha256) + Self.unfinished
        remove(named: temporary)
        let number = unsafe openat(
            folder.number, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError("openat", errno) }
        let output = Descriptor(taking: number)
        do throws(SystemError) {
            try output.writeAll(file.span)
            guard fsync(output.number) == 0 else { throw SystemError("fsync", errno) }
            var times = [Self.time(time), Self.time(time)]
            // As above.
            guard unsafe futimens(output.number, &times) == 0 else {
                throw SystemError("futimens", errno)
            }
            guard unsafe renameat(folder.number, temporary, folder.number, name(sha256)) == 0
            else { throw SystemError("renameat", errno) }
        } catch {
            remove(named: temporary)
            throw error
        }
    }

    /// - Returns: whether there was one.
    @discardableResult
    func remove(_ sha256: String) -> Bool {
        InputHash.isHash(sha256) && remove(named: name(sha256))
    }

    @discardableResult
    private func remove(named name: String) -> Bool {
        unsafe unlinkat(folder.number, name, 0) == 0
    }

    private func name(_ sha256: String) -> String { "\(sha256).\(QuarantineFile.fileExtension)" }

    /// Through the descriptor, so that it is the folder that was opened.
    private func names() -> [String] {
        let path = "/proc/self/fd/\(folder.number)/"
        return (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    private static func time(_ date: Date) -> timespec {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        let rest = (date.timeIntervalSince1970 - seconds) * 1_000_000_000
        return timespec(tv_sec: Int(seconds), tv_nsec: min(999_999_999, Int(rest)))
    }
}
