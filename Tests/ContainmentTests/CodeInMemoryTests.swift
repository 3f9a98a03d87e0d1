import Foundation
import TestSupport
import Testing

/// The code that children run, as the kernel has it. Only root may look.
@Suite(
    "Code in memory", .ownProcess, .serialized,
    .enabled(if: Identity.testsRunAsRoot, "only root can look into another account's process"))
struct CodeInMemoryTests {
    /// A line of /proc/PID/maps (proc_pid_maps(5)).
    private struct Mapping {
        let start: UInt64
        let end: UInt64
        let permissions: Substring
        let offset: UInt64
        let path: Substring?

        init?(_ line: Substring) {
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count >= 5 else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard ends.count == 2, let offset = UInt64(fields[2], radix: 16) else { return nil }
            (start, end, self.offset) = (ends[0], ends[1], offset)
            permissions = fields[1]
            let name = fields.count > 5 ? fields[5].drop { $0 == " " } : ""
            path = name.isEmpty ? nil : name
        }

        static func all(of process: CInt) throws -> [Mapping] {
            // A read gives whole lines of a page at the most: it is read to its end.
            let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/\(process)/maps"))
            let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
            return text.split(separator: "\n").compactMap { Mapping($0) }
        }
    }

    @Test("a zygote and its children have no memory to write and execute, and code as in its file")
    func code() async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        try await Service.during(as: .ordinaryUser, in: workspace, options: ["--workers", "1"]) {
            service in
            for zygote in service.zygotes {
                for process in [zygote.id] + zygote.children.map(\.id) {
                    try check(process)
                }
            }
        }
    }

    private func check(_ process: CInt) throws {
        let mappings = try Mapping.all(of: process)
        #expect(mappings.count > 20)
        let writable = mappings.filter {
            $0.permissions.contains("w") && $0.permissions.contains("x")
        }
        #expect(writable.isEmpty)
        let memory = try FileHandle(forReadingFrom: URL(filePath: "/proc/\(process)/mem"))
        for (moved, rest) in zip(mappings, mappings.dropFirst())
        where moved.path == nil && moved.permissions.hasPrefix("r-x")
            && rest.permissions.hasPrefix("r-x")
        {
            // What lies on huge pages has no file any more; the file's own mapping goes on behind it.
            let path = try #require(rest.path, "executable memory of no file")
            try #require(rest.start == moved.end && rest.offset >= moved.end - moved.start)
            let file = try FileHandle(forReadingFrom: URL(filePath: String(path)))
            try file.seek(toOffset: rest.offset - (moved.end - moved.start))
            try memory.seek(toOffset: moved.start)
            let length = Int(moved.end - moved.start)
            #expect(try file.read(upToCount: length) == memory.read(upToCount: length))
        }
    }
}
