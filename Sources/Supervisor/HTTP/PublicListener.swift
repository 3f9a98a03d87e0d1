import Hummingbird
import HummingbirdCore
import Logging
import ServiceLifecycle

/// The public HTTP listener as a service that can be run and stopped.
enum PublicListener {
    /// Logs its address once connections are accepted: with port 0 the kernel chooses one.
    static func make(
        _ path: RequestPath, at address: ListenAddress, limits: HTTPLimits, logger: Logger
    ) -> some Service {
        // The framework's own messages would repeat ours in other words.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return Application(
            responder: Endpoint(path: path, logger: logger),
            server: HTTPServerBuilder { responder in
                GuardedHTTP1(limits: limits, responder: responder)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: "glovebox",
                availableConnectionsDelegate: MaximumAvailableConnections(
                    limits.connections, logger: quiet)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                logger.notice(
                    "listening",
                    metadata: [
                        "host": "\(address.host)", "port": .stringConvertible(port),
                    ])
            },
            logger: quiet)
    }
}
