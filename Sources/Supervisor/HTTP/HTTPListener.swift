import Descriptors
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// What answers the requests of one listener: the public routes, or those of administration.
protocol RequestAnswerer: Sendable {
    /// Answers one request. Id, log line and the problem's face are the listener's work.
    func answer(_ request: Request, from client: Client) async throws(Problem) -> Response

    /// What is answered to a request that cannot even be read.
    func refused(_ problem: Problem, from client: Client) -> Problem

    /// A path without its query as a log line may hold it, whatever became of the request.
    func logged(path: String) -> String
}

extension RequestAnswerer {
    func refused(_ problem: Problem, from client: Client) -> Problem { problem }

    func logged(path: String) -> String { path }
}

/// One HTTP listener as a service that can be run and stopped. The public one and the one for
/// administration differ in their name and in what answers; the guards are the same.
struct HTTPListener: Service {
    /// Which of the listeners it is, as its log lines say.
    enum Face: String, Sendable {
        case `public`
        case admin

        /// The message of the line that says where it listens.
        fileprivate var greeting: Logger.Message {
            switch self {
            case .public: "listening"
            case .admin: "admin listening"
            }
        }
    }

    /// Nothing could listen at an address.
    struct Failure: Error {
        let address: ListenAddress
        let reason: SystemError
    }

    private let address: ListenAddress
    private let application: Application<Endpoint>

    /// Nothing is bound before the service runs.
    ///
    /// - Parameters:
    ///   - limits: asked for each new connection; ``HTTPLimits/connections`` is read once.
    ///   - rules: asked for each answer.
    ///   - onBound: called with the port once connections are accepted: with port 0 the kernel
    ///     chooses one. The log says it too.
    init(
        _ face: Face, _ answerer: any RequestAnswerer, at address: ListenAddress,
        limits: @escaping @Sendable () -> HTTPLimits,
        rules: @escaping @Sendable () -> AnswerRules = { AnswerRules() },
        metrics: any ServiceMetrics, logger: Logger,
        onBound: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        // The framework's own messages would repeat ours in other words.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let door = ConnectionDoor(face: face, connections: limits().connections, logger: logger)
        self.address = address
        application = Application(
            responder: Endpoint(
                face: face, answerer: answerer, rules: rules, metrics: metrics, logger: logger),
            server: HTTPServerBuilder { responder in
                GuardedHTTP1(limits: limits, door: door, responder: responder)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: "glovebox",
                // The kernel takes its own limit of it (listen(2), net.core.somaxconn).
                backlog: 4_096,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    limits().connections + door.room, logger: quiet)),
            onServerRunning: { channel in
                try? await channel.eventLoop.submit {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptRelief(door, face: face, logger: logger), position: .first)
                }.get()
                let port = channel.localAddress?.port ?? address.port
                logger.notice(
                    face.greeting,
                    metadata: [
                        "listener": "\(face.rawValue)", "host": "\(address.host)",
                        "port": .stringConvertible(port),
                    ])
                await onBound(port)
            },
            logger: quiet)
    }

    /// Binds, serves, and returns after a graceful shutdown.
    ///
    /// - Throws: ``Failure`` when nothing can listen at the address.
    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw Failure(address: address, reason: SystemError("bind", error.errnoCode))
        }
    }
}
