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
    /// What to do; ignored for ``JobMessage/Operation/info``.
    var plan: Plan
    var limits: JobLimits
    /// When the client is answered, with whatever there is.
    var deadline: ContinuousClock.Instant
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
    /// The encoded image; empty for ``JobMessage/Operation/info``.
    var output: ByteBuffer
    /// The output's format, by the child's word and by its magic number.
    var format: ImageFormat
    /// The output's size, read from its own header.
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
}
