import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Supervisor

@Suite("A connection that was accepted")
struct GuardedHTTP1Tests {
    /// Hummingbird's server hands a connection over like this. On one event loop the order is fixed:
    /// accepted, set up, the listener closes, and only then would the connection be handed over.
    @Test("is closed when the listener ends before anybody handles it")
    func dropped() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let logger = Logger(label: "", factory: SwiftLogNoOpLogHandler.init)
        let connections = GuardedHTTP1(
            limits: { HTTPLimits() },
            door: ConnectionDoor(face: .public, connections: 8, logger: logger),
            responder: { _, _, _ in })
        let closing = group.next().makePromise(of: (any Channel).self)
        let listener = try await ServerBootstrap(group: group).bind(
            host: "127.0.0.1", port: 0
        ) { channel in
            connections.setup(channel: channel, logger: logger).flatMap { value in
                closing.futureResult.flatMap { $0.close() }.map { value }
            }
        }
        closing.succeed(listener.channel)
        let port = try #require(listener.channel.localAddress?.port)
        let client = try await TestClient(port: port)
        try await listener.executeThenClose { accepted in
            for try await _ in accepted { Issue.record("a closed listener handed one over") }
        }
        #expect(await client.readToEnd() == "")
        try await group.shutdownGracefully()
    }
}
