import Descriptors
import FoundationEssentials
import Glibc

/// The audit log's writer: appends lines, begins a new file when one is full or old, and keeps the
/// head. For one thread; it blocks on the disk.
///
/// Others may write to the same log, in other processes: each takes the folder's lock for a line, and
/// goes on behind what it finds.
struct AuditWriter: ~Copyable {
    struct Limits: Equatable, Sendable {
        /// Bytes of all files together.
        var size = 256 << 20
        /// How long a file is kept after its last line.
        var keep = Duration.seconds(400 * 86_400)
        var sync = CrashSync.second
        /// How long another process that writes is waited for.
        var patience = Duration.seconds(5)
    }

    /// Why nothing is written.
    enum Failure: Error, CustomStringConvertible {
        case system(SystemError)
        /// What is there was sealed with another key.
        case otherKey
        /// Another process does not let go of it.
        case busy

        var description: String {
            switch self {
            case .system(let error): "\(error)"
            case .otherKey: "it was sealed with another key"
            case .busy: "another process has kept it locked for seconds, and may be stopped"
            }
        }
    }

    /// Files that the sizes and times are shared among.
    static let mostFiles = 8

    let folder: AuditFolder
    let key: AuditKey
    let limits: Limits
    var chain: AuditChain
    /// The oldest line that is kept, and the hash of the one before.
    var oldest: (first: Int, before: String) = (1, AuditHash.start)
    private var file: Descriptor?
    /// Of the file that is written, by the number of its first line.
    private var current = 1
    private var size = 0
    /// The time of its first line.
    private var started: Date?
    private var isDirty = false
    private var lost: (count: Int, since: Date)?
    /// When it was last looked for what is old.
    private var looked: Date?
    /// Whether the lock could not be had the last time: then it is not waited for again.
    private var isBusy = false

    init(_ folder: AuditFolder, _ key: AuditKey, _ limits: Limits = Limits()) {
        self.folder = folder
        self.key = key
        self.limits = limits
        chain = AuditChain(key)
    }

    /// Finds the end of the log, so that a log that cannot be written is found out at the start.
    mutating func open(at now: Date) throws(Failure) {
        try locked { writer throws(Failure) in try writer.resume(at: now) }
    }

    /// Writes what happened, behind a line on what could not be written before.
    ///
    /// - Returns: why it is in the log and not on the disk, where it should be: the next tick tries again.
    @discardableResult
    mutating func append(
        _ event: AuditEvent, at time: Date, now: Date
    ) throws(Failure) -> Failure? {
        var unkept: Failure?
        try locked { writer throws(Failure) in
            if try !writer.isAtEnd() { try writer.resume(at: now) }
            try writer.writeLost(at: now)
            try writer.write(event, at: time)
            guard writer.limits.sync == .each else { return }
            do throws(Failure) { try writer.flush() } catch { unkept = error }
        }
        return unkept
    }

    /// Some events could not be written.
    mutating func lose(_ count: Int, at now: Date) {
        lost = (count.addingClamped(lost?.count ?? 0), lost?.since ?? now)
    }

    /// Brings what was written to the disk and into the head, and removes what is old.
    mutating func tick(at now: Date) throws(Failure) {
        let isDue = looked.map { abs(now.timeIntervalSince($0)) >= 3_600 } ?? true
        guard isDirty || isDue else { return }
        try locked { writer throws(Failure) in
            if try !writer.isAtEnd() { try writer.resume(at: now) }
            if writer.isDirty { try writer.flush() }
            guard isDue else { return }
            try writer.removeOld(at: now)
            writer.looked = now
        }
    }

    /// Says what could not be written and brings everything to the disk, at the end.
    mutating func end(at now: Date) throws(Failure) {
        guard isDirty || lost != nil else { return }
        try locked { writer throws(Failure) in
            if try !writer.isAtEnd() { try writer.resume(at: now) }
            try writer.writeLost(at: now)
            try writer.flush()
        }
    }

    mutating func close() { file = nil }

    // MARK: With the lock held

    private mutating func locked(
        _ work: (inout AuditWriter) throws(Failure) -> Void
    ) throws(Failure) {
        do throws(SystemError) {
            try folder.lock(patience: isBusy ? .zero : limits.patience)
        } catch {
            isBusy = error.code == EWOULDBLOCK
            throw isBusy ? .busy : .system(error)
        }
        isBusy = false
        defer { folder.unlock() }
        do throws(Failure) {
            try work(&self)
        } catch {
            close()
            throw error
        }
    }

    /// Whether nobody else has written, or moved the file away, since.
    private mutating func isAtEnd() throws(Failure) -> Bool {
        guard let number = file?.number else { return false }
        return try Self.system { () throws(SystemError) in
            let status = try CrashFileStatus(number)
            guard status.size == size, try folder.files().last == current else { return false }
            return try folder.read(current).status.isSame(as: status)
        }
    }

    /// Goes on where the log ends, and says in it what is not as it should be.
    private mutating func resume(at now: Date) throws(Failure) {
        close()
        let end = try AuditEnd(of: folder, key)
        chain = AuditChain(key, after: end.number, end.last)
        oldest = end.oldest
        current = end.file ?? chain.number + 1
        let torn = try Self.system { () throws(SystemError) -> String? in
            guard !end.torn.isEmpty else { return nil }
            let name = try folder.putAside(end.torn, at: now)
            let file = try folder.append(current)
            guard ftruncate(file.number, off_t(end.size)) == 0 else {
                throw SystemError("ftruncate", errno)
            }
            return name
        }
        try reopen(size: end.size, started: end.started)
        if let torn {
            try write(
                AuditEvent(
                    .auditRepaired, by: .service,
                    fields: [
                        ("bytes", .integer(Int64(end.torn.count))), ("moved_to", .string(torn)),
                    ]), at: now)
        }
        if !end.damages.isEmpty {
            try write(
                AuditEvent(
                    .auditDamaged, by: .service,
                    fields: [("found", .array(end.damages.map { .string($0) }))]), at: now)
        }
        if torn != nil || !end.damages.isEmpty { try flush() }
    }

    private mutating func reopen(size: Int, started: Date?) throws(Failure) {
        file = nil
        let opened = try Self.system { () throws(SystemError) in try folder.append(current) }
        file = consume opened
        self.size = size
        self.started = started
    }

    mutating func write(_ event: AuditEvent, at time: Date) throws(Failure) {
        let line = chain.next(event, at: time)
        let bytes = Array((line + "\n").utf8)
        if size > 0, size + bytes.count > limits.size / Self.mostFiles || isOld(at: time) {
            // What is in a file is on the disk before the next one is begun.
            try flush()
            current = chain.number + 1
            try reopen(size: 0, started: nil)
        }
        let size = size
        try Self.system { () throws(SystemError) in
            do throws(SystemError) {
                try file?.writeAll(bytes.span)
            } catch {
                // Half a line would be a torn one.
                if let number = file?.number { _ = ftruncate(number, off_t(size)) }
                throw error
            }
        }
        chain.advance(by: line)
        self.size += bytes.count
        started = started ?? time
        let isFirst = chain.number == 1
        isDirty = true
        // From its first line on a log has a head; where that fails, the next tick says so.
        if isFirst { try? flush() }
    }

    private func isOld(at now: Date) -> Bool {
        let longest = max(3_600, limits.keep / .seconds(1) / Double(Self.mostFiles))
        return started.map { now.timeIntervalSince($0) > longest } ?? false
    }

    /// The lines are on the disk before the head tells of them.
    mutating func flush() throws(Failure) {
        let (number, isSynced) = (file?.number, limits.sync != .none)
        let head = AuditHead(
            first: oldest.first, before: oldest.before, number: chain.number, last: chain.last,
            key: key.id)
        try Self.system { () throws(SystemError) in
            if isSynced, let number, fdatasync(number) != 0 {
                throw SystemError("fdatasync", errno)
            }
            try folder.setHead(head.line(key), isSynced: isSynced)
        }
        isDirty = false
    }

    static func system<Value: ~Copyable>(
        _ work: () throws(SystemError) -> Value
    ) throws(Failure) -> Value {
        do throws(SystemError) { return try work() } catch { throw .system(error) }
    }

    private mutating func writeLost(at now: Date) throws(Failure) {
        guard let (count, since) = lost else { return }
        try write(
            AuditEvent(
                .auditLost, by: .service,
                fields: [
                    ("count", .integer(Int64(count))), ("since", .string(Timestamp.text(since))),
                    ("until", .string(Timestamp.text(now))),
                ]), at: now)
        lost = nil
    }
}
