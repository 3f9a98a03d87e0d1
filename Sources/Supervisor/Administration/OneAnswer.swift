import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// One HTTP request of a command, and its answer: no redirect is followed, which would carry a key
/// to somebody else, and nothing is tried twice.
///
/// Built on NIO, which the program has in any case: async-http-client brings TLS and HTTP/2, with
/// which the program is 40 % larger and a health check takes three times as long to start.
struct OneAnswer: Equatable, Sendable {
    let status: Int
    let body: [UInt8]

    /// Why there is no answer.
    enum Failure: Error, Equatable, Sendable {
        /// Nobody listens there.
        case nobodyListens
        /// The answer was not there in time.
        case tooSlow
        /// The answer is larger than it may be.
        case tooLarge
        /// Anything else.
        case broken(String)
    }

    /// Asks.
    ///
    /// - Parameters:
    ///   - content: JSON to send; empty for nothing.
    ///   - key: sent as a bearer token (RFC 6750 section 2.1).
    ///   - time: for all of it, from the name's resolution to the last byte.
    ///   - largest: the most bytes of the answer's body.
    static func of(
        _ method: HTTPMethod, _ url: ServiceURL, path: String = "", sending content: String = "",
        key: String? = nil, within time: TimeAmount, largest: Int
    ) async throws(Failure) -> OneAnswer {
        var headers: HTTPHeaders = [
            "Host": url.authority, "User-Agent": "glovebox/\(Version.current)",
            "Connection": "close",
        ]
        if let key { headers.add(name: "Authorization", value: "Bearer \(key)") }
        if method != .GET { headers.add(name: "Content-Length", value: "\(content.utf8.count)") }
        if !content.isEmpty { headers.add(name: "Content-Type", value: "application/json") }
        let target = url.base + path
        let head = HTTPRequestHead(
            version: .http1_1, method: method, uri: target.isEmpty ? "/" : target, headers: headers)
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let answer = loop.makePromise(of: OneAnswer.self)
        let timer = loop.scheduleTask(in: time) { answer.fail(Failure.tooSlow) }
        let connection = ClientBootstrap(group: loop).connectTimeout(time)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(
                        AnswerCollector(
                            head: head, content: content, largest: largest, answer: answer))
                }
            }
            .connect(host: url.host, port: url.port)
        connection.whenFailure { answer.fail($0) }
        answer.futureResult.whenComplete { _ in
            timer.cancel()
            connection.whenSuccess { $0.close(promise: nil) }
        }
        do {
            return try await answer.futureResult.get()
        } catch {
            throw failure(error)
        }
    }

    private static func failure(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: return failure
        case ChannelError.connectTimeout: return .tooSlow
        case let error as IOError:
            return error.errnoCode == ECONNREFUSED ? .nobodyListens : .broken("\(error)")
        case let error as NIOConnectionError:
            let refusals = error.connectionErrors.compactMap { $0.error as? IOError }
            if refusals.contains(where: { $0.errnoCode == ECONNREFUSED }) { return .nobodyListens }
            if let other = error.connectionErrors.first { return failure(other.error) }
            return .broken("there is no address for \(error.host)")
        default: return .broken("\(error)")
        }
    }
}

/// Sends the request and puts the answer together.
private final class AnswerCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let head: HTTPRequestHead
    private let content: String
    private let largest: Int
    private let answer: EventLoopPromise<OneAnswer>
    private var status = 0
    private var body: [UInt8] = []

    init(
        head: HTTPRequestHead, content: String, largest: Int, answer: EventLoopPromise<OneAnswer>
    ) {
        self.head = head
        self.content = content
        self.largest = largest
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !content.isEmpty {
            let body = context.channel.allocator.buffer(string: content)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = Int(head.status.code)
        case .body(let part):
            guard part.readableBytes <= largest - body.count else {
                return answer.fail(OneAnswer.Failure.tooLarge)
            }
            body += part.readableBytesView
        case .end: answer.succeed(OneAnswer(status: status, body: body))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { answer.fail(error) }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(OneAnswer.Failure.broken("the connection was closed before the answer"))
    }
}
