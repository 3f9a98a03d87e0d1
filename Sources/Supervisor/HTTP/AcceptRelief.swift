import Glibc
import Logging
import NIOCore

/// Lets a listener live through a lack of descriptors or of the kernel's memory (accept(2)): nothing is
/// accepted for a moment, and connections that wait are closed. NIO would try again without a pause,
/// which takes a whole processor.
final class AcceptRelief: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(100)
    /// Connections that are closed at a time.
    private static let connections = 16

    private let door: ConnectionDoor
    private let face: HTTPListener.Face
    private let logger: Logger
    private var failures = RareWord()
    private var isPausing = false

    init(_ door: ConnectionDoor, face: HTTPListener.Face, logger: Logger) {
        self.door = door
        self.face = face
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError,
            [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode)
        else {
            context.fireErrorCaught(error)
            return
        }
        if let count = failures.add(1, at: .now()) {
            logger.warning(
                "connections cannot be accepted",
                metadata: [
                    "listener": "\(face.rawValue)", "count": .stringConvertible(count),
                    "reason": "\(error)",
                ])
        }
        guard !isPausing else { return }
        isPausing = true
        door.makeRoom(least: Self.connections)
        let options = context.channel.syncOptions
        try? options?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            isPausing = false
            // Fails only where the listener has been closed.
            try? options?.setOption(.autoRead, value: true)
        }
    }
}

@available(*, unavailable)
extension AcceptRelief: Sendable {}
