import Descriptors
import Glibc

/// A file of settings, of a policy or of a secret, read whole.
struct SmallFile {
    let bytes: [UInt8]
    /// Whether every account of the machine may read it.
    let isWorldReadable: Bool

    /// Why a file cannot be read, to stand after a colon.
    struct Failure: Error, Equatable {
        let reason: String
        /// There is no file of this name.
        let isMissing: Bool

        init(_ code: CInt, limit: Int) {
            isMissing = code == ENOENT
            // Two errno values say something else here than their names do.
            switch code {
            case EINVAL: reason = "it is no regular file"
            case EFBIG: reason = "it is larger than \(Size.text(limit))"
            // strerror answers with a constant string for the errno values of this platform.
            default: reason = unsafe String(cString: strerror(code))
            }
        }
    }

    /// Reads a regular file of at most `limit` bytes. Blocks on the file system.
    static func read(_ path: String, limit: Int) throws(Failure) -> SmallFile {
        // Without O_NONBLOCK a FIFO in place of the file would hold the reader for good.
        // The path's bytes and their NUL are used within the call.
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { throw Failure(errno, limit: limit) }
        let descriptor = Descriptor(taking: number)
        do throws(SystemError) {
            _ = try descriptor.regularFileSize()
            return SmallFile(
                bytes: try descriptor.readToEnd(limit: limit),
                isWorldReadable: try descriptor.isWorldReadable())
        } catch {
            throw Failure(error.code, limit: limit)
        }
    }
}
