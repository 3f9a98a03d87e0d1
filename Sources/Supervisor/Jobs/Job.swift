import ImageVocabulary
import NIOCore
import WireProtocol

/// One image to be processed: everything about it was parsed, bounded and hashed before.
struct Job: Sendable {
    /// The request's id, for logs and for the client.
    var requestID: String
    /// Facts only, or a result.
    var operation: JobMessage.Operation
    /// The whole input.
    var input: SourceBytes
    /// What to do, one for each result; none for ``JobMessage/Operation/info``.
    var plans: [Plan]
    /// Other inputs beside the first: images to be put upon results, in the order of their numbers.
    var companions: [SourceBytes] = []
    /// What facts are to have besides.
    var wishes = InfoWishes()
    var limits: JobLimits
    /// When the client is answered, with whatever there is.
    var deadline: ContinuousClock.Instant
    /// The W3C trace it belongs to, for logs.
    var traceID: String?
    /// Who asked for it; nil for the service itself.
    var party: Caller.Party?
    /// The address of the image, without its query, where the request named one.
    var source: String?
    /// What becomes of it when its child dies; nil for nothing.
    var charge: JobCharge?
    /// The requests that share it with the one it is named after; nil where none can.
    var others: OtherRequests?

    /// Every input, in the order in which they stand in the child's memory.
    var inputs: [SourceBytes] { [input] + companions }

    /// What names it in logs.
    var identity: ChildReport.JobIdentity {
        ChildReport.JobIdentity(
            requestID: requestID, traceID: traceID, sha256: input.sha256,
            bytes: input.bytes.readableBytes, announced: input.announced, sniffed: input.format,
            operation: operation, plans: plans, wishes: wishes, limits: limits, deadline: deadline,
            party: party, source: source, charge: charge, others: others)
    }
}

/// An input that has arrived whole.
struct SourceBytes: Sendable {
    var bytes: ByteBuffer
    /// SHA-256 in lower-case hex, computed as the bytes arrived.
    var sha256: String
    /// What the magic number says.
    var format: ImageFormat
    /// What the request announced by media type or file name, when it announced anything.
    var announced: ImageFormat?
}

/// What a job came to, checked against the bytes.
struct JobResult: Sendable {
    /// The input's facts.
    var facts: ImageFacts
    /// What else the input says of itself, where facts were asked for.
    var details: ImageDetails?
    /// One for each plan, in their order.
    var images: [ResultImage]

    /// Bytes of all results.
    var bytes: Int { images.reduce(0) { $0 + $1.bytes.readableBytes } }
}

/// One encoded result.
struct ResultImage: Sendable {
    var bytes: ByteBuffer
    /// By the child's word and by its magic number.
    var format: ImageFormat
    /// Read from its own header.
    var width: UInt32
    var height: UInt32
}

/// Why a job came to nothing. What the client hears of it is decided in ``Problem``.
enum JobFailure: Error, Equatable, Sendable {
    /// The child looked at the image and said no.
    case refused(Verdict)
    /// The child died, or what it said was no answer. The client never learns how.
    case childLost
    /// The deadline passed.
    case deadline
    /// The client went away.
    case abandoned
    /// No child could be had: the sandbox is down or full.
    case unavailable

    /// The name in metrics.
    var name: String {
        switch self {
        case .refused: "refused"
        case .childLost: "child-lost"
        case .deadline: "deadline"
        case .abandoned: "abandoned"
        case .unavailable: "unavailable"
        }
    }
}

extension JobLimits {
    /// The higher of both, limit by limit.
    func raised(to other: JobLimits) -> JobLimits {
        JobLimits(
            inputBytes: max(inputBytes, other.inputBytes), width: max(width, other.width),
            height: max(height, other.height), pixels: max(pixels, other.pixels),
            frames: max(frames, other.frames), framePixels: max(framePixels, other.framePixels),
            outputBytes: max(outputBytes, other.outputBytes))
    }

    /// The lower of both, limit by limit.
    func lowered(to other: JobLimits) -> JobLimits {
        JobLimits(
            inputBytes: min(inputBytes, other.inputBytes), width: min(width, other.width),
            height: min(height, other.height), pixels: min(pixels, other.pixels),
            frames: min(frames, other.frames), framePixels: min(framePixels, other.framePixels),
            outputBytes: min(outputBytes, other.outputBytes))
    }
}
