internal import CLinux
internal import Glibc

/// An anonymous file in memory (memfd_create(2)) that one side fills and seals and the other reads.
public struct MemoryFile: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// - Parameter name: shown in `/proc/PID/maps`, nothing else.
    public init(name: String) throws(SystemError) {
        // The name lives for the length of the call.
        descriptor = try Descriptor("memfd_create", unsafe clinux_memfd(name))
    }

    /// A second, read-only open file on the same memory: what a child is given. Writing through it,
    /// truncating it or mapping it writable fails even before the file is sealed.
    public borrowing func readOnly() throws(SystemError) -> Descriptor {
        try Descriptor("open", clinux_reopen_read_only(descriptor.number))
    }

    /// Appends bytes.
    public borrowing func append(_ bytes: Span<UInt8>) throws(SystemError) {
        try descriptor.writeAll(bytes)
    }

    /// Seals size and contents for good and lets go of the writable descriptor.
    public consuming func seal() throws(SystemError) {
        try SystemError.check("fcntl", clinux_seal_all(descriptor.number))
    }
}

/// A sealed file's bytes, mapped for reading and never unmapped: for a process that ends with them.
public enum SealedBytes {
    /// Maps `length` bytes of `descriptor`.
    ///
    /// - Returns: the bytes. The mapping lasts as long as the process, so the pointer stays valid.
    /// - Throws: ENOMEM when the mapping fails, EINVAL for a length of 0.
    public static func map(
        _ descriptor: borrowing Descriptor, length: Int
    ) throws(SystemError) -> UnsafeRawBufferPointer {
        guard length > 0 else { throw SystemError("mmap", EINVAL) }
        // `length` bytes from the address on are mapped, until the process ends.
        guard let address = unsafe clinux_map_read_only(descriptor.number, length) else {
            throw SystemError("mmap", ENOMEM)
        }
        return unsafe UnsafeRawBufferPointer(start: address, count: length)
    }
}
