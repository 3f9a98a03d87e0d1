import NIOCore
import NIOHTTP1

/// Watches over one HTTP/1.1 connection, where the framework does not:
///
/// - refuses what is no proper message, in its turn and with an answer;
/// - bounds the time in which a head may arrive and a connection may be idle;
/// - answers `Expect: 100-continue` when the body is wanted, not before (RFC 9110 section 10.1.1);
/// - tells the work in progress that its client went away;
/// - closes after a response to a request that has not arrived whole, instead of reading the rest;
/// - closes on a client that does not take its response;
/// - lets requests that have arrived be answered when the service stops.
///
/// It stands behind the HTTP decoder and belongs to the channel's event loop.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    let client: ClientConnection
    private let limits: HTTPLimits
    /// Requests passed on, those of them that have arrived whole, and their responses. Pipelined
    /// requests arrive before their predecessors are answered, so one flag would not do.
    private var requests = 0
    private var requestsWhole = 0
    private var responsesBegun = 0
    private var responsesEnded = 0
    /// The request whose body is being read.
    private var reading: ArrivedRequest?
    /// The request that is being read waits for `100 Continue`.
    private var expectsContinue = false
    /// No other request follows the last one that was passed on.
    private var isLastRequest = false
    private var isRefused = false
    private var isDraining = false
    private var closesAfterResponse = false
    private var isLingering = false
    private var arriving = ArrivingHead()
    /// When the first request's head must be complete.
    private var firstHead = NIODeadline.distantFuture
    /// Ends the wait for a request.
    private var waiting: Scheduled<Void>?
    /// Closes the connection unless the response in progress is taken before.
    private var writeDeadline: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(client: ClientConnection) {
        self.client = client
        limits = client.limits
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: Towards the application

    func channelActive(context: ChannelHandlerContext) {
        firstHead = context.eventLoop.now + limits.header
        waitForRequest(context)
        context.fireChannelActive()
    }

    /// Bytes from the client, before the decoder has seen them.
    func arrive(_ bytes: ByteBuffer) {
        guard let context, reading == nil, !isLastRequest, !isLingering else { return }
        if arriving.take(bytes.readableBytesView) { waitForRequest(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isLingering || isRefused { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard !isLastRequest else { return }
            receive(head, context)
        case .body(let part):
            guard let reading else { return }
            expectsContinue = false
            reading.count(part.readableBytes)
            client.place?.received(part.readableBytes)
            context.fireChannelRead(data)
        case .end:
            guard reading != nil else { return }
            reading = nil
            expectsContinue = false
            requestsWhole += 1
            client.place?.answers()
            context.fireChannelRead(data)
        }
    }

    private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        arriving.end()
        waiting?.cancel()
        client.place?.answers()
        let checked: HTTPRequestHead
        do throws(Problem) {
            checked = try HeadCheck.check(head)
        } catch {
            refuse(error, head, context)
            return
        }
        let request = ArrivedRequest(method: head.method.rawValue, target: checked.uri)
        client.note(request)
        reading = request
        requests += 1
        expectsContinue = HeadCheck.expectsContinue(head)
        isLastRequest = HeadCheck.isLast(head)
        context.fireChannelRead(wrapInboundOut(.head(checked)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            if error is ByteToMessageDecoderError { return }
            context.fireErrorCaught(error)
            return
        }
        if isLingering || isRefused { return }
        if reading != nil {
            // Whoever reads the body hears of it.
            context.fireErrorCaught(error)
        } else if !isLastRequest {
            refuse(
                HeadCheck.problem(error, lineIsLong: arriving.lineBytes > limits.headerField), nil,
                context)
        }
    }

    /// Lets the application answer in its turn, with everything an answer has, and close then.
    private func refuse(
        _ problem: Problem, _ head: HTTPRequestHead?, _ context: ChannelHandlerContext
    ) {
        isRefused = true
        isLastRequest = true
        arriving.end()
        waiting?.cancel()
        client.place?.answers()
        // A target in another form may hold a password (RFC 3986 section 3.2.1).
        let path = head.flatMap { $0.uri.hasPrefix("/") ? $0.uri : nil }
        client.note(
            ArrivedRequest(
                method: head?.method.rawValue ?? "-", target: path ?? "-", refusal: problem))
        requests += 1
        // Passed on without its body, and not counted as whole: its answer closes the connection.
        context.fireChannelRead(wrapInboundOut(.head(HeadCheck.stub(for: head))))
        context.fireChannelRead(wrapInboundOut(.end(nil)))
        context.fireChannelReadComplete()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // The application reads no more; without this the peer's close would not be seen.
        if isLingering { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            client.markGone()
            if isLingering { context.close(promise: nil) }
        case is ChannelShouldQuiesceEvent:
            // Not passed on: the framework would close between two responses.
            isDraining = true
            if isIdle { waitForRequest(context) }
            return
        case is GiveWay:
            giveWay(context)
            return
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        waiting?.cancel()
        writeDeadline?.cancel()
        client.markGone()
        context.fireChannelInactive()
    }

    // MARK: Waiting

    /// Everything that arrived is answered, and nothing is on its way.
    private var isIdle: Bool { requests == responsesEnded && !arriving.hasBegun }

    /// Bounds the wait for the next head. While a response is owed the client need not hurry: its
    /// bytes may be waiting for us.
    private func waitForRequest(_ context: ChannelHandlerContext) {
        waiting?.cancel()
        guard requests == responsesEnded, !isLastRequest, !isLingering else { return }
        let now = context.eventLoop.now
        var deadline =
            if requests == 0 {
                firstHead
            } else {
                now + (arriving.hasBegun ? limits.header : limits.idle)
            }
        // When the service stops, a request that is on its way may still come in.
        if isDraining, !arriving.hasBegun { deadline = min(deadline, now + limits.farewell) }
        waiting = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            if arriving.hasBegun {
                refuse(.headerTimeout, nil, context)
            } else {
                context.close(promise: nil)
            }
        }
    }

    /// Closes the connection for another one, unless a request of it is in order.
    private func giveWay(_ context: ChannelHandlerContext) {
        if client.place?.turn(at: context.eventLoop.now) != nil {
            // Half a head is no request that anybody needs to hear of.
            if reading == nil { isRefused = true }
            context.close(promise: nil)
        } else {
            client.place?.stays()
        }
    }

    // MARK: Towards the client

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard event is BodyIsWanted else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        if reading != nil { client.place?.receives(since: context.eventLoop.now) }
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
            closesAfterResponse =
                !isWhole || ((isLastRequest || isDraining) && requests == responsesBegun)
            if closesAfterResponse {
                isLastRequest = true
                head.headers.replaceOrAdd(name: "connection", value: "close")
            }
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
            promise.futureResult.assumeIsolated().whenComplete { [self] result in
                deadline?.cancel()
                guard case .success = result else { return }
                responsesEnded += 1
                if closes || (isDraining && isIdle) {
                    linger(context)
                } else {
                    waitForRequest(context)
                }
                if requests == responsesEnded {
                    client.place?.waits(since: context.eventLoop.now)
                }
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
