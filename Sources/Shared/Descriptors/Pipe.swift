internal import CLinux

/// The two ends of a pipe(7), both close-on-exec.
@frozen public struct Pipe: ~Copyable, Sendable {
    public var readEnd: Descriptor
    public var writeEnd: Descriptor

    /// A new pipe, its buffer empty.
    public init() throws(SystemError) {
        var read: CInt = -1
        var write: CInt = -1
        // Both out parameters are local variables.
        try SystemError.check("pipe2", unsafe clinux_pipe(&read, &write))
        readEnd = Descriptor(taking: read)
        writeEnd = Descriptor(taking: write)
    }
}
