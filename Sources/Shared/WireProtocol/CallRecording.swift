/// What a zygote does with a held call instead of ending the child, for whoever wants to know what
/// children ask for.
///
/// It decides nothing: between the moment when a call is held and the moment when it is carried out,
/// a thread of the caller may exchange all that the arguments point to (seccomp_unotify(2), on
/// SECCOMP_USER_NOTIF_FLAG_CONTINUE). What contains such a child is every other layer.
public struct CallRecording: Equatable, Sendable {
    public enum Reply: Equatable, Sendable {
        /// It is carried out.
        case proceed
        /// It fails with this errno, 1 to 4,095, and is not carried out.
        case answer(errno: UInt16)
        /// It is not carried out, and the child ends as without a recording.
        case stop
    }

    /// By the call's number; one that is not here is carried out.
    public var replies: [UInt32: Reply]
    /// Calls of one child that are reported at the most; the rest of them are replied to as well.
    public var most: UInt32

    public init(replies: [UInt32: Reply] = [:], most: UInt32) {
        self.replies = replies
        self.most = most
    }

    /// Replies in one configuration.
    static let largestCount = 1_024

    func write(to frame: inout FrameWriter) {
        precondition(replies.count <= Self.largestCount, "more replies than calls")
        frame.u32(most)
        frame.u16(UInt16(replies.count))
        for (number, reply) in replies.sorted(by: { $0.key < $1.key }) {
            frame.u32(number)
            switch reply {
            case .proceed: frame.u16(0)
            case .answer(let errno): frame.u16(errno)
            case .stop: frame.u16(.max)
            }
        }
    }

    init(_ cursor: inout PayloadCursor, _ payload: Span<UInt8>) throws(WireError) {
        most = try cursor.u32(in: payload)
        let count = Int(try cursor.u16(in: payload))
        guard count <= Self.largestCount else { throw .tooMany("replies") }
        replies = [:]
        for _ in 0..<count {
            let number = try cursor.u32(in: payload)
            let value = try cursor.u16(in: payload)
            guard value <= 4_095 || value == .max, replies[number] == nil else {
                throw .badValue("reply")
            }
            replies[number] =
                switch value {
                case 0: .proceed
                case .max: .stop
                default: .answer(errno: value)
                }
        }
    }
}
