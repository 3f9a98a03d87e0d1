import NIOCore
import NIOHTTP1

/// Watches over one HTTP/1.1 connection, where the framework does not:
///
/// - answers `Expect: 100-continue` when the body is wanted, not before (RFC 9110 section 10.1.1);
/// - tells the work in progress that its client went away;
/// - closes after a response to a request that has not arrived whole, instead of reading the rest;
/// - closes on a client that does not take its response.
///
/// It stands behind the HTTP decoder and belongs to the channel's event loop.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    let client = ClientConnection()
    private let limits: HTTPLimits
    /// Requests that have arrived whole, and responses that were begun. Pipelined requests arrive
    /// before their predecessors are answered, so one flag would not do.
    private var requestsWhole = 0
    private var responsesBegun = 0
    /// The request that is being read waits for `100 Continue`.
    private var expectsContinue = false
    /// The request that is being read asked for the connection's end; no other follows it.
    private var lastRequest = false
    private var closesAfterResponse = false
    private var isLingering = false
    /// Closes the connection unless the response in progress is taken before.
    private var writeDeadline: Scheduled<Void>?

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    // MARK: Towards the application

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isLingering { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            expectsContinue =
                head.version == .http1_1
                && head.headers["expect"].contains { $0.lowercased() == "100-continue" }
            if !head.isKeepAlive { lastRequest = true }
        case .body:
            expectsContinue = false
        case .end:
            expectsContinue = false
            requestsWhole += 1
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // The application reads no more; without this the peer's close would not be seen.
        if isLingering { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { client.markGone() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        client.markGone()
        context.fireChannelInactive()
    }

    // MARK: Towards the client

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard event is BodyIsWanted else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        if expectsContinue, !closesAfterResponse {
            expectsContinue = false
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
        promise?.succeed()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            guard head.status.code >= 200 else {
                context.write(data, promise: promise)
                return
            }
            responsesBegun += 1
            let isWhole = requestsWhole >= responsesBegun
            closesAfterResponse = !isWhole || (lastRequest && requestsWhole == responsesBegun)
            if closesAfterResponse { head.headers.replaceOrAdd(name: "connection", value: "close") }
            // From here, not from the end: a writer waits with the end until the rest is taken.
            let bytes = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            let channel = context.channel
            writeDeadline = context.eventLoop.scheduleTask(in: limits.writeTime(for: bytes)) {
                channel.close(promise: nil)
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            let promise = promise ?? context.eventLoop.makePromise()
            let (deadline, closes) = (writeDeadline, closesAfterResponse)
            promise.futureResult.assumeIsolated().whenComplete { result in
                deadline?.cancel()
                if closes, case .success = result { self.linger(context) }
            }
            context.write(data, promise: promise)
        }
    }

    /// Ends the conversation: sends the end at once, then throws away what still arrives for a
    /// while. A close with unread bytes would reset the connection, and the client might lose the
    /// response to that (RFC 9112 section 9.6).
    private func linger(_ context: ChannelHandlerContext) {
        guard !isLingering else { return }
        isLingering = true
        let channel = context.channel
        context.eventLoop.scheduleTask(in: limits.linger) { channel.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        context.read()
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
