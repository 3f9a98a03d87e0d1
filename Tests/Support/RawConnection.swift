internal import Foundation
internal import Glibc

/// A TCP connection to the service on which a test says exactly what it wants, and which it may
/// drop: what a proper client would not do.
public final class RawConnection: Sendable {
    private let number: CInt

    /// Connects to 127.0.0.1.
    public init(port: Int) throws {
        number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        // The kernel reads the address within the call, no further than its size.
        let result = unsafe withUnsafePointer(to: address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw TimedOut(description: "connect: errno \(errno)") }
    }

    deinit { close(number) }

    /// Sends all of it, unless the service has hung up.
    public func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // The kernel reads at most `count` bytes within the call.
            let sent = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// Closes both directions at once; unread bytes make it a reset.
    public func drop() { shutdown(number, Int32(SHUT_RDWR)) }

    /// Everything that comes until the service closes.
    public func readToEnd() async -> [UInt8] {
        let all = Awaited<[UInt8]>()
        Thread.detachNewThread { [self] in
            var received: [UInt8] = []
            var part = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                // The kernel writes at most `count` bytes into the array within the call.
                let count = unsafe part.withUnsafeMutableBytes {
                    unsafe recv(number, $0.baseAddress, $0.count, 0)
                }
                guard count > 0 else { break }
                received += part[..<count]
            }
            all.set(received)
        }
        return await all.value
    }
}

extension Service {
    /// A status and a text, read without an HTTP library.
    public struct VerbatimAnswer: Sendable {
        public let status: Int
        /// Head and body as they came.
        public let text: String
    }

    /// Sends a request line such as `GET /a/../b` as it stands.
    public func sendVerbatim(_ requestLine: String) async throws -> VerbatimAnswer {
        let connection = try RawConnection(port: port)
        let head = "\(requestLine) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        connection.send(Array(head.utf8))
        let bytes = try await TestSupport.within(.seconds(60), "the answer to \(requestLine)") {
            await connection.readToEnd()
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let status = text.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) }
        return VerbatimAnswer(status: status ?? 0, text: text)
    }
}
