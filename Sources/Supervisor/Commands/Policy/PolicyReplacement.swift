import Descriptors
import Glibc
import NIOCore

/// Puts a policy's new text in the place of the old one: complete or not at all.
enum PolicyReplacement {
    /// - Parameters:
    ///   - path: The file; what a link leads to is replaced, and not the link.
    ///   - old: What the file held when it was read.
    static func replace(
        _ path: String, with bytes: [UInt8], was old: [UInt8]
    ) throws(CommandFailure) {
        do throws(SystemError) {
            let target = try resolved(path)
            guard try Descriptor(opening: target, as: .file).readToEnd(limit: old.count) == old
            else { throw SystemError("read", ESTALE) }
            try write(bytes, to: target)
        } catch {
            switch error.code {
            case ESTALE, EFBIG:
                throw .failed(
                    "\(path) was changed meanwhile, and nothing is written. Run the command again.")
            default: throw .failed("\(path) cannot be written (\(error)).")
            }
        }
    }

    private static func write(_ bytes: [UInt8], to target: String) throws(SystemError) {
        var status = stat()
        // stat writes into the structure alone; the paths below are read within the calls only.
        guard unsafe stat(target, &status) == 0 else { throw SystemError("stat", errno) }
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        // No name that a folder of policies would take for one.
        let temporary = "\(target).\(digits).tmp"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = unsafe open(temporary, flags, 0o600)
        guard number >= 0 else { throw SystemError("open", errno) }
        defer { _ = close(number) }
        do throws(SystemError) {
            // An owner that this account may not give it to stays its own.
            _ = fchown(number, status.st_uid, status.st_gid)
            _ = try SystemError.check("fchmod", fchmod(number, status.st_mode & 0o7777))
            try Descriptor.writeAll(ByteBuffer(bytes: bytes).readableBytesUInt8Span, to: number)
            // A lost power supply must not leave an empty file.
            _ = try SystemError.check("fsync", fsync(number))
            _ = try SystemError.check("rename", unsafe rename(temporary, target))
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
    }

    private static func resolved(_ path: String) throws(SystemError) -> String {
        // realpath gives a string that is ours to free, or nil.
        guard let found = unsafe realpath(path, nil) else { throw SystemError("realpath", errno) }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }
}
