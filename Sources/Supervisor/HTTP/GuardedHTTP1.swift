import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Hummingbird's HTTP/1.1 connection with our limits and a ``ConnectionGuard`` behind the decoder.
struct GuardedHTTP1: ServerChildChannel {
    /// A connection and who is on it.
    ///
    /// A listener that ends drops what it has accepted and not yet handled. NIO ends the process
    /// where a connection's writer goes away unfinished, so whoever drops it last closes it.
    final class Value: ServerChildChannelValue {
        fileprivate let inner: HTTP1Channel
        fileprivate let connection: HTTP1Channel.Value
        fileprivate let client: ClientConnection
        /// Set by who finishes the writer.
        private let isTaken = Atomic(false)

        fileprivate init(
            inner: HTTP1Channel, connection: HTTP1Channel.Value, client: ClientConnection
        ) {
            self.inner = inner
            self.connection = connection
            self.client = client
        }

        deinit {
            guard !isTaken.load(ordering: .relaxed) else { return }
            let connection = connection
            Task { try? await connection.executeThenClose { _, _ in } }
        }

        var channel: any Channel { connection.channel }

        fileprivate func take() -> HTTP1Channel.Value {
            isTaken.store(true, ordering: .relaxed)
            return connection
        }
    }

    private let responder: HTTPChannelHandler.Responder
    private let limits: @Sendable () -> HTTPLimits
    private let door: ConnectionDoor

    /// - Parameter limits: asked once for each connection.
    init(
        limits: @escaping @Sendable () -> HTTPLimits, door: ConnectionDoor,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.limits = limits
        self.door = door
        self.responder = responder
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let limits = limits()
        let place = door.enter(
            channel,
            most: limits.proxies.connections(
                of: channel.remoteAddress?.ipAddress, otherwise: limits.connectionsPerAddress))
        let client = ClientConnection(
            limits: limits, address: channel.remoteAddress, place: place,
            executor: LoopTaskExecutor(channel.eventLoop))
        // The guard waits for requests; a body and a response have deadlines of their own.
        let inner = HTTP1Channel(
            responder: responder,
            configuration: HTTP1Channel.Configuration(
                idleTimeout: nil,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headerField, maxHeaderListSize: limits.headerList,
                    maxHeaderFieldCount: limits.headerFields)))
        return inner.setup(channel: channel, logger: logger).flatMapThrowing { connection in
            let pipeline = channel.pipeline.syncOperations
            if place == nil { try pipeline.addHandler(TurnedAway(), position: .first) }
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let handler = ConnectionGuard(client: client)
            try pipeline.addHandler(ArrivingBytes(for: handler), position: .before(decoder))
            try pipeline.addHandler(handler, position: .after(decoder))
            return Value(inner: inner, connection: connection, client: client)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(value.client.executor) {
            await ClientConnection.$current.withValue(value.client) {
                await value.inner.handle(value: value.take(), logger: logger)
            }
        }
    }
}
