import Foundation
import Glibc
import TestSupport

/// What stands in for systemd: a datagram socket that a service is told of in NOTIFY_SOCKET
/// (sd_notify(3)), and what came through it.
final class NotifySocket: Sendable {
    let path: String
    /// The assignments of all messages, in their order.
    let lines = LineStream()
    private let number: CInt

    struct CannotBind: Error {
        let code: CInt
    }

    init(in workspace: Workspace) throws {
        path = workspace.folder.appending(path: "notify").path
        let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        // The name is shorter than the field, and the structure lives for the length of the calls.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw CannotBind(code: errno) }
        // The service may have another account.
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
        self.number = number
        let lines = lines
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while true {
                // The kernel writes at most `count` bytes into the array within the call.
                let count = unsafe buffer.withUnsafeMutableBytes {
                    unsafe recv(number, $0.baseAddress, $0.count, 0)
                }
                guard count > 0 else { break }
                lines.take(Array(buffer[..<count]))
            }
            lines.finish()
            close(number)
        }
    }

    /// Nothing more is received.
    func end() { shutdown(number, Int32(SHUT_RDWR)) }

    /// What the environment of a service has to name.
    var variables: [String: String] { ["NOTIFY_SOCKET": path] }

    /// How often an assignment has come so far.
    func count(_ line: String) -> Int { lines.lines.count { $0 == line } }

    /// Waits until an assignment has come once more than now.
    func another(_ line: String) async throws {
        let before = count(line)
        try await eventually("another \(line)") { count(line) > before }
    }
}
