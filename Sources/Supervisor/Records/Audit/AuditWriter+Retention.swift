import Descriptors
import FoundationEssentials

extension AuditWriter {
    /// Removes the oldest files that are too old, or too many by their size. That is a line of the log
    /// before it is done, and the head says where the log begins from then on.
    mutating func removeOld(at now: Date) throws(Failure) {
        let folder = folder
        let limits = limits
        let (gone, next) = try Self.system { () throws(SystemError) in
            var files: [(first: Int, size: Int, line: AuditLine?)] = []
            for first in try folder.files() {
                let size = try folder.read(first).status.size
                files.append((first, size, try folder.firstLine(first)))
            }
            var total = files.reduce(0) { $0 + $1.size }
            let oldest = Timestamp.text(now - limits.keep / .seconds(1))
            var gone: [Int] = []
            // A file's last line is older than the next one's first.
            while files.count > 1, let time = files[1].line?.time,
                total > limits.size || time < oldest
            {
                total -= files[0].size
                gone.append(files.removeFirst().first)
            }
            return (gone, files.first?.line)
        }
        // What was moved aside goes with the lines of its time.
        let torn = try Self.system { () throws(SystemError) in try folder.torn() }.filter { torn in
            next.map { Timestamp.text(torn.time) < $0.time } ?? false
        }
        defer { for (name, _) in torn { folder.remove(named: name) } }
        guard let first = gone.first, let next else { return }
        try write(
            AuditEvent(
                .auditExpired, by: .service,
                fields: [
                    ("from", .integer(Int64(first))), ("to", .integer(Int64(next.number - 1))),
                    ("files", .integer(Int64(gone.count))), ("last", .string(next.previous)),
                ]), at: now)
        oldest = (next.number, next.previous)
        try flush()
        for first in gone { folder.remove(first) }
    }
}
