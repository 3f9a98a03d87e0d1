internal import ImageVocabulary
internal import WireProtocol

/// Acts on the result pipe: what a child may say that is no answer.
enum Conversation {
    static let all: [String: @Sendable (Speaker) -> Void] = [
        "24-garbage": { speaker in
            speaker.send((0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) })
        },
        "24-oversized-length": { speaker in
            speaker.begin()
            speaker.header(length: .max, kind: FrameKind.output.rawValue)
            speaker.waitForEver()
        },
        "24-chunk-too-large": { speaker in
            speaker.begin()
            let length = UInt32(Frame.largestChunk + 2)
            speaker.header(length: length, kind: FrameKind.output.rawValue)
            speaker.waitForEver()
        },
        "24-unknown-kind": { speaker in speaker.header(length: 0, kind: 0xee) },
        "24-zygote-kind": { speaker in
            let exit = ChildExit(
                ending: .status(0), userTime: 0, systemTime: 0, peakResident: 0, minorFaults: 0,
                majorFaults: 0)
            speaker.send(ZygoteMessage.exited(child: 1, exit).encoded())
        },
        "24-job-kind": { speaker in speaker.send(speaker.job.encoded()) },
        "24-out-of-order": { speaker in
            speaker.send(.done(variant: 0, format: .png, size: 1))
            speaker.send(.facts(speaker.facts))
        },
        "24-facts-twice": { speaker in
            speaker.begin()
            speaker.send(.facts(speaker.facts))
        },
        "24-stage-backward": { speaker in
            speaker.send(.stage(.encoding))
            speaker.send(.stage(.sniffing))
        },
        "24-negative-size": { speaker in
            speaker.begin()
            speaker.output(speaker.image)
            speaker.send(.done(variant: 0, format: .png, size: .max))
        },
        "24-wrong-size": { speaker in
            speaker.begin()
            speaker.output(speaker.image)
            speaker.send(.done(variant: 0, format: .png, size: UInt64(speaker.image.count) + 1))
        },
        "24-wrong-variant": { speaker in
            speaker.begin()
            speaker.output(speaker.image, variant: 1)
        },
        "24-empty-output": { speaker in
            speaker.begin()
            speaker.header(length: 1, kind: FrameKind.output.rawValue)
            speaker.send([0])
        },
        "24-end-without-result": { speaker in
            speaker.begin()
            speaker.send(.end)
        },
        "24-dribble": { speaker in
            for byte in speaker.honestAnswer { speaker.send([byte]) }
        },
        "24-half-a-frame": { speaker in
            speaker.begin()
            speaker.header(length: 1000, kind: FrameKind.output.rawValue)
            speaker.waitForEver()
        },
        "24-lingers-after-answer": { speaker in
            speaker.send(speaker.honestAnswer)
            speaker.waitForEver()
        },
        "24-endless-stages": { speaker in
            while true { speaker.send(.stage(.decoding)) }
        },
        "24-two-replies": { speaker in speaker.send(speaker.honestAnswer + speaker.honestAnswer) },
        "24-after-end": { speaker in speaker.send(speaker.honestAnswer + [0]) },

        "25-facts-of-nothing": { speaker in
            var facts = speaker.facts
            facts.width = 0
            speaker.send(.facts(facts))
        },
        "25-orientation-lie": { speaker in
            var facts = speaker.facts
            facts.orientation = 200
            speaker.send(.facts(facts))
        },
        "25-format-lie": { speaker in
            speaker.begin()
            speaker.answer(Array("<!doctype html><script>alert(1)</script>".utf8), as: .png)
        },
        "25-magic-of-another": { speaker in
            speaker.begin()
            speaker.answer(Array("GIF89a".utf8) + speaker.image.dropFirst(6), as: .png)
        },
        "25-unwanted-format": { speaker in
            speaker.begin()
            // The head of a GIF of 1 by 1 pixel (GIF89a, sections 17 and 18).
            speaker.answer(Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0, 0x3b], as: .gif)
        },
        "25-huge-result": { speaker in
            speaker.begin()
            var lie = speaker.image
            lie.replaceSubrange(16..<24, with: [0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff])
            speaker.answer(lie, as: .png)
        },
        "25-result-without-header": { speaker in
            speaker.begin()
            speaker.answer(Array(speaker.image.prefix(10)), as: .png)
        },
        "25-refusal-with-markup": { speaker in
            let text = "\u{1b}[2J\r\nSet-Cookie: stolen=1\r\n\r\n<script>alert(1)</script>"
            speaker.send(.refused(.brokenImage, text: Array(text.utf8)))
        },

        "29-endless-output": { speaker in
            speaker.begin()
            let chunk =
                ChildMessage.outputHeader(variant: 0, count: Frame.largestChunk)
                + [UInt8](repeating: 0x41, count: Frame.largestChunk)
            while true { speaker.send(chunk) }
        },
        "32-forged-log-line": { speaker in
            let text = "\u{1b}[31m\n{\"message\":\"child ended\",\"class\":\"forged\"}\r\n\u{0}"
            _ = System.write(Array(text.utf8), to: 2)
            System.exit(3)
        },
        "32-forged-violation": { speaker in
            // What a zygote says of a child, sent where a child speaks.
            let call = DeniedCall(
                number: 59, architecture: 0xc000_003e, instructionPointer: 0,
                arguments: [0, 0, 0, 0, 0, 0], isAbort: false)
            speaker.send(ZygoteMessage.observed(child: 1, call).encoded())
        },
        "32-forged-crash": { speaker in
            let text = """
                *** stack smashing detected ***: terminated
                Fatal error: glovebox-sandbox crashed at 0x0
                Segmentation fault (core dumped)

                """
            _ = System.write(Array(text.utf8), to: 2)
            System.exit(0)
        },
        "32-escapes": { speaker in
            // Every byte there is, a window title, a link, and text that runs backwards.
            let text = "\u{1b}]0;owned\u{7}\u{1b}]8;;http://a.example\u{1b}\\\u{9b}2J\u{202e}"
            _ = System.write(Array(text.utf8) + Array(0...UInt8.max), to: 2)
            System.exit(3)
        },
        "35-exit-between-frames": { speaker in
            speaker.begin()
            System.exit(0)
        },
        "35-exit-inside-frame": { speaker in
            speaker.send(Array(speaker.honestAnswer.dropLast(Frame.headerSize + 1)))
            System.exit(0)
        },
        "37-begin-and-spin": { speaker in
            speaker.send(.stage(.decoding))
            System.perform("27-infinite-loop")
        },
        "crash-swift-trap": { speaker in
            _ = speaker.image[speaker.image.count]
        },
    ]
}

extension Speaker {
    /// A result of these bytes, in a well-formed conversation.
    func answer(_ bytes: [UInt8], as format: ImageFormat) {
        output(bytes)
        send(.done(variant: 0, format: format, size: UInt64(bytes.count)))
        send(.end)
    }
}
