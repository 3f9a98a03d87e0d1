import NIOCore
import NIOHTTP1

/// Bounds the head of an answer, heads of the 1xx before it included: NIO alone would take 2 MiB,
/// which no memory budget knows of.
///
/// Counts bytes before they are read as HTTP, until behind that a head comes out.
enum HeadLimit {
    /// Most bytes, as for the heads of requests to this service with room for long policies.
    static let most = 64 << 10

    /// Puts the limit around a pipeline's HTTP decoder. On its event loop.
    static func set(on pipeline: ChannelPipeline) throws {
        let operations = pipeline.syncOperations
        let decoder = try operations.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        let count = Count()
        try operations.addHandler(Bytes(count), position: .before(decoder))
        try operations.addHandler(Heads(count), position: .after(decoder))
    }

    /// Used on one event loop only.
    private final class Count {
        var bytes = 0
        var isOver = false
    }

    private final class Bytes: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let count: Count

        init(_ count: Count) { self.count = count }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if !count.isOver { count.bytes += unwrapInboundIn(data).readableBytes }
            context.fireChannelRead(data)
            guard !count.isOver, count.bytes > most else { return }
            count.isOver = true
            context.fireErrorCaught(SourceFailure.noAnswer("its head is too long"))
            context.close(promise: nil)
        }
    }

    private final class Heads: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart

        private let count: Count

        init(_ count: Count) { self.count = count }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .head(let head) = unwrapInboundIn(data), head.status.code >= 200 {
                count.isOver = true
            }
            context.fireChannelRead(data)
        }
    }
}
