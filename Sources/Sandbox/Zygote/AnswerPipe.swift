internal import Descriptors
internal import Glibc
internal import ImageVocabulary
internal import WireProtocol

/// The child's end of the result pipe. A supervisor that is gone ends the child by SIGPIPE.
///
/// Every write wakes the supervisor. A stage is written before it begins, so that it is known where a
/// child died; the rest waits for the next stage or the end, up to a chunk of output.
struct AnswerPipe: JobReport {
    private var waiting: [UInt8] = []

    /// Writes a message, and what waits before it.
    mutating func send(_ message: ChildMessage) {
        waiting += message.encoded()
        flush()
    }

    mutating func stage(_ stage: Stage) { send(.stage(stage)) }

    mutating func facts(_ facts: ImageFacts) { waiting += ChildMessage.facts(facts).encoded() }

    mutating func details(_ details: ImageDetails) {
        waiting += ChildMessage.details(details).encoded()
    }

    mutating func output(variant: UInt8, chunk: Span<UInt8>) {
        waiting += ChildMessage.outputHeader(variant: variant, count: chunk.count)
        for index in chunk.indices { waiting.append(chunk[index]) }
        if chunk.count == Frame.largestChunk { flush() }
    }

    mutating func done(variant: UInt8, format: ImageFormat, bytes: UInt64) {
        waiting += ChildMessage.done(variant: variant, format: format, size: bytes).encoded()
    }

    private mutating func flush() {
        do throws(SystemError) {
            try Descriptor.writeAll(waiting.span, to: Child.Number.result)
            waiting.removeAll(keepingCapacity: true)
        } catch {
            _exit(1)
        }
    }
}
