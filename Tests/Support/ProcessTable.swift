internal import Foundation
internal import Glibc

/// What procfs says about the processes that run now (proc(5)).
public enum ProcessTable {
    /// The processes below one, by id.
    public static func descendants(of root: CInt) -> Set<CInt> {
        var children: [CInt: [CInt]] = [:]
        for id in names(in: "/proc").compactMap({ CInt($0) }) {
            if let parent = parent(of: id) { children[parent, default: []].append(id) }
        }
        var found: Set<CInt> = []
        var next = [root]
        while let id = next.popLast() {
            let below = children[id] ?? []
            found.formUnion(below)
            next += below
        }
        return found
    }

    /// How many descriptors a process has open; 0 when it is gone.
    public static func descriptorCount(of id: CInt) -> Int { names(in: "/proc/\(id)/fd").count }

    /// How many handles for processes (pidfd_open(2)) a process has open.
    public static func processHandleCount(of id: CInt) -> Int {
        openFiles(of: id).count { $0.contains("pidfd") }
    }

    /// What a process has open, as the kernel names it.
    static func openFiles(of id: CInt) -> [String] {
        names(in: "/proc/\(id)/fd").compactMap { number in
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/fd/\(number)")
        }
    }

    /// Whether a process exists, zombies not counted.
    public static func isAlive(_ id: CInt) -> Bool {
        guard let state = statFields(of: id)?.first else { return false }
        return state != "Z" && state != "X"
    }

    /// What a process has used of the processors, all threads together; nothing when it is gone.
    public static func processorTime(of id: CInt) -> Duration {
        // Fields 14 and 15 of the line, in clock ticks; the state is field 3.
        guard let fields = statFields(of: id), fields.count > 12 else { return .zero }
        let ticks = (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)
        return .milliseconds(ticks * 1000 / sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The processes that run a program, by the file and not by its name. Of other accounts only
    /// root sees any.
    public static func running(_ program: String) -> Set<CInt> {
        guard let file = FileIdentity(program) else { return [] }
        let ids = names(in: "/proc").compactMap { CInt($0) }
        return Set(ids.filter { isAlive($0) && FileIdentity("/proc/\($0)/exe") == file })
    }

    private struct FileIdentity: Equatable {
        let device: dev_t
        let file: ino_t

        init?(_ path: String) {
            var status = stat()
            // The kernel writes the status within the call; the path lives that long.
            guard unsafe stat(path, &status) == 0 else { return nil }
            device = status.st_dev
            file = status.st_ino
        }
    }

    public static func parent(of id: CInt) -> CInt? {
        guard let fields = statFields(of: id), fields.count > 1 else { return nil }
        return CInt(fields[1])
    }

    /// The fields of /proc/id/stat from the state on: the name before it may hold anything, so
    /// they are counted from its closing parenthesis.
    private static func statFields(of id: CInt) -> [Substring]? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(id)/stat") else {
            return nil
        }
        let text = String(decoding: data, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }

    static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
