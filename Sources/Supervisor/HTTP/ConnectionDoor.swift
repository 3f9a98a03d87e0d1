import Logging
import NIOCore
import Synchronization

/// How many connections each client has open, and when to speak of those that were turned away.
struct ConnectionCounts {
    private var open: [AddressBlock: Int] = [:]
    private var turnedAway = 0
    private var lastWord: NIODeadline?

    /// Counts a connection in, or answers false when its client has as many as it may.
    mutating func enter(_ block: AddressBlock, most: Int) -> Bool {
        guard open[block, default: 0] < most else {
            turnedAway += 1
            return false
        }
        open[block, default: 0] += 1
        return true
    }

    /// Counts a connection out that was let in.
    mutating func leave(_ block: AddressBlock) {
        guard let count = open[block] else { return }
        open[block] = count > 1 ? count - 1 : nil
    }

    /// How many were turned away since the last word about it; nil when that is less than a second
    /// ago, or when there were none.
    mutating func word(at now: NIODeadline) -> Int? {
        if let lastWord, now < lastWord + .seconds(1) { return nil }
        guard turnedAway > 0 else { return nil }
        defer { turnedAway = 0 }
        lastWord = now
        return turnedAway
    }
}

/// Bounds the connections of each client of one listener.
final class ConnectionDoor: Sendable {
    private let counts = Mutex(ConnectionCounts())
    private let face: HTTPListener.Face
    private let logger: Logger

    init(face: HTTPListener.Face, logger: Logger) {
        self.face = face
        self.logger = logger
    }

    /// Counts a connection in until it is closed, or answers false when its client has as many as
    /// it may. What is no IP connection is not counted.
    func enter(_ channel: any Channel, most: Int) -> Bool {
        guard let address = channel.remoteAddress?.ipAddress, let block = AddressBlock(address)
        else {
            return true
        }
        let (isAdmitted, word) = counts.withLock { counts in
            (counts.enter(block, most: most), counts.word(at: .now()))
        }
        if isAdmitted {
            channel.closeFuture.whenComplete { [self] _ in
                counts.withLock { $0.leave(block) }
            }
        }
        if let word {
            logger.warning(
                "connections turned away",
                metadata: [
                    "listener": "\(face.rawValue)", "client": "\(address)",
                    "count": .stringConvertible(word), "limit": .stringConvertible(most),
                ])
        }
        return isAdmitted
    }
}

/// Closes a connection as soon as it is open.
final class TurnedAway: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
