internal import CLinux
internal import Glibc

/// An open file descriptor that belongs to exactly one owner and is closed with it.
///
/// Every descriptor made by this module is close-on-exec. Values may move between threads; two
/// threads never own the same one.
public struct Descriptor: ~Copyable, Sendable {
    /// The number, for the system call at hand. It is valid only while this value lives.
    public let number: CInt

    /// Takes over an open descriptor.
    public init(taking number: CInt) {
        precondition(number >= 0, "a descriptor is never negative")
        self.number = number
    }

    /// Takes over what a CLinux function returned.
    init(_ call: String, _ result: CInt) throws(SystemError) {
        guard result >= 0 else { throw SystemError(call, -result) }
        number = result
    }

    /// What is opened by path.
    public enum Opening: Sendable {
        /// A file, for reading.
        case file
        /// A folder, as a place to start from only (O_PATH).
        case directory
    }

    /// Opens a file or folder that the operator named.
    public init(opening path: String, as opening: Opening) throws(SystemError) {
        // The path lives for the length of the call.
        let result =
            switch opening {
            case .file: unsafe clinux_open_path(path)
            case .directory: unsafe clinux_open_directory(path)
            }
        try self.init("open \(path)", result)
    }

    /// Opens a file for reading beneath a folder: without following a symbolic link, without a step
    /// out of it, and without waiting for a FIFO's other end (openat2(2)).
    ///
    /// - Throws: EXDEV for a path that leads out, ELOOP for a link.
    public init(opening path: String, beneath folder: borrowing Descriptor) throws(SystemError) {
        // The path lives for the length of the call.
        try self.init("openat2", unsafe clinux_open_beneath(folder.number, path))
    }

    deinit { _ = Glibc.close(number) }

    /// Gives the number away: from here on it is the receiver's to close.
    public consuming func release() -> CInt {
        let number = number
        discard self
        return number
    }

    /// Writes all of `bytes`. A descriptor that would block is an error (EAGAIN).
    ///
    /// - Throws: ``SystemError`` of write(2); EPIPE when nobody reads (SIGPIPE must be ignored).
    public borrowing func writeAll(_ bytes: Span<UInt8>) throws(SystemError) {
        try Self.writeAll(bytes, to: number)
    }

    /// As ``writeAll(_:)``, to a number that somebody else owns.
    public static func writeAll(_ bytes: Span<UInt8>, to number: CInt) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let rest = bytes.extracting(written...)
            // The pointer is used within the call only, and write reads at most `count` bytes.
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(number, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw SystemError("write", errno)
            }
        }
    }

    /// Reads at most `capacity` bytes; an empty array is the end.
    ///
    /// - Throws: ``SystemError`` of read(2).
    public borrowing func read(atMost capacity: Int) throws(SystemError) -> [UInt8] {
        var failure: CInt = 0
        // read writes at most `capacity` bytes into the new array's own storage.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var got: Int
            repeat {
                got = unsafe Glibc.read(number, buffer.baseAddress, capacity)
            } while got < 0 && errno == EINTR
            failure = got < 0 ? errno : 0
            count = max(0, got)
        }
        guard failure == 0 else { throw SystemError("read", failure) }
        return bytes
    }

    /// Fills memory as far as there is something to read.
    ///
    /// - Returns: the number of bytes read; fewer than there is room for only at the end.
    public borrowing func read(
        into memory: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Int {
        var filled = 0
        while filled < memory.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[filled...])
            // The memory outlives the call, which writes at most `count` bytes of it.
            let count = unsafe Glibc.read(number, rest.baseAddress, rest.count)
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw SystemError("read", errno)
            }
        }
        return filled
    }

    /// Reads to the end, refusing more than `limit` bytes with EFBIG.
    public borrowing func readToEnd(limit: Int) throws(SystemError) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let part = try read(atMost: 1 << 16)
            if part.isEmpty { return all }
            guard part.count <= limit - all.count else { throw SystemError("read", EFBIG) }
            all.append(contentsOf: part)
        }
    }

    /// Makes reads and writes return EAGAIN where they would wait.
    public borrowing func setNonBlocking() throws(SystemError) {
        try SystemError.check("fcntl", clinux_set_nonblocking(number))
    }

    /// How many hard links the open file has; for a directory of procfs, its subdirectories + 2.
    public borrowing func linkCount() throws(SystemError) -> Int {
        Int(try SystemError.check("fstat", clinux_link_count(number)))
    }

    /// The size of a regular file in bytes; EINVAL when it is anything else.
    public borrowing func regularFileSize() throws(SystemError) -> Int {
        let size = clinux_regular_file_size(number)
        guard size >= 0 else { throw SystemError("fstat", CInt(truncatingIfNeeded: -size)) }
        return Int(size)
    }

    /// Whether the open file's mode lets every account read it.
    public borrowing func isWorldReadable() throws(SystemError) -> Bool {
        try SystemError.check("fstat", clinux_is_world_readable(number)) == 1
    }

    /// Another descriptor for the same open file.
    public borrowing func duplicate() throws(SystemError) -> Descriptor {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SystemError("fcntl", errno) }
        return Descriptor(taking: copy)
    }
}

/// A system call that failed.
public struct SystemError: Error, Equatable, Sendable {
    /// The call's name, as in section 2 of the manual.
    public let call: String
    /// errno(3).
    public let code: CInt

    public init(_ call: String, _ code: CInt) {
        self.call = call
        self.code = code
    }

    /// Passes a result on, or throws when it is a negated errno.
    @discardableResult
    public static func check(_ call: String, _ result: CInt) throws(SystemError) -> CInt {
        guard result >= 0 else { throw SystemError(call, -result) }
        return result
    }
}

extension SystemError: CustomStringConvertible {
    /// `openat2: No such file or directory (errno 2)`; for logs, never for answers.
    public var description: String {
        // strerror returns a string that stays valid for the known error numbers of this platform.
        let text = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "unknown error"
        return "\(call): \(text) (errno \(code))"
    }
}
