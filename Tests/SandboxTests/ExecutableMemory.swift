import Glibc

/// What the kernel says about this process' memory.
enum ExecutableMemory {
    /// Lines of /proc/self/maps (proc(5)) whose memory may be executed and which no library or
    /// program on disk backs: anonymous memory, memfds, files that were unlinked.
    static func withoutFile() -> [String] {
        let file = unsafe open("/proc/self/maps", O_RDONLY)
        defer { close(file) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        // `read` fills at most what the buffer holds.
        while case let count = unsafe read(file, &buffer, buffer.count), count > 0 {
            text += buffer[..<count]
        }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { line in
                let fields = line.split(separator: " ", omittingEmptySubsequences: true)
                guard fields.count >= 5, fields[1].contains("x") else { return false }
                guard fields.count > 5 else { return true }
                return line.hasSuffix("(deleted)") || line.contains("memfd:")
            }
    }
}
