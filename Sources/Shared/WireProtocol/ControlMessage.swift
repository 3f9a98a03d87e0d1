/// What the supervisor tells a zygote. One frame a packet on the control socket.
public enum SupervisorMessage: Equatable, Sendable {
    /// The first packet: everything a zygote and its children are to hold to.
    case configure(ZygoteConfiguration)
    /// Fork a child. Four descriptors come along: job pipe (read), stderr pipe (write), input memfd
    /// (read-only), result pipe (write).
    case spawn(child: UInt64)
    /// Answer with `pong` and the same number.
    case ping(UInt64)

    /// The frame.
    public func encoded() -> [UInt8] {
        switch self {
        case .configure(let configuration):
            return configuration.encoded()
        case .spawn(let child):
            var frame = FrameWriter(.spawn)
            frame.u64(child)
            return frame.finish()
        case .ping(let number):
            var frame = FrameWriter(.ping)
            frame.u64(number)
            return frame.finish()
        }
    }

    /// Reads one packet, which must hold exactly one frame.
    public init(packet: Span<UInt8>) throws(WireError) {
        let (kind, range) = try Frame.single(in: packet) { kind in
            kind == .configure || kind == .spawn || kind == .ping
        }
        let payload = packet.extracting(range)
        var cursor = PayloadCursor()
        switch kind {
        case .configure:
            self = .configure(try ZygoteConfiguration(&cursor, payload))
        case .spawn:
            self = .spawn(child: try cursor.u64(in: payload))
        default:
            self = .ping(try cursor.u64(in: payload))
        }
        try cursor.finish(in: payload)
    }
}

/// What a zygote tells the supervisor. One frame a packet on the control socket.
public enum ZygoteMessage: Equatable, Sendable {
    /// Ready to fork; comes with a pidfd of the zygote (PID 1 of its namespace).
    case hello(ZygoteHello)
    /// A child was forked; comes with its pidfd.
    case born(child: UInt64)
    /// The kernel held a call of a child that its policy does not allow.
    case observed(child: UInt64, DeniedCall)
    /// The same, and by the configuration's ``CallRecording`` the child went on.
    case recorded(child: UInt64, DeniedCall)
    /// What a thread was doing whose call the kernel held. Comes once for a child, after its
    /// `observed` and before its end.
    case snapshot(child: UInt64, Snapshot)
    /// A child was reaped.
    case exited(child: UInt64, ChildExit)
    /// The answer to `ping`.
    case pong(UInt64)
    /// The zygote (child 0) or a child could not be set up.
    case failed(child: UInt64, SetupFailure)

    /// The frame.
    public func encoded() -> [UInt8] {
        switch self {
        case .hello(let hello):
            return hello.encoded()
        case .born(let child):
            var frame = FrameWriter(.born)
            frame.u64(child)
            return frame.finish()
        case .observed(let child, let call):
            var frame = FrameWriter(.observed)
            frame.u64(child)
            call.write(to: &frame)
            return frame.finish()
        case .recorded(let child, let call):
            var frame = FrameWriter(.recorded)
            frame.u64(child)
            call.write(to: &frame)
            return frame.finish()
        case .snapshot(let child, let snapshot):
            var frame = FrameWriter(.snapshot)
            frame.u64(child)
            snapshot.write(to: &frame)
            return frame.finish()
        case .exited(let child, let exit):
            var frame = FrameWriter(.exited)
            frame.u64(child)
            exit.write(to: &frame)
            return frame.finish()
        case .pong(let number):
            var frame = FrameWriter(.pong)
            frame.u64(number)
            return frame.finish()
        case .failed(let child, let failure):
            var frame = FrameWriter(.failed)
            frame.u64(child)
            failure.write(to: &frame)
            return frame.finish()
        }
    }

    /// Reads one packet, which must hold exactly one frame.
    public init(packet: Span<UInt8>) throws(WireError) {
        let (kind, range) = try Frame.single(in: packet) { kind in
            switch kind {
            case .hello, .born, .observed, .recorded, .snapshot, .exited, .pong, .failed: true
            default: false
            }
        }
        let payload = packet.extracting(range)
        var cursor = PayloadCursor()
        switch kind {
        case .hello:
            self = .hello(try ZygoteHello(&cursor, payload))
        case .born:
            self = .born(child: try cursor.u64(in: payload))
        case .observed:
            let child = try cursor.u64(in: payload)
            self = .observed(child: child, try DeniedCall(&cursor, payload))
        case .recorded:
            let child = try cursor.u64(in: payload)
            self = .recorded(child: child, try DeniedCall(&cursor, payload))
        case .snapshot:
            let child = try cursor.u64(in: payload)
            self = .snapshot(child: child, try Snapshot(&cursor, payload))
        case .exited:
            let child = try cursor.u64(in: payload)
            self = .exited(child: child, try ChildExit(&cursor, payload))
        case .pong:
            self = .pong(try cursor.u64(in: payload))
        default:
            let child = try cursor.u64(in: payload)
            self = .failed(child: child, try SetupFailure(&cursor, payload))
        }
        try cursor.finish(in: payload)
    }
}

extension Frame {
    /// The kind and payload of the one frame in a packet.
    static func single(
        in packet: Span<UInt8>, accepting: (FrameKind) -> Bool
    ) throws(WireError) -> (FrameKind, Range<Int>) {
        guard
            case .frame(let kind, let payload) = try FrameReader.next(
                in: packet, accepting: accepting)
        else { throw .truncated }
        guard payload.upperBound == packet.count else { throw .trailingBytes }
        return (kind, payload)
    }
}
