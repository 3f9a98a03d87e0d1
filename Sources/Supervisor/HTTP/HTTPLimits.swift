import NIOCore

/// What one connection may cost. Hummingbird's own defaults leave most of these open.
struct HTTPLimits: Sendable {
    /// Open connections; when they are reached, new ones wait in the kernel's backlog.
    var connections = 1_024
    /// Largest header field in bytes.
    var headerField = 8 << 10
    /// Largest header in bytes, all fields together.
    var headerList = 16 << 10
    /// Most header fields.
    var headerFields = 64
    /// How long a connection may be silent while a request is awaited or read.
    var idle = TimeAmount.seconds(15)
    /// From the head until the whole body must have arrived, however busy the client looks.
    var body = Duration.seconds(30)
    /// A response must be taken within this time…
    var write = TimeAmount.seconds(10)
    /// …plus a second for each of these many bytes.
    var writeBytesPerSecond = 64 << 10
    /// How long what a refused client still sends is thrown away, so that it can read the refusal
    /// before the connection is reset.
    var linger = TimeAmount.seconds(2)

    /// The time within which `bytes` of a response must have been taken.
    func writeTime(for bytes: Int) -> TimeAmount {
        write + .seconds(Int64(bytes / writeBytesPerSecond))
    }
}
