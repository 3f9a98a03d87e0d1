import NIOCore
import Synchronization

/// One accepted connection, as its listener's door sees it: whether it may be closed for another one.
final class OpenConnection: Sendable {
    /// What a connection is doing.
    enum Standing {
        /// No request of it is whole: it is idle, or a head is on its way.
        case waiting(since: NIODeadline)
        /// A body that is wanted is on its way.
        case receiving(since: NIODeadline, bytes: Int)
        /// A request of it is being answered.
        case answering
    }

    /// When a connection's turn to give way comes: those that wait before those with a slow body, and
    /// the oldest first.
    struct Turn: Comparable, Sendable {
        let hasBody: Bool
        let since: NIODeadline

        static func < (one: Turn, other: Turn) -> Bool {
            one.hasBody == other.hasBody ? one.since < other.since : other.hasBody
        }
    }

    /// A body may be as slow as it likes for so long, and must then have come at this rate: that of
    /// Kestrel's MinRequestBodyDataRate. Its time is five seconds, but for every connection, and not
    /// only where others wait for one.
    static let grace = TimeAmount.seconds(1)
    static let bytesPerSecond: Int64 = 240

    let id: Int
    let block: AddressBlock?
    private let channel: any Channel
    private let door: ConnectionDoor
    private let standing: Mutex<Standing>

    init(
        _ id: Int, of block: AddressBlock?, _ channel: any Channel, at door: ConnectionDoor,
        since: NIODeadline = .now()
    ) {
        self.id = id
        self.block = block
        self.channel = channel
        self.door = door
        standing = Mutex(.waiting(since: since))
    }

    // MARK: What its guard tells

    /// Every request of it has been answered.
    func waits(since: NIODeadline) {
        standing.withLock { $0 = .waiting(since: since) }
        door.someoneWaits()
    }

    func answers() { standing.withLock { $0 = .answering } }

    func receives(since: NIODeadline) {
        standing.withLock { $0 = .receiving(since: since, bytes: 0) }
    }

    /// Bytes of a body have arrived.
    func received(_ count: Int) {
        standing.withLock { standing in
            guard case .receiving(let since, let bytes) = standing else { return }
            standing = .receiving(since: since, bytes: bytes + count)
        }
    }

    /// It was asked to give way and its turn had not come, because a request had arrived meanwhile.
    func stays() { door.keep(self) }

    // MARK: What its door asks

    /// Its turn among those that may be closed; nil while it may not be.
    func turn(at now: NIODeadline) -> Turn? {
        switch standing.withLock({ $0 }) {
        case .answering: return nil
        case .waiting(let since): return Turn(hasBody: false, since: since)
        case .receiving(let since, let bytes):
            let elapsed = (now - since).nanoseconds
            guard elapsed > Self.grace.nanoseconds else { return nil }
            let (seconds, due) = (elapsed / 1_000_000_000, Self.bytesPerSecond)
            let isSlow = Int64(clamping: bytes) / due < seconds
            return isSlow ? Turn(hasBody: true, since: since) : nil
        }
    }

    /// Asks its guard to close it, which knows best whether it still may.
    func giveWay() { channel.pipeline.fireUserInboundEventTriggered(GiveWay()) }
}

/// Asks a connection to close, unless a request of it is being answered.
struct GiveWay: Sendable {}
