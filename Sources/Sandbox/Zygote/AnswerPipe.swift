internal import Descriptors
internal import Glibc
internal import ImageVocabulary
internal import WireProtocol

/// The child's end of the result pipe. A supervisor that is gone ends the child by SIGPIPE.
struct AnswerPipe: JobReport {
    func send(_ message: ChildMessage) {
        write(message.encoded().span)
    }

    mutating func stage(_ stage: Stage) { send(.stage(stage)) }

    mutating func facts(_ facts: ImageFacts) { send(.facts(facts)) }

    mutating func output(variant: UInt8, chunk: Span<UInt8>) {
        write(ChildMessage.outputHeader(variant: variant, count: chunk.count).span)
        write(chunk)
    }

    mutating func done(variant: UInt8, format: ImageFormat, bytes: UInt64) {
        send(.done(variant: variant, format: format, size: bytes))
    }

    private func write(_ bytes: Span<UInt8>) {
        do throws(SystemError) {
            try Descriptor.writeAll(bytes, to: Child.Number.result)
        } catch {
            _exit(1)
        }
    }
}
