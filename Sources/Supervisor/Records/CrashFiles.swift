import Descriptors
import Glibc

/// One file of the crash log, open, with the bytes that it had then.
final class CrashFile: Sendable {
    /// What its name said; 0 is the one that is written.
    let number: Int
    let status: CrashFileStatus
    private let file: Descriptor

    init(_ number: Int, _ file: consuming Descriptor) throws(SystemError) {
        _ = try file.regularFileSize()
        self.number = number
        status = try CrashFileStatus(file.number)
        self.file = file
    }

    /// Bytes there are now, what has been appended since among them.
    var currentSize: Int {
        get throws(SystemError) { try CrashFileStatus(file.number).size }
    }

    /// Fills a part of an array with what is in the file from a place on.
    func read(
        into bytes: inout [UInt8], _ part: Range<Int>, from place: Int
    ) throws(SystemError) {
        precondition(part.lowerBound >= 0 && part.upperBound <= bytes.count)
        var filled = part.lowerBound
        while filled < part.upperBound {
            // Within the array by the condition above, and pread writes no more than is asked for.
            let got = unsafe bytes.withUnsafeMutableBytes { memory in
                unsafe pread(
                    file.number, memory.baseAddress.map { unsafe $0 + filled },
                    part.upperBound - filled, off_t(place + filled - part.lowerBound))
            }
            if got > 0 {
                filled += got
            } else if got == 0 {
                // It was made shorter meanwhile.
                throw SystemError("pread", ESTALE)
            } else if errno != EINTR {
                throw SystemError("pread", errno)
            }
        }
    }

    /// A few bytes of it.
    func bytes(_ range: Range<Int>) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        try read(into: &bytes, 0..<range.count, from: range.lowerBound)
        return bytes
    }

    /// The place before the byte at `offset`.
    ///
    /// - Parameter time: of the line there.
    func cursor(at offset: Int, time: UInt64) throws(SystemError) -> CrashCursor {
        CrashCursor(
            inode: UInt64(status.inode), offset: UInt64(offset), print: try print(before: offset),
            time: time)
    }

    /// Where a place is in it; nil where it is in another file.
    func offset(of cursor: CrashCursor) -> Int? {
        guard cursor.inode == UInt64(status.inode), cursor.offset <= UInt64(status.size) else {
            return nil
        }
        let offset = Int(cursor.offset)
        return (try? print(before: offset)) == cursor.print ? offset : nil
    }

    private func print(before offset: Int) throws(SystemError) -> UInt64 {
        CrashCursor.print(of: try bytes(0..<min(offset, CrashCursor.printed)))
    }
}

/// The files of the crash log as they are at one moment, the newest first. A rotation gives them other
/// names and takes none away from who has them open.
struct CrashFiles: Sendable {
    private(set) var all: [CrashFile] = []
    /// A sentence for each that is none of the log's.
    private(set) var warnings: [String] = []

    /// - Throws: where this account may not read them.
    init(_ folder: CrashFolder) throws(CrashReadFailure) {
        // From the newest on: a file that is renamed meanwhile is still ahead, or known already.
        for number in 0..<CrashFolder.mostFiles {
            do throws(SystemError) {
                guard let file = try folder.read(number) else { continue }
                let opened = try CrashFile(number, file)
                guard !all.contains(where: { $0.status.isSame(as: opened.status) }) else {
                    continue
                }
                all.append(opened)
            } catch {
                let path = folder.filePath(number)
                guard error.code != EACCES, error.code != EPERM else {
                    throw CrashReadFailure(
                        description: "The crash log \(path) cannot be read (\(error)). Ask as an "
                            + "account that may read it.")
                }
                warnings.append(
                    "\(path) is no file of a crash log (\(error)); it was skipped. Move it away.")
            }
        }
    }

    /// The file in which a place is, by its index, and where in it; nil where it is in none.
    func find(_ cursor: CrashCursor) -> (index: Int, offset: Int)? {
        for (index, file) in all.enumerated() {
            if let offset = file.offset(of: cursor) { return (index, offset) }
        }
        return nil
    }
}
