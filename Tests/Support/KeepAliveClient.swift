internal import Foundation

/// A client that asks one thing after the other on one connection, and can say exactly what became
/// of each. It blocks its thread, and belongs to it.
public final class KeepAliveClient {
    public enum Outcome: Sendable {
        /// A whole answer.
        case answered(Answer)
        /// The service had closed the connection before the request was there, as it may.
        case turnedAway
        /// The request had arrived, and the service closed the connection without an answer.
        case lost
        /// The answer ended before its end.
        case cut
    }

    public struct Answer: Sendable {
        public let status: Int
        public let body: [UInt8]
        /// Whether the service said that it takes no further request on this connection.
        public let isLast: Bool
    }

    private let connection: RawConnection
    private var received: [UInt8] = []

    public init(on connection: RawConnection) { self.connection = connection }

    public convenience init(port: Int) throws { self.init(on: try RawConnection(port: port)) }

    /// A request as it goes over the wire.
    public static func request(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) -> [UInt8] {
        let fields = [("Host", "localhost"), ("Content-Length", "\(body.count)")] + headers
        let head = fields.reduce("\(method) \(target) HTTP/1.1\r\n") { text, field in
            text + "\(field.0): \(field.1)\r\n"
        }
        return Array((head + "\r\n").utf8) + body
    }

    /// Sends a request whole and waits for what comes of it.
    public func exchange(_ request: [UInt8]) -> Outcome {
        guard connection.send(request) else { return .turnedAway }
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let head = received.firstRange(of: end) {
                return body(of: head)
            }
            switch connection.receive() {
            case .bytes(let part): received += part
            // Who closes without having read everything sends a reset. A closing that came before
            // the request is seen first, and the reset that answers the request is not (tcp(7)).
            case .reset: return received.isEmpty ? .lost : .cut
            case .end: return received.isEmpty ? .turnedAway : .cut
            }
        }
    }

    private func body(of head: Range<Int>) -> Outcome {
        let lines = String(decoding: received[..<head.lowerBound], as: UTF8.self)
            .lowercased().split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        let length = Self.field("content-length", in: lines).flatMap { Int($0) }
        guard let status, let length else { return .cut }
        let end = head.upperBound + length
        while received.count < end {
            guard case .bytes(let part) = connection.receive() else { return .cut }
            received += part
        }
        let body = Array(received[head.upperBound..<end])
        received.removeFirst(end)
        let isLast = Self.field("connection", in: lines) == "close"
        return .answered(Answer(status: status, body: body, isLast: isLast))
    }

    private static func field(_ name: String, in lines: [Substring]) -> String? {
        lines.first { $0.hasPrefix("\(name):") }.map {
            $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
        }
    }
}

/// Does what blocks on a thread of its own.
public func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    let result = Awaited<Value>()
    Thread.detachNewThread { result.set(work()) }
    return await result.value
}
