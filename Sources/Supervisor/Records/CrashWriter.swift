import Descriptors
import FoundationEssentials
import Glibc

/// When what was written to the crash log is on the disk for good.
enum CrashSync: String, CaseIterable, Sendable {
    /// When the kernel gets to it.
    case none
    /// After each record.
    case each
    /// Once a second.
    case second
}

/// The crash log's writer: appends lines, changes files when one is full or old, and removes old
/// ones. For one thread; it blocks on the disk.
struct CrashWriter: ~Copyable {
    struct Limits: Equatable, Sendable {
        /// Bytes of all files together.
        var size = 256 << 20
        /// How long a file is kept after its last line.
        var keep = Duration.seconds(30 * 86_400)
        var sync = CrashSync.second
    }

    private let folder: CrashFolder
    private let limits: Limits
    private var file: Descriptor?
    private var size = 0
    private var isDirty = false
    /// The first line of the file that is written.
    private var started: Date?

    init(_ folder: CrashFolder, _ limits: Limits) {
        self.folder = folder
        self.limits = limits
    }

    private var largestFile: Int { limits.size / CrashFolder.mostFiles }
    private var longestFile: Double {
        max(3_600, limits.keep / .seconds(1) / Double(CrashFolder.mostFiles))
    }

    /// Opens the file, and ends a last line that was cut off when the machine went down.
    mutating func open() throws(SystemError) {
        guard file == nil else { return }
        let file = try folder.append()
        size = try file.regularFileSize()
        started = nil
        if size > 0 {
            started = Self.firstTime(in: folder)
            if try Self.lastByte(in: folder, size) != UInt8(ascii: "\n") {
                try file.writeAll([UInt8(ascii: "\n")].span)
                size += 1
            }
        }
        self.file = consume file
    }

    /// Writes one line, which gets its line feed here, in one call.
    mutating func append(_ line: String, at now: Date) throws(SystemError) {
        let bytes = Array((line + "\n").utf8)
        try open()
        let isOld = started.map { now.timeIntervalSince($0) > longestFile } ?? false
        if size > 0, size + bytes.count > largestFile || isOld {
            try rotate(at: now)
            try open()
        }
        do throws(SystemError) {
            try file?.writeAll(bytes.span)
        } catch {
            // Half a line would make the next one unreadable.
            if let number = file?.number { _ = ftruncate(number, off_t(size)) }
            close()
            throw error
        }
        size += bytes.count
        started = started ?? now
        isDirty = true
        // Where that fails, the line is in the log all the same.
        if limits.sync == .each { try? flush() }
    }

    /// Brings what was written to the disk, as often as the settings ask for.
    mutating func tick() throws(SystemError) {
        if isDirty, limits.sync == .second { try flush() }
        guard let number = file?.number else { return }
        // Where somebody has moved the file away, or removed it, a new one is begun.
        let own = try CrashFileStatus(number)
        guard let named = try folder.read(0), try CrashFileStatus(named.number).isSame(as: own)
        else { return close() }
    }

    /// Brings what was written to the disk.
    mutating func flush() throws(SystemError) {
        isDirty = false
        guard let number = file?.number else { return }
        guard fdatasync(number) == 0 else { throw SystemError("fdatasync", errno) }
    }

    mutating func close() { file = nil }

    /// Begins a new file.
    mutating func rotate(at now: Date) throws(SystemError) {
        if isDirty, limits.sync != .none { try flush() }
        close()
        try folder.rotate()
        size = 0
        started = nil
        removeOld(at: now)
    }

    /// Removes the files that are too old, or too many by their size.
    mutating func removeOld(at now: Date) {
        var total = largestFile
        for number in 1..<CrashFolder.mostFiles {
            guard let file = try? folder.read(number),
                let status = try? CrashFileStatus(file.number)
            else { continue }
            total += status.size
            let age = now.timeIntervalSince1970 - status.changed
            if age > limits.keep / .seconds(1) || total > limits.size { folder.remove(number) }
        }
    }

    /// Takes the lines out of the log that match, whole files where nothing else is in them.
    ///
    /// - Returns: how many crashes they told of.
    mutating func purge(_ filter: CrashFilter) throws(SystemError) -> Int {
        close()
        var gone = 0
        for number in 0..<CrashFolder.mostFiles {
            guard let file = try folder.read(number) else { continue }
            let status = try CrashFileStatus(file.number)
            let bytes = try file.read(atMost: max(status.size, 1))
            var kept: [UInt8] = []
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                if let head = CrashLine.head(bytes, line.indices), filter.matches(head) {
                    gone += head.count
                } else {
                    kept += line + [UInt8(ascii: "\n")]
                }
            }
            guard kept.count < bytes.count else { continue }
            if kept.isEmpty, number > 0 {
                folder.remove(number)
                continue
            }
            let replacement = try folder.makeReplacement()
            try replacement.writeAll(kept.span)
            // Its age counts from its last line.
            let time = timespec(tv_sec: Int(status.changed), tv_nsec: 0)
            let times = [time, time]
            // Two times are read within the call.
            _ = unsafe futimens(replacement.number, times)
            guard fsync(replacement.number) == 0 else { throw SystemError("fsync", errno) }
            try folder.replace(number)
        }
        return gone
    }

    private static func firstTime(in folder: CrashFolder) -> Date? {
        guard let file = try? folder.read(0), let bytes = try? file.read(atMost: 1 << 12) else {
            return nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let name = text.firstRange(of: "\"time\":\"") else { return nil }
        return Timestamp.date(String(text[name.upperBound...].prefix { $0 != "\"" }))
    }

    private static func lastByte(
        in folder: CrashFolder, _ size: Int
    ) throws(SystemError) -> UInt8? {
        guard let file = try folder.read(0) else { return nil }
        guard lseek(file.number, off_t(size - 1), SEEK_SET) >= 0 else {
            throw SystemError("lseek", errno)
        }
        return try file.read(atMost: 1).first
    }
}
