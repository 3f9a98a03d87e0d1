internal import Foundation
internal import Glibc

/// A web server that answers by path, mostly as none should: `Tests/Fixtures/hostile/origin.py`, on
/// loopback addresses or in a network of its own. What it answers, and on which addresses, stands
/// there.
public final class HostileOrigin: Sendable {
    /// The port on loopback: of the server, or of the way into its network.
    public let port: Int
    private let program: RunningProgram

    /// Listens on loopback addresses, all on one port.
    ///
    /// - Parameter image: what it serves where it serves an image.
    public static func start(
        on addresses: [String], image: [UInt8], in workspace: Workspace
    ) async throws -> HostileOrigin {
        let path = try workspace.write(image, to: "origin/good.png")
        return try await HostileOrigin(["origin.py", path, "0"] + addresses)
    }

    /// Makes a network in which public and private addresses are this machine's, with a DNS server.
    /// Needs root.
    public static func startNetwork(
        image: [UInt8], in workspace: Workspace
    ) async throws -> HostileOrigin {
        let path = try workspace.write(image, to: "origin/good.png")
        let folder = workspace.folder.appending(path: "origin").path
        return try await HostileOrigin(["network.py", path, folder])
    }

    private init(_ arguments: [String]) async throws {
        let folder = Workspace.repository.appending(path: "Tests/Fixtures/hostile")
        let script = folder.appending(path: arguments[0]).path
        let program = try RunningProgram(
            "/usr/bin/python3", ["-B", script] + arguments.dropFirst())
        let port = try await within(.seconds(30), "the start of the hostile server") {
            await program.errors.first { line in
                line.hasPrefix("ready ") ? Int(line.dropFirst("ready ".count)) : nil
            }
        }
        guard let port else {
            throw TimedOut(
                description: "the hostile server ended: "
                    + program.errors.lines.joined(separator: "\n"))
        }
        (self.program, self.port) = (program, port)
    }

    /// Addresses that were connected to, one entry for each connection.
    public var connections: [String] { said("connection").map { String($0) } }

    /// The targets that an address was asked for.
    public func requests(of address: String) -> [String] {
        said("request").filter { $0.hasPrefix("\(address) ") }
            .map { String($0.dropFirst(address.utf8.count + 1)) }
    }

    /// The names that were looked up.
    public var queries: [String] { said("query").map { String($0) } }

    private func said(_ word: String) -> [Substring] {
        program.errors.lines.filter { $0.hasPrefix("\(word) ") }
            .map { $0.dropFirst(word.utf8.count + 1) }
    }

    /// Ends it, once every connection was counted.
    public func stop() async {
        program.signal(SIGTERM)
        _ = await program.end
        await program.errors.finished()
    }

    /// The command line that starts a program in the network.
    func command(_ program: String, _ arguments: [String]) -> (program: String, [String]) {
        let namespaces = "/proc/\(self.program.id)/ns"
        return (
            "/usr/bin/nsenter",
            ["--net=\(namespaces)/net", "--mount=\(namespaces)/mnt", "--", program] + arguments
        )
    }
}
