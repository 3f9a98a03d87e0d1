import NIOCore

/// Keeps the first bytes of what a child and its libraries print, and throws the rest away.
final class StandardErrorHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What is kept, in bytes.
    static let limit = 4_096
    /// What may come, in bytes: no library prints this much about one image.
    static let most = 256 * 1_024
    private let keep: @Sendable ([UInt8]) -> Void
    private let flooded: @Sendable () -> Void
    private var room = limit
    private var total = 0

    /// - Parameter flooded: called once, when more than ``most`` has come.
    init(
        keep: @escaping @Sendable ([UInt8]) -> Void,
        flooded: @escaping @Sendable () -> Void = {}
    ) {
        self.keep = keep
        self.flooded = flooded
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = Self.unwrapInboundIn(data)
        if total <= Self.most {
            total += part.readableBytes
            if total > Self.most { flooded() }
        }
        guard room > 0, let bytes = part.readBytes(length: min(room, part.readableBytes)) else {
            return
        }
        room -= bytes.count
        keep(bytes)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
