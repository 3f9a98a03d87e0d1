internal import Foundation
internal import Glibc

/// A TCP connection to the service on which a test says exactly what it wants, and which it may
/// drop: what a proper client would not do.
public final class RawConnection: Sendable {
    private let number: CInt

    /// Connects to 127.0.0.1.
    ///
    /// - Parameter host: the last three bytes of the address in 127.0.0.0/8 that it comes from: all of
    ///   them are different clients.
    public init(port: Int, from host: UInt32 = 1) throws {
        number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // The kernel reads the address within each call.
        let own = unsafe Self.with(host: host, port: 0) { unsafe bind(number, $0, $1) }
        guard own == 0 else { throw TimedOut(description: "bind: errno \(errno)") }
        let result = unsafe Self.with(host: 1, port: port) { unsafe connect(number, $0, $1) }
        guard result == 0 else { throw TimedOut(description: "connect: errno \(errno)") }
    }

    /// Calls with an address of 127.0.0.0/8, which is there within the call only.
    private static func with(
        host: UInt32, port: Int, _ call: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0000 | host).bigEndian
        // The kernel reads the address within the call, no further than its size.
        return unsafe withUnsafePointer(to: address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe call($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    deinit { close(number) }

    /// Sends all of it, unless the service has hung up.
    ///
    /// - Returns: whether the kernel took all of it.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            // The kernel reads at most `count` bytes within the call.
            let sent = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// What receiving once came to.
    public enum Received: Equatable, Sendable {
        case bytes([UInt8])
        /// The service has closed its side.
        case end
        /// The service closed without reading all that had arrived (RFC 1122, 4.2.2.13).
        case reset
    }

    /// Waits for bytes, or for the end.
    public func receive(atMost most: Int = 1 << 16) -> Received {
        var part = [UInt8](repeating: 0, count: most)
        // The kernel writes at most `count` bytes into the array within the call.
        let count = unsafe part.withUnsafeMutableBytes {
            unsafe recv(number, $0.baseAddress, $0.count, 0)
        }
        guard count > 0 else { return count == 0 ? .end : .reset }
        return .bytes(Array(part[..<count]))
    }

    /// Closes both directions at once; unread bytes make it a reset.
    public func drop() { shutdown(number, Int32(SHUT_RDWR)) }

    /// Closes the sending direction: nothing more will be asked.
    public func endSending() { shutdown(number, Int32(SHUT_WR)) }

    /// Closes with a reset, whatever is on its way (socket(7), SO_LINGER).
    public func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        // The kernel reads the option within the call, no further than its size.
        _ = unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &option, size)
        var unconnected = sockaddr()
        unconnected.sa_family = sa_family_t(AF_UNSPEC)
        // As above. Connecting to nobody ends a connection at once (connect(2)).
        _ = unsafe connect(number, &unconnected, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// Everything that comes until the service closes.
    public func readToEnd() async -> [UInt8] {
        let all = Awaited<[UInt8]>()
        Thread.detachNewThread { [self] in
            var received: [UInt8] = []
            while case .bytes(let part) = receive() { received += part }
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
