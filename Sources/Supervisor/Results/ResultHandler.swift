import ImageVocabulary
import NIOCore
import SandboxPolicy
import WireProtocol

/// What came of the one job of a child, by what arrived on its result pipe.
enum ChildAnswer: Sendable {
    /// `end` came, after facts and every result, or facts and details.
    case completed(ImageFacts, ImageDetails?, [EncodedOutput])
    /// The child would not do it.
    case refused(Verdict, text: [UInt8])
    /// What it said is no conversation.
    case broken(WireError)
    /// The pipe ended before `end`.
    case endedEarly
}

/// One encoded result, as the child sent it.
struct EncodedOutput: Sendable {
    /// By the child's word.
    var format: ImageFormat
    var bytes: ByteBuffer
}

/// What a result pipe's reader tells the child's owner. All calls come on the channel's event loop.
protocol ResultObserver: AnyObject, Sendable {
    func childIsReady(_ posture: Posture)
    /// The first byte after it was given its job.
    func childSpoke()
    func childEntered(_ stage: Stage)
    func childAnswered(_ answer: ChildAnswer)
}

/// Reads one child's result pipe: bytes to frames, frames to messages, messages through the
/// conversation's table. Its memory is bounded by the job's output limit and one frame.
final class ResultHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var conversation = ChildConversation()
    private var received = ByteBuffer()
    private var facts: ImageFacts?
    private var details: ImageDetails?
    private var outputs: [EncodedOutput] = []
    private var current = ByteBuffer()
    private var hasSpoken = false
    private weak var observer: (any ResultObserver)?

    init(_ observer: any ResultObserver) { self.observer = observer }

    /// The child is about to be given this job.
    func begin(_ job: JobMessage) { conversation.begin(job) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = Self.unwrapInboundIn(data)
        if !hasSpoken, conversation.state != .born {
            hasSpoken = true
            observer?.childSpoke()
        }
        if received.readableBytes == 0 {
            received = part
        } else {
            // What was read already would otherwise stay in the buffer, and the buffer of a child
            // that never ends on a frame's end would grow with all it ever said.
            received.discardReadBytes()
            received.writeBuffer(&part)
        }
        do throws(WireError) {
            while try readFrame() {}
        } catch {
            finish(.broken(error), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(conversation.state == .finished ? nil : .endedEarly, context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.endedEarly, context)
    }

    /// - Returns: whether there was a whole frame.
    private func readFrame() throws(WireError) -> Bool {
        let pending = received
        let bytes = pending.readableBytesUInt8Span
        if conversation.state == .finished && bytes.count > 0 { throw .trailingBytes }
        let step = try FrameReader.next(in: bytes) { conversation.accepts($0) }
        guard case .frame(let kind, let payload) = step else { return false }
        let message = try ChildMessage(kind: kind, payload: bytes.extracting(payload))
        try conversation.take(message)
        received.moveReaderIndex(forwardBy: payload.lowerBound)
        guard var body = received.readSlice(length: payload.count) else { throw .truncated }
        switch message {
        case .ready(let posture):
            observer?.childIsReady(posture)
        case .stage(let stage):
            observer?.childEntered(stage)
        case .facts(let facts):
            self.facts = facts
        case .details(let details):
            self.details = details
        case .output(_, let range):
            body.moveReaderIndex(forwardBy: range.lowerBound)
            current.writeBuffer(&body)
        case .done(_, let format, _):
            outputs.append(EncodedOutput(format: format, bytes: current))
            current = ByteBuffer()
        case .end:
            try nothingLeft()
            // The conversation lets `end` pass only after facts.
            if let facts { answer(.completed(facts, details, outputs)) }
        case .refused(let verdict, let text):
            try nothingLeft()
            answer(.refused(verdict, text: text))
        }
        return true
    }

    private func nothingLeft() throws(WireError) {
        guard received.readableBytes == 0 else { throw .trailingBytes }
    }

    private func answer(_ answer: ChildAnswer) {
        outputs = []
        observer?.childAnswered(answer)
    }

    private func finish(_ last: ChildAnswer?, _ context: ChannelHandlerContext) {
        if let last { answer(last) }
        observer = nil
        received = ByteBuffer()
        current = ByteBuffer()
        context.close(promise: nil)
    }
}
