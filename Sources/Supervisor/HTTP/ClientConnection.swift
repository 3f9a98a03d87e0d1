import NIOCore
import Synchronization

/// The client of one connection, as the work done for it sees it: present or gone.
///
/// A client that closes its sending side counts as gone. HTTP permits that, but no usual client does
/// it, and a closed browser tab looks the same.
final class ClientConnection: Sendable {
    private enum State {
        case present(cancel: (@Sendable () -> Void)?)
        case gone
    }

    /// The client of the connection that the current task serves.
    @TaskLocal static var current: ClientConnection?

    /// The limits in force when the connection was opened.
    let limits: HTTPLimits
    /// The client's IP address; `-` where there is none.
    let address: String
    /// What its listener's door is told; nil for none.
    let place: OpenConnection?
    let executor: (any TaskExecutor)?
    private let state = Mutex(State.present(cancel: nil))
    /// Requests that arrived and nobody has begun to answer, in their order.
    private let arrived = Mutex<[ArrivedRequest]>([])

    /// - Parameter executor: where the work of requests runs; nil for anywhere.
    init(
        limits: HTTPLimits = HTTPLimits(), address: SocketAddress? = nil,
        place: OpenConnection? = nil, executor: (any TaskExecutor)? = nil
    ) {
        self.limits = limits
        self.place = place
        self.executor = executor
        self.address = address?.ipAddress ?? "-"
    }

    func note(_ request: ArrivedRequest) {
        arrived.withLock { $0.append(request) }
    }

    /// The next request to be answered: HTTP/1.1 answers in the order of arrival.
    func nextRequest() -> ArrivedRequest? {
        arrived.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    /// Whether the client went away.
    var isGone: Bool {
        state.withLock { state in
            if case .gone = state { true } else { false }
        }
    }

    /// Cancels the work in progress, now and for good.
    func markGone() {
        let cancel = state.withLock { state -> (@Sendable () -> Void)? in
            defer { state = .gone }
            if case .present(let cancel) = state { return cancel }
            return nil
        }
        cancel?()
    }

    /// Does `work`, which is cancelled when the client goes away or the calling task is cancelled.
    ///
    /// HTTP/1.1 answers one request after the other, so there is at most one work at a time.
    func whilePresent<Value: Sendable>(
        _ work: @escaping @Sendable () async -> Value
    ) async -> Value {
        let task = Task(executorPreference: executor) { await work() }
        let isPresent = state.withLock { state in
            guard case .present = state else { return false }
            state = .present(cancel: { task.cancel() })
            return true
        }
        if !isPresent { task.cancel() }
        defer {
            state.withLock { state in
                if case .present = state { state = .present(cancel: nil) }
            }
        }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }
}

/// Tells the connection's handler that the request's body is wanted: the moment for `100 Continue`.
struct BodyIsWanted: Sendable {}
