import CLinux
import Descriptors
import Glibc
import NIOCore

/// The input that a command line names.
enum InputFile {
    /// Reads a file, or standard input for `-`, to its end.
    static func read(_ path: String, atMost limit: Int) throws(CommandFailure) -> ByteBuffer {
        let name = path == "-" ? "Standard input" : path
        do throws(SystemError) {
            let file = path == "-" ? try standardInput() : try open(path)
            let bytes = try file.readToEnd(limit: limit)
            guard !bytes.isEmpty else { throw SystemError("read", ENODATA) }
            return ByteBuffer(bytes: bytes)
        } catch {
            switch error.code {
            case EFBIG: throw .failed("\(name) is larger than the limit of \(limit) bytes.")
            case ENODATA: throw .failed("\(name) is empty. Give it an image.")
            case EISDIR: throw .failed("\(name) is a folder. Name an image.")
            case ENOENT: throw .failed("There is no file \(path).")
            default: throw .failed("\(name) cannot be read (\(error)).")
            }
        }
    }

    private static func open(_ path: String) throws(SystemError) -> Descriptor {
        // The path is read within the call only.
        Descriptor(taking: try SystemError.check("open", unsafe clinux_open_path(path)))
    }

    /// A copy, so that number 0 stays taken: a descriptor opened later must not become it.
    static func standardInput() throws(SystemError) -> Descriptor {
        let copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw SystemError("fcntl", errno) }
        return Descriptor(taking: copy)
    }
}
