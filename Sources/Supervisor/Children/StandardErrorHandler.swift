import NIOCore

/// Keeps the first bytes of what a child and its libraries print, and the report of its crash, and
/// throws the rest away.
final class StandardErrorHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What is kept, in bytes.
    static let limit = 4_096
    /// What may come, in bytes: no library prints this much about one image.
    static let most = 256 * 1_024
    private let keep: @Sendable ([UInt8]) -> Void
    private let crashed: @Sendable (CrashReport) -> Void
    private let flooded: @Sendable () -> Void
    private var room = limit
    private var total = 0
    private var reader = CrashReportReader()

    /// - Parameters:
    ///   - crashed: called at the end, when there was a report. Reports stand apart from the text.
    ///   - flooded: called once, when more than ``most`` has come.
    init(
        keep: @escaping @Sendable ([UInt8]) -> Void,
        crashed: @escaping @Sendable (CrashReport) -> Void = { _ in },
        flooded: @escaping @Sendable () -> Void = {}
    ) {
        self.keep = keep
        self.crashed = crashed
        self.flooded = flooded
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = Self.unwrapInboundIn(data)
        if total <= Self.most {
            total += part.readableBytes
            if total > Self.most { flooded() }
        }
        keepFirst(of: reader.take(part.readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) {
        keepFirst(of: reader.finish())
        if let report = reader.report { crashed(report) }
        context.fireChannelInactive()
    }

    private func keepFirst(of text: [UInt8]) {
        guard room > 0, !text.isEmpty else { return }
        let bytes = Array(text.prefix(room))
        room -= bytes.count
        keep(bytes)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
