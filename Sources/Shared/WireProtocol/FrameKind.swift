/// The kinds of frame on the two pipes of a child and on the control socket of a zygote.
///
/// A frame is `u32 length`, `u8 kind`, then `length` bytes of payload, little-endian. The byte
/// layout of every payload stands in WIRE.md.
public enum FrameKind: UInt8, CaseIterable, Sendable {
    // Supervisor to child.
    case job = 0x01

    // Child to supervisor.
    case ready = 0x11
    case stage = 0x12
    case facts = 0x13
    case output = 0x14
    case done = 0x15
    case end = 0x16
    case refused = 0x17
    case details = 0x18

    // Supervisor to zygote.
    case configure = 0x21
    case spawn = 0x22
    case ping = 0x23

    // Zygote to supervisor.
    case hello = 0x31
    case born = 0x32
    case observed = 0x33
    case exited = 0x34
    case pong = 0x35
    case failed = 0x36
    case recorded = 0x37
    case snapshot = 0x38

    /// The most payload bytes a frame of this kind may announce. Checked on the five header bytes,
    /// before anything of the payload is buffered.
    public var largestPayload: Int {
        switch self {
        case .job: Frame.largestJob - Frame.headerSize
        case .ready: 128
        case .stage: 1
        case .facts: 32
        case .output: 1 + Frame.largestChunk
        case .done: 10
        case .end: 0
        case .refused: 1 + Frame.largestText
        case .details: 4_096
        case .configure: 48 * 1024
        case .spawn: 8
        case .ping, .pong: 8
        case .hello: 24 * 1024
        case .born: 8
        case .observed, .recorded: 80
        case .exited: 64
        case .snapshot: 1_024
        case .failed: 16 + Frame.largestText
        }
    }
}

/// Sizes that both ends of a pipe agree on.
public enum Frame {
    /// The `u32` length and the `u8` kind.
    public static let headerSize = 5
    /// A whole job frame, so that it fits any pipe's buffer in one `write` (PIPE_BUF, pipe(7)).
    public static let largestJob = 4_096
    /// Encoded image bytes in one `output` frame.
    public static let largestChunk = 65_536
    /// Bytes of free text in one frame.
    public static let largestText = 512
    /// The version both programs must share; the zygote's hello carries it.
    public static let protocolVersion: UInt16 = 4
}
