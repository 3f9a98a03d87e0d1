import Hummingbird
import NIOCore
import RequestSyntax
import Synchronization

/// Ours, not the framework's type of the same name.
typealias RequestID = RequestSyntax.RequestID

/// Who asked, for the time of one request.
final class Client: Sendable {
    let requestID: RequestID
    let connection: ClientConnection
    private let channel: any Channel
    private let inputBytes = Mutex(0)

    init(requestID: RequestID, connection: ClientConnection, channel: any Channel) {
        self.requestID = requestID
        self.connection = connection
        self.channel = channel
    }

    /// Lets a client that waits for `100 Continue` send its body.
    func wantBody() {
        channel.triggerUserOutboundEvent(BodyIsWanted(), promise: nil)
    }

    /// Size of the request's input in bytes, 0 until it was collected: for the log.
    var bytesIn: Int { inputBytes.withLock { $0 } }

    func note(bytesIn: Int) {
        inputBytes.withLock { $0 = bytesIn }
    }
}

/// What Hummingbird hands to a responder with each request.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The connection as its guard knows it.
    func connection() async throws -> ClientConnection {
        let channel = channel
        return try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionGuard.self).client
        }.get()
    }
}
