import Descriptors
import FoundationEssentials
import Glibc

extension CrashWriter {
    /// Takes the lines out of the log that an order is about, whole files where nothing else is in
    /// them. Memory is the same however large the log is.
    mutating func purge(_ order: CrashPurge.Order) throws(SystemError) -> CrashPurge.Result {
        close()
        var result = CrashPurge.Result()
        if !order.isTrial { folder.removeReplacement() }
        for number in 0..<CrashFolder.mostFiles {
            let file: CrashFile
            do throws(SystemError) {
                guard let opened = try folder.read(number) else { continue }
                file = try CrashFile(number, opened)
            } catch {
                guard error.code != EACCES else { throw error }
                // It is none of the log's.
                if order.isAll, !order.isTrial { folder.remove(number) }
                continue
            }
            try purge(file, order, &result)
        }
        return result
    }

    private func purge(
        _ file: CrashFile, _ order: CrashPurge.Order, _ result: inout CrashPurge.Result
    ) throws(SystemError) {
        // All of it was written before the time: what nobody can read too.
        let isAllOld = order.before.map { file.status.changed < $0.timeIntervalSince1970 - 1 }
        let isWhole = order.isAll || isAllOld == true
        let counted = try count(file, order, isWhole: isWhole)
        result.crashes = result.crashes.addingClamped(counted.crashes)
        result.unreadable += counted.unreadable
        result.hashes.formUnion(counted.hashes)
        guard !order.isTrial else { return }
        if counted.kept == 0, file.number > 0 || order.isAll {
            folder.empty(file.number)
        } else if counted.removed > 0 {
            try replace(file, order, isWhole: isWhole)
        }
    }

    /// What is in a file.
    private struct Counted {
        var crashes = 0
        /// Lines.
        var kept = 0
        var removed = 0
        /// Kept ones that nobody can read.
        var unreadable = 0
        var hashes: Set<String> = []
    }

    private func count(
        _ file: CrashFile, _ order: CrashPurge.Order, isWhole: Bool
    ) throws(SystemError) -> Counted {
        var counted = Counted()
        var lines = ForwardLines(file)
        while let line = try lines.next() {
            let head = CrashLine.head(lines.bytes, line)
            if isWhole || order.isAbout(head, lines.bytes, line) {
                counted.removed += 1
                counted.crashes = counted.crashes.addingClamped(head?.count ?? 0)
                if order.isOfRequests, let hash = head?.inputSHA256 { counted.hashes.insert(hash) }
            } else {
                counted.kept += 1
                counted.unreadable += head == nil ? 1 : 0
            }
        }
        return counted
    }

    private func replace(
        _ file: CrashFile, _ order: CrashPurge.Order, isWhole: Bool
    ) throws(SystemError) {
        let replacement = try folder.makeReplacement()
        var kept: [UInt8] = []
        var lines = ForwardLines(file)
        while let line = try lines.next() {
            let head = CrashLine.head(lines.bytes, line)
            guard !isWhole, !order.isAbout(head, lines.bytes, line) else { continue }
            kept += lines.bytes[line] + [UInt8(ascii: "\n")]
            guard kept.count >= 1 << 20 else { continue }
            try replacement.writeAll(kept.span)
            kept.removeAll(keepingCapacity: true)
        }
        try replacement.writeAll(kept.span)
        // Its age counts from its last line.
        let time = timespec(tv_sec: Int(file.status.changed), tv_nsec: 0)
        let times = [time, time]
        // Two times are read within the call.
        _ = unsafe futimens(replacement.number, times)
        guard fsync(replacement.number) == 0 else { throw SystemError("fsync", errno) }
        try folder.replace(file.number)
    }
}

extension CrashPurge.Order {
    /// Whether a line is to go: also one that nobody can read, where it names the input, and a count
    /// that names it.
    ///
    /// - Parameter head: nil for a line that cannot be read.
    fileprivate func isAbout(_ head: CrashHead?, _ text: [UInt8], _ line: Range<Int>) -> Bool {
        if isAll { return true }
        if let input { return Self.contains(Array(input.utf8), text, line) }
        return head.map { filter.matches($0) } ?? false
    }

    private static func contains(_ word: [UInt8], _ text: [UInt8], _ line: Range<Int>) -> Bool {
        var place = line.lowerBound
        while place + word.count <= line.upperBound {
            if word.indices.allSatisfy({ text[place + $0] == word[$0] }) { return true }
            place += 1
        }
        return false
    }
}
