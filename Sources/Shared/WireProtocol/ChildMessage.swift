public import ImageVocabulary
public import SandboxPolicy

/// What a child says on its result pipe. All of it is the child's word.
public enum ChildMessage: Equatable, Sendable {
    /// Confined, and waiting for its job.
    case ready(Posture)
    /// It enters this stage.
    case stage(Stage)
    /// What the header says.
    case facts(ImageFacts)
    /// What else the source says of itself.
    case details(ImageDetails)
    /// A piece of an encoded result: which variant, and where in the payload its bytes stand.
    case output(variant: UInt8, bytes: Range<Int>)
    /// A result is complete: its format, and how many bytes all its pieces have together.
    case done(variant: UInt8, format: ImageFormat, size: UInt64)
    /// Nothing more comes.
    case end
    /// It will not do the job; untrusted text beside the reason.
    case refused(Verdict, text: [UInt8])

    /// Reads the payload of a frame whose kind the conversation allows.
    public init(kind: FrameKind, payload: Span<UInt8>) throws(WireError) {
        var cursor = PayloadCursor()
        switch kind {
        case .ready:
            self = .ready(try cursor.posture(in: payload))
        case .stage:
            self = .stage(try cursor.value(Stage.self, in: payload))
        case .facts:
            self = .facts(try Self.facts(&cursor, payload))
        case .details:
            self = .details(try cursor.details(in: payload))
        case .output:
            let variant = try cursor.u8(in: payload)
            guard cursor.offset < payload.count else { throw .truncated }
            self = .output(variant: variant, bytes: cursor.offset..<payload.count)
            return
        case .done:
            self = .done(
                variant: try cursor.u8(in: payload),
                format: try cursor.value(ImageFormat.self, in: payload),
                size: try cursor.u64(in: payload))
        case .end:
            self = .end
        case .refused:
            let verdict = try cursor.value(Verdict.self, in: payload)
            self = .refused(verdict, text: try cursor.text(in: payload))
        default:
            throw .unexpected(kind)
        }
        try cursor.finish(in: payload)
    }

    private static func facts(
        _ cursor: inout PayloadCursor, _ payload: Span<UInt8>
    ) throws(WireError) -> ImageFacts {
        let facts = ImageFacts(
            format: try cursor.value(ImageFormat.self, in: payload),
            width: try cursor.u32(in: payload), height: try cursor.u32(in: payload),
            frames: try cursor.u32(in: payload), bands: try cursor.u8(in: payload),
            bitsPerChannel: try cursor.u8(in: payload), hasAlpha: try cursor.bool(in: payload),
            orientation: try cursor.u8(in: payload), hasProfile: try cursor.bool(in: payload))
        guard facts.width > 0, facts.height > 0, facts.frames > 0, facts.bands > 0 else {
            throw .badValue("facts")
        }
        guard (1...8).contains(facts.orientation) else { throw .badValue("orientation") }
        guard [8, 16, 32].contains(facts.bitsPerChannel) else { throw .badValue("bits") }
        return facts
    }

    /// The frame. An `output` is written by ``ChildMessage/outputHeader(variant:count:)`` instead,
    /// so that its bytes need not be copied.
    public func encoded() -> [UInt8] {
        switch self {
        case .ready(let posture):
            var frame = FrameWriter(.ready)
            frame.posture(posture)
            return frame.finish()
        case .stage(let stage):
            var frame = FrameWriter(.stage)
            frame.u8(stage.rawValue)
            return frame.finish()
        case .facts(let facts):
            var frame = FrameWriter(.facts)
            frame.u8(facts.format.rawValue)
            frame.u32(facts.width)
            frame.u32(facts.height)
            frame.u32(facts.frames)
            frame.u8(facts.bands)
            frame.u8(facts.bitsPerChannel)
            frame.bool(facts.hasAlpha)
            frame.u8(facts.orientation)
            frame.bool(facts.hasProfile)
            return frame.finish()
        case .details(let details):
            var frame = FrameWriter(.details)
            frame.details(details)
            return frame.finish()
        case .output:
            preconditionFailure("an output frame is written from its header and its bytes")
        case .done(let variant, let format, let size):
            var frame = FrameWriter(.done)
            frame.u8(variant)
            frame.u8(format.rawValue)
            frame.u64(size)
            return frame.finish()
        case .end:
            return FrameWriter(.end).finish()
        case .refused(let verdict, let text):
            var frame = FrameWriter(.refused)
            frame.u8(verdict.rawValue)
            frame.text(text)
            return frame.finish()
        }
    }

    /// The bytes before `count` bytes of an encoded result.
    public static func outputHeader(variant: UInt8, count: Int) -> [UInt8] {
        precondition(count > 0 && count <= Frame.largestChunk, "a chunk beyond its largest size")
        let length = UInt32(count + 1)
        return [
            UInt8(truncatingIfNeeded: length), UInt8(truncatingIfNeeded: length >> 8),
            UInt8(truncatingIfNeeded: length >> 16), 0, FrameKind.output.rawValue, variant,
        ]
    }
}
