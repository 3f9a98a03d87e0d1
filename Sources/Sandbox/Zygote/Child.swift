internal import CLinux
internal import Descriptors
internal import Glibc
internal import WireProtocol

/// A child, from fork to `_exit`: one image, then nothing.
enum Child {
    /// The numbers a child knows its descriptors by.
    enum Number {
        static let job: CInt = 0
        static let input: CInt = 3
        static let result: CInt = 4
        static let handover: CInt = 5
    }

    /// - Parameter descriptors: what becomes 0 to 5, in order.
    static func run(
        id: UInt64, descriptors: [CInt], zygote: borrowing PreparedZygote,
        decoder: (any Decoding.Type)?
    ) -> Never {
        var number = descriptors[Int(Number.handover)]
        do throws(SetupFailure) {
            let posture = try Confinement.enter(
                descriptors: descriptors, handover: &number, zygote: zygote)
            var answers = AnswerPipe()
            answers.send(.ready(posture))
            work(zygote.libraries, decoder)
        } catch {
            // Not confined, and no byte of an image seen: the failed step goes to the zygote.
            let handover = PacketSocket(taking: Descriptor(taking: number))
            try? handover.send(ZygoteMessage.failed(child: id, error).encoded())
            _exit(1)
        }
    }

    private static func work(
        _ libraries: borrowing ImageLibraries, _ decoder: (any Decoding.Type)?
    ) -> Never {
        var answers = AnswerPipe()
        guard let job = receiveJob() else { _exit(0) }
        let length = job.inputs.reduce(0) { max($0, $1.offset + $1.length) }
        let descriptor = Descriptor(taking: Number.input)
        // The mapping lasts as long as this process, and so does what is made of it below.
        guard let input = unsafe try? SealedBytes.map(descriptor, length: Int(length)) else {
            _exit(1)
        }
        if let decoder {
            unsafe decoder.decode(job, input: input) {
                unsafe answer(job, input, libraries, &answers)
            }
        } else {
            unsafe answer(job, input, libraries, &answers)
        }
        _exit(0)
    }

    private static func answer(
        _ job: JobMessage, _ input: UnsafeRawBufferPointer, _ libraries: borrowing ImageLibraries,
        _ answers: inout AnswerPipe
    ) {
        do throws(Refusal) {
            let bytes = unsafe input.bindMemory(to: UInt8.self).span
            try ImageJob.run(job, input: bytes, libraries: libraries, report: &answers)
            answers.send(.end)
        } catch {
            answers.send(.refused(error.verdict, text: error.text))
        }
    }

    /// The job, nil when the supervisor needs this child no more.
    private static func receiveJob() -> JobMessage? {
        let pipe = Descriptor(taking: Number.job)
        var received: [UInt8] = []
        while true {
            guard let part = try? pipe.read(atMost: Frame.largestJob - received.count),
                !part.isEmpty
            else { return nil }
            received += part
            guard let step = try? FrameReader.next(in: received.span, accepting: { $0 == .job })
            else { return nil }
            if case .frame(_, let payload) = step {
                return try? JobMessage(payload: received.span.extracting(payload))
            }
        }
    }
}
