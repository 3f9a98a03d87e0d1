import NIOCore

/// What one listener's connections may cost. Hummingbird's own defaults leave most of these open.
struct HTTPLimits: Sendable {
    /// Open connections of a listener. Beyond that, those that wait for longest without a whole
    /// request are closed.
    var connections = 1_024
    /// Open connections of one client address (of one /64 for IPv6); more are closed at once.
    var connectionsPerAddress = 256
    /// Proxies that are no one client, and whose connections are not counted as one's.
    var proxies = ClientAddress()
    /// Largest header field in bytes, and longest request target.
    var headerField = 8 << 10
    /// Largest header in bytes: request target and all fields together.
    var headerList = 16 << 10
    /// Most header fields.
    var headerFields = 64
    /// From the first byte of a request until its head must be complete, however busy the client
    /// looks. On a new connection from its beginning.
    var header = TimeAmount.seconds(10)
    /// From the head until the whole body must have arrived, however busy the client looks.
    var body = Duration.seconds(30)
    /// How long a connection may be silent between two requests.
    var idle = TimeAmount.seconds(15)
    /// A response must be taken within this time…
    var write = TimeAmount.seconds(10)
    /// …plus a second for each of these many bytes.
    var writeBytesPerSecond = 64 << 10
    /// How long what a refused client still sends is thrown away, so that it can read the refusal
    /// before the connection is reset.
    var linger = TimeAmount.seconds(2)

    /// When the service stops: how long a connection without a request stays open for one that the
    /// client has sent in the meantime.
    var farewell = TimeAmount.milliseconds(100)

    /// Those of the admin listener. It has few clients, and its connections are not the public one's.
    var forAdministration: HTTPLimits {
        var limits = self
        limits.connections = 64
        limits.connectionsPerAddress = 64
        return limits
    }

    /// The time within which `bytes` of a response must have been taken.
    func writeTime(for bytes: Int) -> TimeAmount {
        write + .seconds(Int64(bytes / writeBytesPerSecond))
    }
}
