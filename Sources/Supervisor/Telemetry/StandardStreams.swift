import Glibc

/// Standard input, output and error by their descriptors.
enum StandardStreams {
    /// Writes text to standard error. A reader that went away is no reason to stop.
    static func writeError(_ text: String) {
        _ = write(Array(text.utf8), to: STDERR_FILENO)
    }

    /// Writes bytes to standard output; false when they could not all be written.
    static func writeOutput(_ bytes: [UInt8]) -> Bool {
        write(bytes, to: STDOUT_FILENO)
    }

    /// Writes text to a descriptor that somebody else owns; false when it could not all be written.
    static func write(_ text: String, to descriptor: CInt) -> Bool {
        write(Array(text.utf8), to: descriptor)
    }

    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }
    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    private static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        var written = 0
        while written < bytes.count {
            let rest = bytes[written...]
            // write reads at most `count` bytes, and the pointer is used within the call only.
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                return false
            }
        }
        return true
    }
}
