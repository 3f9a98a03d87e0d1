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

    let folder: CrashFolder
    private let limits: Limits
    private var file: Descriptor?
    private var size = 0
    private var isDirty = false
    /// The first line of the file that is written.
    private var started: Date?
    /// When it was last looked for what is old.
    private var looked: Date?

    init(_ folder: CrashFolder, _ limits: Limits) {
        self.folder = folder
        self.limits = limits
    }

    private var largestFile: Int { limits.size / CrashFolder.mostFiles }
    private var longestFile: Double {
        max(Self.hour, limits.keep / .seconds(1) / Double(CrashFolder.mostFiles))
    }

    /// Opens the file, and ends a last line that was cut off when the machine went down.
    mutating func open() throws(SystemError) {
        guard file == nil else { return }
        let file = try folder.append()
        let status = try CrashFileStatus(file.number)
        size = status.size
        started = nil
        if size > 0 {
            // The first line was there when the last one was written.
            let changed = Date(timeIntervalSince1970: status.changed)
            started = min(Self.firstTime(in: folder) ?? changed, changed)
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
        try findAgain()
        try open()
        if size > 0, size + bytes.count > largestFile || isOld(at: now) {
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

    /// Brings what was written to the disk, as often as the settings ask for, removes what is old,
    /// and goes on where the log is after somebody has moved or removed it.
    mutating func tick(at now: Date) throws(SystemError) {
        if isDirty, limits.sync == .second { try flush() }
        if try folder.followPath() { close() }
        if looked.map({ abs(now.timeIntervalSince($0)) >= Self.hour }) ?? true {
            let isOpen = (try? open()) != nil
            if isOpen, size > 0, isOld(at: now) {
                try rotate(at: now)
            } else {
                removeOld(at: now)
            }
        }
        guard let number = file?.number else { return }
        // Where somebody has moved the file away, or removed it, a new one is begun.
        let own = try CrashFileStatus(number)
        guard let named = try folder.read(0), try CrashFileStatus(named.number).isSame(as: own)
        else { return close() }
    }

    private static let hour = 3_600.0

    /// Whether the file that is written is to be followed by another.
    private func isOld(at now: Date) -> Bool {
        started.map { now.timeIntervalSince($0) > longestFile } ?? false
    }

    /// Lets go of a file that has no name any more, and of the folder where that is gone too: what is
    /// written there nobody can read.
    private mutating func findAgain() throws(SystemError) {
        guard let links = try file?.linkCount(), links == 0 else { return }
        close()
        _ = try folder.followPath()
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
        looked = now
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
