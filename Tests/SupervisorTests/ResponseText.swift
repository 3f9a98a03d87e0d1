import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization

/// The body of a response as text.
func bodyText(_ response: Response) async -> String {
    let writer = BodyCollector()
    try? await response.body.write(writer)
    return writer.text
}

private struct BodyCollector: ResponseBodyWriter {
    private final class Collected: Sendable {
        let buffer = Mutex(ByteBuffer())
    }

    private let collected = Collected()

    var text: String { collected.buffer.withLock { String(buffer: $0) } }

    mutating func write(_ buffer: ByteBuffer) async throws {
        collected.buffer.withLock { _ = $0.writeImmutableBuffer(buffer) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
