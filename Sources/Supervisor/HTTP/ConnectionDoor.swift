import Logging
import NIOCore
import Synchronization

/// The connections that are open, of each client, and which of them give way to new ones.
struct ConnectionCounts {
    private(set) var open: [AddressBlock?: Int] = [:]
    private(set) var all = 0
    /// Those that were asked to give way and are still open.
    private var leaving: Set<Int> = []
    private var connections: [Int: OpenConnection] = [:]

    /// Counts a connection in, or answers false when its client has as many as it may. What is no IP
    /// connection has no client.
    mutating func enter(_ block: AddressBlock?, most: Int) -> Bool {
        if block != nil {
            guard open[block, default: 0] < most else { return false }
        }
        open[block, default: 0] += 1
        all += 1
        return true
    }

    mutating func add(_ connection: OpenConnection) { connections[connection.id] = connection }

    /// Counts a connection out that was let in.
    mutating func leave(_ block: AddressBlock?, _ id: Int? = nil) {
        guard let count = open[block] else { return }
        open[block] = count > 1 ? count - 1 : nil
        all -= 1
        guard let id else { return }
        connections[id] = nil
        leaving.remove(id)
    }

    /// One that was asked to give way stays.
    mutating func keep(_ id: Int) { leaving.remove(id) }

    /// Connections beyond `most`, without those that are leaving.
    func excess(over most: Int) -> Int { all - leaving.count - most }

    /// The `count` connections that may be closed first, and are from now on leaving: one after the
    /// other of the client that has most, of equal ones the one that has waited for longest. Those
    /// whose body is slow come last.
    ///
    /// - Parameter newest: not this one, which has had no time yet.
    mutating func leavers(
        _ count: Int, at now: NIODeadline, but newest: Int? = nil
    ) -> [OpenConnection] {
        typealias Candidate = (connection: OpenConnection, turn: OpenConnection.Turn)
        var candidates: [AddressBlock?: [Candidate]] = [:]
        for (id, connection) in connections where id != newest && !leaving.contains(id) {
            guard let turn = connection.turn(at: now) else { continue }
            candidates[connection.block, default: []].append((connection, turn))
        }
        // When a client's first has gone it has one less: each goes with what is left then.
        var order: [(candidate: Candidate, left: Int)] = []
        for (block, list) in candidates {
            let left = open[block, default: 0]
            for (index, candidate) in list.sorted(by: { $0.turn < $1.turn }).enumerated() {
                order.append((candidate, left - index))
            }
        }
        order.sort { one, other in
            let (mine, its) = (one.candidate.turn, other.candidate.turn)
            if mine.hasBody != its.hasBody { return its.hasBody }
            return one.left == other.left ? mine < its : one.left > other.left
        }
        let chosen = order.prefix(count).map(\.candidate.connection)
        leaving.formUnion(chosen.map(\.id))
        return chosen
    }
}

/// Bounds the connections of one listener: those of each client, and all of them. Where there are more
/// than may be, those that have waited for longest without a whole request are closed, so that whoever
/// holds connections open keeps nobody out.
final class ConnectionDoor: Sendable {
    private struct State {
        var counts = ConnectionCounts()
        var nextID = 0
        var turnedAway = RareWord()
        var gaveWay = RareWord()
        var isRetrying = false
        /// Until then nobody looks for room because somebody waits.
        var nextLook = NIODeadline.uptimeNanoseconds(0)
    }

    /// Looking for room takes a look at all connections, and while there is too much each request that
    /// ends asks for it.
    private static let rest = TimeAmount.milliseconds(10)

    /// When what may not be closed is looked at again, while there is too much.
    private static let pause = TimeAmount.milliseconds(250)

    /// Connections that are too many and may not be closed are let in up to this number beyond the
    /// limit. More wait in the kernel.
    let room: Int
    private let most: Int
    private let state = Mutex(State())
    /// Whether there are more than may be, as far as that was last known.
    private let isFull = Atomic(false)
    private let face: HTTPListener.Face
    private let logger: Logger

    /// - Parameter connections: how many may be open.
    init(face: HTTPListener.Face, connections: Int, logger: Logger) {
        most = connections
        room = max(1, connections / 64)
        self.face = face
        self.logger = logger
    }

    /// Counts a connection in until it is closed, or answers nil when its client has as many as it
    /// may. Then others may have to give way.
    func enter(_ channel: any Channel, most limit: Int) -> OpenConnection? {
        let address = channel.remoteAddress?.ipAddress
        let block = address.flatMap { AddressBlock($0) }
        let connection = state.withLock { state -> OpenConnection? in
            guard state.counts.enter(block, most: limit) else { return nil }
            state.nextID += 1
            let connection = OpenConnection(state.nextID, of: block, channel, at: self)
            state.counts.add(connection)
            return connection
        }
        guard let connection else {
            let word = state.withLock { $0.turnedAway.add(1, at: .now()) }
            if let word {
                warn("connections turned away", word, limit, ["client": "\(address ?? "-")"])
            }
            return nil
        }
        let id = connection.id
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { state in
                state.counts.leave(block, id)
                isFull.store(state.counts.excess(over: most) > 0, ordering: .relaxed)
            }
        }
        makeRoom(but: id)
        retry(on: channel.eventLoop)
        return connection
    }

    /// Goes on making room as long as there is too much. A body becomes slow without anything that
    /// happens, and new connections are no longer accepted by then.
    private func retry(on loop: any EventLoop) {
        let begins = state.withLock { state in
            guard state.counts.excess(over: most) > 0, !state.isRetrying else { return false }
            state.isRetrying = true
            return true
        }
        guard begins else { return }
        loop.scheduleTask(in: Self.pause) { [self] in
            state.withLock { $0.isRetrying = false }
            makeRoom()
            retry(on: loop)
        }
    }

    /// A connection has nothing to do any more.
    func someoneWaits() {
        guard isFull.load(ordering: .relaxed) else { return }
        let now = NIODeadline.now()
        let isDue = state.withLock { state in
            guard now >= state.nextLook else { return false }
            state.nextLook = now + Self.rest
            return true
        }
        if isDue { makeRoom() }
    }

    /// A connection does not give way after all.
    func keep(_ connection: OpenConnection) {
        state.withLock { $0.counts.keep(connection.id) }
    }

    /// Closes what is too much, as far as it may be closed.
    ///
    /// - Parameters:
    ///   - newest: the connection that came just now.
    ///   - least: close so many in any case.
    func makeRoom(but newest: Int? = nil, least: Int = 0) {
        let now = NIODeadline.now()
        let (leavers, word) = state.withLock { state -> ([OpenConnection], Int?) in
            let excess = state.counts.excess(over: most)
            isFull.store(excess > 0, ordering: .relaxed)
            guard max(excess, least) > 0 else { return ([], nil) }
            // All of them are looked at, so that a few more are closed at a time.
            let count = max(excess + most / 64, least)
            let leavers = state.counts.leavers(count, at: now, but: newest)
            return (leavers, state.gaveWay.add(leavers.count, at: now))
        }
        for connection in leavers { connection.giveWay() }
        if let word { warn("connections closed to make room", word, most) }
    }

    private func warn(
        _ message: Logger.Message, _ count: Int, _ limit: Int, _ more: Logger.Metadata = [:]
    ) {
        let facts: Logger.Metadata = [
            "listener": "\(face.rawValue)", "count": .stringConvertible(count),
            "limit": .stringConvertible(limit),
        ]
        logger.warning(message, metadata: facts.merging(more) { _, own in own })
    }
}

/// Says of what happens often how often it has happened, at most once a second.
struct RareWord {
    private var count = 0
    private var last: NIODeadline?

    /// - Returns: how many there were since the last word; nil when that is less than a second ago, or
    ///   when there were none.
    mutating func add(_ more: Int, at now: NIODeadline) -> Int? {
        count += more
        if let last, now < last + .seconds(1) { return nil }
        guard count > 0 else { return nil }
        defer { count = 0 }
        last = now
        return count
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
