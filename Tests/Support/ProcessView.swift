internal import Foundation

/// One process as procfs shows it to another (proc(5)).
public struct ProcessView: Sendable {
    public let id: CInt

    public init(_ id: CInt) { self.id = id }

    /// The processes that it started.
    public var children: [ProcessView] {
        ProcessTable.names(in: "/proc").compactMap { CInt($0) }
            .filter { ProcessTable.parent(of: $0) == id }.map { ProcessView($0) }
    }

    /// Who started it; 0 when it is gone.
    public var parent: CInt { ProcessTable.parent(of: id) ?? 0 }

    /// The fields of its status by name, parted at white space.
    public var status: [String: [String]] {
        get throws { try Self.fields(in: "/proc/\(id)/status") }
    }

    /// As ``status``, for each of its threads.
    public var threads: [[String: [String]]] {
        get throws {
            try list("task").map { try Self.fields(in: "/proc/\(id)/task/\($0)/status") }
        }
    }

    /// The numbers of its open descriptors.
    public var descriptors: Set<CInt> {
        get throws { Set(try list("fd").compactMap { CInt($0) }) }
    }

    /// The names in its root directory.
    public var root: [String] {
        get throws { try list("root/") }
    }

    /// Its user namespace, by a text that names no other.
    public var userNamespace: String {
        get throws {
            try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/ns/user")
        }
    }

    /// One mount (proc_pid_mountinfo(5)).
    public struct Mount: Sendable {
        /// Where it is, as seen from the process's root.
        public let point: String
        /// Its own options; those of its file system are others.
        public let options: Set<String>
    }

    /// What is mounted in its namespace.
    public var mounts: [Mount] {
        get throws {
            try Self.text("/proc/\(id)/mountinfo").split(separator: "\n").map { line in
                let fields = line.split(separator: " ")
                return Mount(
                    point: String(fields[4]),
                    options: Set(fields[5].split(separator: ",").map(String.init)))
            }
        }
    }

    /// Soft and hard limit by the name that procfs gives it; empty when there is none.
    public func limits(_ name: String) throws -> [String] {
        let line = try Self.text("/proc/\(id)/limits").split(separator: "\n")
            .first { $0.hasPrefix(name) }
        let values = line?.dropFirst(name.count).split(separator: " ").prefix(2) ?? []
        return values.map(String.init)
    }

    private func list(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/\(name)")
    }

    private static func fields(in path: String) throws -> [String: [String]] {
        var fields: [String: [String]] = [:]
        for line in try text(path).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[String(parts[0])] = parts[1].split(whereSeparator: \.isWhitespace)
                .map(String.init)
        }
        return fields
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}
