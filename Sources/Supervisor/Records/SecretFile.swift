import Descriptors
import Glibc

/// A file of 32 secret bytes in a state directory, for the service's account alone.
enum SecretFile {
    static let length = 32

    /// Opens a state directory.
    static func folder(_ path: String) throws(SystemError) -> Descriptor {
        // The path is read within the call.
        let number = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("open", errno) }
        return Descriptor(taking: number)
    }

    /// Reads the bytes, and makes some where there is no such file.
    ///
    /// - Parameter folder: opened for reading.
    static func bytes(
        _ name: String, in folder: borrowing Descriptor
    ) throws(SystemError) -> [UInt8] {
        if let bytes = try read(name, in: folder) { return bytes }
        try make(name, in: folder)
        guard let bytes = try read(name, in: folder) else { throw SystemError("open", ENOENT) }
        return bytes
    }

    /// nil where there is no such file.
    ///
    /// - Throws: what ``KeyFile/check(_:)-(Descriptor)`` does, and EBADMSG or EFBIG for another length.
    static func read(
        _ name: String, in folder: borrowing Descriptor
    ) throws(SystemError) -> [UInt8]? {
        // A name is read within the call only; here and below. A FIFO is not waited for.
        let number = unsafe openat(
            folder.number, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else {
            if errno == ENOENT { return nil }
            throw SystemError("open", errno)
        }
        let file = Descriptor(taking: number)
        try KeyFile.check(file)
        let bytes = try file.readToEnd(limit: 4 * length)
        guard bytes.count == length else { throw SystemError("read", EBADMSG) }
        return bytes
    }

    /// Makes one with another name first, so that nobody reads half of it; where somebody else was
    /// quicker, his counts.
    private static func make(
        _ name: String, in folder: borrowing Descriptor
    ) throws(SystemError) {
        let temporary = "\(name).\(getpid())"
        _ = unsafe unlinkat(folder.number, temporary, 0)
        let number = unsafe openat(
            folder.number, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError("open", errno) }
        defer { _ = unsafe unlinkat(folder.number, temporary, 0) }
        let file = Descriptor(taking: number)
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<length).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
        try file.writeAll(bytes.span)
        guard fsync(file.number) == 0 else { throw SystemError("fsync", errno) }
        var status = stat()
        // fstat writes into the structure alone.
        if Privileges.isRoot, unsafe fstat(folder.number, &status) == 0 {
            // What root makes belongs to the service's account all the same.
            guard fchown(file.number, status.st_uid, status.st_gid) == 0 else {
                throw SystemError("chown", errno)
            }
        }
        let linked = unsafe linkat(folder.number, temporary, folder.number, name, 0)
        guard linked == 0 || errno == EEXIST else { throw SystemError("link", errno) }
    }
}
