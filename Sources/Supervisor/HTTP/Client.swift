import Hummingbird
import NIOCore
import RequestSyntax
import Synchronization

/// Ours, not the framework's type of the same name.
typealias RequestID = RequestSyntax.RequestID

/// Who asked, for the time of one request, and what the log will say about it.
final class Client: Sendable {
    /// What the answering code finds out on its way.
    struct Notes: Sendable {
        /// The route's name, from a closed list: never text of the request.
        var route = "unknown"
        /// How errors are shown on it.
        var errors = ErrorFace.details
        /// The client's address where that is not its connection's.
        var address: String?
        /// The id of the key that was sent.
        var key: String?
        /// What came of looking for a key, where one was wanted.
        var finding: KeyFinding?
        /// What its answer says about limits.
        var limits: RateLimitFields?
        /// The result's format by name.
        var format: String?
        /// The address of the image, where the path names one.
        var source: String?
        /// Size of the input in bytes, where it did not come with the request.
        var inputBytes: Int?
    }

    let requestID: RequestID
    let trace: TraceContext
    let connection: ClientConnection
    let request: ArrivedRequest
    private let channel: any Channel
    private let noted = Mutex(Notes())

    init(
        requestID: RequestID, trace: TraceContext, connection: ClientConnection,
        request: ArrivedRequest, channel: any Channel
    ) {
        self.requestID = requestID
        self.trace = trace
        self.connection = connection
        self.request = request
        self.channel = channel
    }

    /// The trace's id, for log lines.
    var traceID: String { trace.traceID }
    /// The IP address at the other end of the connection: that of a proxy, where there is one.
    var address: String { connection.address }
    /// The client's address as far as it is known.
    var shownAddress: String { notes.address ?? address }

    /// Lets a client that waits for `100 Continue` send its body.
    func wantBody() {
        channel.triggerUserOutboundEvent(BodyIsWanted(), promise: nil)
    }

    var notes: Notes { noted.withLock { $0 } }

    /// Size of the request's input in bytes: what was read for it, or else what arrived of its body.
    var bytesIn: Int { notes.inputBytes ?? request.bodyBytes }

    func note(route: String, errors: ErrorFace = .details) {
        noted.withLock {
            $0.route = route
            $0.errors = errors
        }
    }

    func note(address: String) {
        noted.withLock { $0.address = address }
    }

    func note(key: String) {
        noted.withLock { $0.key = key }
    }

    /// For logs alone: the client is told nothing of it.
    func note(_ finding: KeyFinding) {
        noted.withLock {
            $0.finding = finding
            $0.key = finding.id
        }
    }

    func note(limits: RateLimitFields) {
        noted.withLock { $0.limits = limits }
    }

    func note(source: String) {
        noted.withLock { $0.source = source }
    }

    func note(format: String) {
        noted.withLock { $0.format = format }
    }

    func note(inputBytes: Int) {
        noted.withLock { $0.inputBytes = inputBytes }
    }
}

/// What Hummingbird hands to a responder with each request.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// The connection as its guard knows it.
    let connection: ClientConnection

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        connection = ClientConnection.current ?? ClientConnection()
    }
}
