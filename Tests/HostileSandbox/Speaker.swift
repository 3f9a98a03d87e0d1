internal import Glibc
internal import ImageVocabulary
internal import WireProtocol

/// The attacker's side of the result pipe: frames, right ones and wrong ones.
struct Speaker {
    let job: JobMessage
    let image: [UInt8]

    /// The descriptor of the result pipe.
    static let results: CInt = 4

    /// What the header of the image says: the tests send PNG (third edition, 11.2.1).
    var facts: ImageFacts {
        ImageFacts(
            format: .png, width: bigEndian(at: 16), height: bigEndian(at: 20), frames: 1, bands: 3,
            bitsPerChannel: 8, hasAlpha: false, orientation: 1, hasProfile: false)
    }

    func send(_ message: ChildMessage) { send(message.encoded()) }

    /// Sends bytes as they are; a supervisor that no longer listens ends the child.
    func send(_ bytes: [UInt8]) {
        if !System.write(bytes, to: Self.results) {
            System.report("write to the result pipe", -CLong(EPIPE))
        }
    }

    func output(_ bytes: [UInt8], variant: UInt8 = 0) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(Frame.largestChunk)
            send(ChildMessage.outputHeader(variant: variant, count: chunk.count) + chunk)
            rest = rest.dropFirst(chunk.count)
        }
    }

    /// A whole answer as a decoder without fault would give it: the image itself.
    var honestAnswer: [UInt8] {
        var bytes: [UInt8] = []
        bytes += ChildMessage.stage(.decoding).encoded()
        bytes += ChildMessage.facts(facts).encoded()
        bytes += ChildMessage.outputHeader(variant: 0, count: image.count) + image
        bytes += ChildMessage.done(variant: 0, format: .png, size: UInt64(image.count)).encoded()
        bytes += ChildMessage.end.encoded()
        return bytes
    }

    /// Says that everything before the result went well.
    func begin() {
        send(.stage(.decoding))
        send(.facts(facts))
    }

    /// A frame header by hand, for lengths and kinds that the writer refuses.
    func header(length: UInt32, kind: UInt8) {
        send((0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + [kind])
    }

    func waitForEver() { System.perform("27-futex-forever") }

    private func bigEndian(at offset: Int) -> UInt32 {
        image[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
