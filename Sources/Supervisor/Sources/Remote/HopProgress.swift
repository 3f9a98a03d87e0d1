import AsyncHTTPClient
import Descriptors
import Glibc
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// How far one request has come: what an error means depends on it.
final class HopProgress: Sendable {
    enum Stage: Sendable {
        /// No byte of the request has been sent.
        case connecting
        /// The head of the answer is awaited.
        case asked
        case answered
        /// The head did not come in time.
        case late
    }

    private let current = Mutex(Stage.connecting)

    var stage: Stage { current.withLock { $0 } }

    /// A connection is there, and the request is about to be sent. The head of an answer has to come
    /// in time as a whole: a server that sends a piece of it now and then is idle never.
    func asks(on channel: any Channel, within time: TimeAmount) {
        current.withLock { $0 = .asked }
        let overdue = channel.eventLoop.scheduleTask(in: time) {
            let isLate = self.current.withLock { stage in
                guard stage == .asked else { return false }
                stage = .late
                return true
            }
            if isLate { channel.close(promise: nil) }
        }
        channel.closeFuture.whenComplete { _ in overdue.cancel() }
    }

    /// The head of the answer is there.
    func answered() {
        current.withLock { stage in
            if stage == .asked { stage = .answered }
        }
    }
}

extension Error {
    /// Whether there was nobody to connect to.
    var isOfConnect: Bool {
        if case .connectTimeout = self as? ChannelError { return true }
        return self is IOError || self as? HTTPClientError == .connectTimeout
    }

    /// What the end of a request means.
    func sourceFailure(at stage: HopProgress.Stage) -> SourceFailure {
        if let failure = self as? SourceFailure { return failure }
        if case .connectTimeout = self as? ChannelError { return .timeout }
        if self as? HTTPClientError == .invalidURL { return .malformed("it cannot be asked for") }
        let isTime = (self as? HTTPClientError).map(Self.timeouts.contains) ?? false
        switch stage {
        case .late: return .timeout
        case _ where isTime || self is CancellationError: return .timeout
        case .connecting: return .unreachable(reason)
        case .asked: return .noAnswer(reason)
        case .answered: return .incomplete
        }
    }

    private static var timeouts: [HTTPClientError] {
        [
            .connectTimeout, .readTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
            .getConnectionFromPoolTimeout, .cancelled,
        ]
    }

    /// In words, for operators; nothing of it is a server's own text.
    private var reason: String {
        switch self {
        case let error as IOError where error.errnoCode == ECONNRESET:
            "the server has reset the connection"
        case let error as HTTPParserError where error == .headerOverflow: "its head is too long"
        case is HTTPParserError: "it is not HTTP"
        case let error as IOError: "\(SystemError("connect", error.errnoCode))"
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "the certificate is for another name"
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            "the certificate or the handshake is not right"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            "the server has closed the connection"
        default: "\(type(of: self))"
        }
    }
}
