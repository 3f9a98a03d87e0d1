import NIOCore
import NIOPosix
import Synchronization

/// A listener that answers each connection's first bytes with the bytes it was given, whatever was
/// asked: for answers that no service of ours would give.
struct ScriptedServer: Sendable {
    enum Script: Sendable {
        /// These bytes, and then the end.
        case bytes(String)
        /// Nothing, ever.
        case silence

        /// An answer with a body.
        static func answer(_ status: String, _ body: String) -> Script {
            .bytes("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
    }

    let port: Int
    private let heard: Heard

    /// What came, one text for each connection.
    var requests: [String] { heard.requests.withLock { $0 } }

    fileprivate final class Heard: Sendable {
        let requests = Mutex<[String]>([])
    }

    /// Runs `body` with a server, which is gone afterwards.
    static func with<Value>(
        _ script: Script, _ body: (ScriptedServer) async throws -> Value
    ) async throws -> Value {
        let heard = Heard()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Player(script, heard))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = ScriptedServer(port: channel.localAddress?.port ?? 0, heard: heard)
        do {
            let value = try await body(server)
            try await channel.close()
            return value
        } catch {
            try await channel.close()
            throw error
        }
    }
}

private final class Player: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: ScriptedServer.Script
    private let heard: ScriptedServer.Heard
    private var hasPlayed = false

    init(_ script: ScriptedServer.Script, _ heard: ScriptedServer.Heard) {
        self.script = script
        self.heard = heard
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasPlayed else { return }
        hasPlayed = true
        let text = String(buffer: unwrapInboundIn(data))
        heard.requests.withLock { $0.append(text) }
        guard case .bytes(let answer) = script else { return }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)))
            .whenComplete { _ in channel.close(promise: nil) }
    }
}
