import NIOCore
import NIOHTTP1

/// Bounds the head of an answer, heads of the 1xx before it included: NIO alone would take 2 MiB,
/// which no memory budget knows of. Behind the head it bounds all bytes together, framing and trailers
/// included, of which the body's own bound knows nothing.
///
/// Counts bytes before they are read as HTTP; what comes out behind that says where the head ends.
enum HeadLimit {
    /// Most bytes, as for the heads of requests to this service with room for long policies.
    static let most = 64 << 10

    /// Puts the limit around a pipeline's HTTP decoder. On its event loop.
    ///
    /// - Parameter largest: most bytes of a body.
    static func set(on pipeline: ChannelPipeline, largest: Int) throws {
        let operations = pipeline.syncOperations
        let decoder = try operations.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        let (double, overflow) = largest.multipliedReportingOverflow(by: 2)
        let count = Count(mostBehind: overflow ? .max : max(double, 1 << 20))
        try operations.addHandler(Bytes(count), position: .before(decoder))
        try operations.addHandler(Heads(count), position: .after(decoder))
    }

    /// Used on one event loop only.
    private final class Count {
        var bytes = 0
        /// Whether the head has come.
        var isOver = false
        /// Most bytes behind it: framing may take as much as a body in small pieces does.
        let mostBehind: Int

        init(mostBehind: Int) { self.mostBehind = mostBehind }
    }

    private final class Bytes: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let count: Count

        init(_ count: Count) { self.count = count }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let wasOver = count.isOver
            count.bytes += unwrapInboundIn(data).readableBytes
            context.fireChannelRead(data)
            guard count.bytes > (wasOver ? count.mostBehind : most), wasOver == count.isOver else {
                return
            }
            count.bytes = 0
            let failure: SourceFailure =
                wasOver
                ? .noAnswer("its framing is larger than what is framed")
                : .noAnswer("its head is too long")
            context.fireErrorCaught(failure)
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
