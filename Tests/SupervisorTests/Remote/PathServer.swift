import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on loopback that plays a script for each path: bytes as no decent server sends them.
struct PathServer: Sendable {
    enum Step: Sendable {
        case send(String)
        case bytes(Int)
        /// Over and over, until nobody takes it.
        case endless(String)
        /// One byte at a time, with a pause after each.
        case drip(String, each: TimeAmount)
        case close
    }

    typealias Script = [Step]

    /// 0 until it listens.
    fileprivate(set) var port = 0
    private let record = Record()

    /// Heads of requests, in the order in which they came.
    var requests: [String] { record.requests.withLock { $0 } }
    /// The first lines of them.
    var lines: [String] { requests.map { String($0.prefix { $0 != "\r\n" }) } }
    /// Connections that were accepted.
    var connections: Int { record.opened.withLock { $0 } }
    /// Connections that are open.
    var open: Int { record.opened.withLock { $0 } - record.closed.withLock { $0 } }

    fileprivate final class Record: Sendable {
        let requests = Mutex<[String]>([])
        let opened = Mutex(0)
        let closed = Mutex(0)
    }

    /// Runs `body` with a server, which is gone afterwards.
    ///
    /// - Parameters:
    ///   - scripts: by path; nothing is answered where there is none.
    ///   - identity: of a server that speaks TLS.
    static func with<Value>(
        _ scripts: [String: Script], host: String = "127.0.0.1", port: Int = 0,
        identity: TestIdentity? = nil, _ body: (PathServer) async throws -> Value
    ) async throws -> Value {
        var origin = PathServer()
        let record = origin.record
        let context = try identity.map { identity in
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: identity.chain.map { .certificate($0) },
                privateKey: .privateKey(identity.key))
            tls.minimumTLSVersion = identity.oldest
            tls.maximumTLSVersion = identity.newest
            return try NIOSSLContext(configuration: tls)
        }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    record.opened.withLock { $0 += 1 }
                    channel.closeFuture.whenComplete { _ in record.closed.withLock { $0 += 1 } }
                    let pipeline = channel.pipeline.syncOperations
                    if let context {
                        try pipeline.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try pipeline.addHandler(Player(scripts, record))
                }
            }
            .bind(host: host, port: port).get()
        origin.port = channel.localAddress?.port ?? 0
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(origin))
        } catch {
            result = .failure(error)
        }
        try await channel.close()
        return try result.get()
    }

    /// An answer with a body and its length.
    static func answer(
        _ status: String = "200 OK", _ body: String = "image", fields: String = ""
    ) -> Script {
        [
            .send(
                "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
        ]
    }

    static func redirect(_ location: String, _ status: Int = 302) -> Script {
        answer("\(status) Found", "", fields: "Location: \(location)\r\n")
    }
}

private final class Player: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let scripts: [String: PathServer.Script]
    private let record: PathServer.Record
    private var heard = ""

    init(_ scripts: [String: PathServer.Script], _ record: PathServer.Record) {
        self.scripts = scripts
        self.record = record
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard += String(buffer: unwrapInboundIn(data))
        guard heard.hasSuffix("\r\n\r\n") else { return }
        let head = heard
        heard = ""
        record.requests.withLock { $0.append(head) }
        let path = head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        guard let script = scripts[path] else { return }
        Self.play(script[...], on: context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private static func play(_ script: ArraySlice<PathServer.Step>, on channel: any Channel) {
        guard let step = script.first else { return }
        let rest = script.dropFirst()
        switch step {
        case .send(let text):
            channel.writeAndFlush(ByteBuffer(string: text))
                .whenSuccess { play(rest, on: channel) }
        case .bytes(let count):
            channel.writeAndFlush(ByteBuffer(repeating: 0x41, count: count))
                .whenSuccess { play(rest, on: channel) }
        case .endless(let text):
            channel.writeAndFlush(ByteBuffer(string: text))
                .whenSuccess {
                    // With a pause, or nobody else on this loop would come to anything.
                    channel.eventLoop.scheduleTask(in: .milliseconds(1)) {
                        play([step], on: channel)
                    }
                }
        case .drip(let text, let pause):
            guard let byte = text.utf8.first else { return play(rest, on: channel) }
            let left = String(decoding: text.utf8.dropFirst(), as: UTF8.self)
            channel.writeAndFlush(ByteBuffer(bytes: [byte])).whenSuccess {
                channel.eventLoop.scheduleTask(in: pause) {
                    play([.drip(left, each: pause)] + rest, on: channel)
                }
            }
        case .close: channel.close(promise: nil)
        }
    }
}
