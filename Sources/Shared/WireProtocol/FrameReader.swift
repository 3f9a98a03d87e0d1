/// The one reader of frames: pure, over borrowed bytes, without a buffer of its own.
///
/// The sandbox, the supervisor and the fuzzer call it with whatever bytes have arrived so far. It
/// answers with the next frame's place in them, or with how many bytes that frame needs.
public enum FrameReader {
    public enum Step: Equatable, Sendable {
        /// The next frame is not complete; it will be once there are `total` bytes.
        case needs(total: Int)
        /// A frame stands at the start: its payload is at `payload`, the next begins at its end.
        case frame(FrameKind, payload: Range<Int>)
    }

    /// Looks at the start of `bytes`.
    ///
    /// - Parameter accepting: which kinds may come now. Anything else is refused on its header.
    /// - Throws: ``WireError`` as soon as the header shows that the frame cannot be accepted, so
    ///   that a sender who announces 4 GB is refused before one byte of it is buffered.
    public static func next(
        in bytes: Span<UInt8>, accepting: (FrameKind) -> Bool
    ) throws(WireError) -> Step {
        guard bytes.count >= Frame.headerSize else { return .needs(total: Frame.headerSize) }
        var header = PayloadCursor()
        let length = try header.u32(in: bytes)
        let rawKind = try header.u8(in: bytes)
        guard let kind = FrameKind(rawValue: rawKind) else { throw .unknownKind(rawKind) }
        guard accepting(kind) else { throw .unexpected(kind) }
        guard length <= UInt32(kind.largestPayload) else { throw .tooLong(kind, length) }
        let total = Frame.headerSize + Int(length)
        guard bytes.count >= total else { return .needs(total: total) }
        return .frame(kind, payload: Frame.headerSize..<total)
    }
}

/// What makes a sequence of bytes no conversation. Every one of these ends that child.
public enum WireError: Error, Equatable, Sendable {
    /// A kind this protocol does not have.
    case unknownKind(UInt8)
    /// A kind that is not allowed in this state, or not again.
    case unexpected(FrameKind)
    /// A length beyond the kind's maximum.
    case tooLong(FrameKind, UInt32)
    /// A payload that ends before its fields do.
    case truncated
    /// A payload with bytes after its last field.
    case trailingBytes
    /// A field whose value is outside its closed list or range.
    case badValue(String)
    /// The stream ended inside a frame or before `end`.
    case endedEarly
    /// More than one job, plan or input table allows.
    case tooMany(String)

    /// A fixed label for metrics and records, without any value from the other side.
    public var label: String {
        switch self {
        case .unknownKind: "unknown-kind"
        case .unexpected: "unexpected-kind"
        case .tooLong: "too-long"
        case .truncated: "truncated"
        case .trailingBytes: "trailing-bytes"
        case .badValue: "bad-value"
        case .endedEarly: "ended-early"
        case .tooMany: "too-many"
        }
    }
}
