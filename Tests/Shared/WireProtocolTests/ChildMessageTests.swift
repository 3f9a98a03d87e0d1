import ImageVocabulary
import SandboxPolicy
import Testing
import WireProtocol

@Suite("What a child says")
struct ChildMessageTests {
    /// The bytes of a facts payload, laid out by hand from WIRE.md.
    private static let facts: [UInt8] = [
        1, 0x80, 0x07, 0, 0, 0x38, 0x04, 0, 0, 1, 0, 0, 0, 3, 8, 0, 1, 0,
    ]

    private func read(_ kind: FrameKind, _ payload: [UInt8]) throws(WireError) -> ChildMessage {
        try ChildMessage(kind: kind, payload: payload.span)
    }

    @Test("facts have the layout of WIRE.md")
    func factsLayout() throws {
        let expected = ImageFacts(
            format: .jpeg, width: 1920, height: 1080, frames: 1, bands: 3, bitsPerChannel: 8,
            hasAlpha: false, orientation: 1, hasProfile: false)
        #expect(try read(.facts, Self.facts) == .facts(expected))
        let frame = ChildMessage.facts(expected).encoded()
        #expect(frame == [18, 0, 0, 0, 0x13] + Self.facts)
    }

    @Test(
        "facts that no image has are refused",
        arguments: [
            (0, 0), (0, 14), (1, 0), (14, 9), (15, 2), (16, 0), (16, 9), (17, 2),
        ] as [(Int, UInt8)])
    func impossibleFacts(offset: Int, value: UInt8) {
        var payload = Self.facts
        payload[offset] = value
        // A width of 0 needs both its bytes to be 0.
        if offset == 1 { payload[2] = 0 }
        #expect(throws: WireError.self) { try read(.facts, payload) }
    }

    @Test("every payload ends exactly where its last field does")
    func exactLength() throws {
        let whole: [(FrameKind, [UInt8])] = [
            (.facts, Self.facts), (.stage, [1]), (.done, [0, 1, 5, 0, 0, 0, 0, 0, 0, 0]),
            (.end, []),
            (.ready, [1, 18, 1, 0, 0, 0, 0]),
        ]
        for (kind, payload) in whole {
            _ = try read(kind, payload)
            #expect(throws: WireError.trailingBytes) { try read(kind, payload + [0]) }
            for count in 0..<payload.count {
                #expect(throws: WireError.self) { try read(kind, Array(payload.prefix(count))) }
            }
        }
    }

    @Test("an output frame without bytes is refused, with one byte its range is that byte")
    func output() throws {
        #expect(throws: WireError.truncated) { try read(.output, [0]) }
        #expect(try read(.output, [0, 9]) == .output(variant: 0, bytes: 1..<2))
        #expect(ChildMessage.outputHeader(variant: 3, count: 0x1_0000) == [1, 0, 1, 0, 0x14, 3])
    }

    @Test("a posture names each layer once, from the closed list")
    func posture() throws {
        #expect(throws: WireError.badValue("layer")) {
            try read(.ready, [2, 18, 1, 0, 0, 0, 0, 18, 1, 0, 0, 0, 0])
        }
        #expect(throws: WireError.badValue("layer")) { try read(.ready, [1, 99, 1, 0, 0, 0, 0]) }
        #expect(throws: WireError.badValue("LayerState")) {
            try read(.ready, [1, 18, 4, 0, 0, 0, 0])
        }
        guard case .ready(let posture) = try read(.ready, [1, 17, 1, 7, 0, 0, 0]) else {
            Issue.record("no posture")
            return
        }
        #expect(posture[.landlock] == Posture.Entry(.landlock, .enforced, detail: 7))
    }

    @Test("a verdict is from the closed list, its text is cut at its limit")
    func refusal() throws {
        #expect(throws: WireError.badValue("Verdict")) { try read(.refused, [200]) }
        #expect(try read(.refused, [3, 65]) == .refused(.brokenImage, text: [65]))
        let long = ChildMessage.refused(.brokenImage, text: [UInt8](repeating: 65, count: 9_999))
        #expect(long.encoded().count == 5 + 1 + 512)
    }
}

@Suite("The conversation with a child")
struct ChildConversationTests {
    private let facts = ImageFacts(
        format: .png, width: 1, height: 1, frames: 1, bands: 3, bitsPerChannel: 8,
        hasAlpha: false, orientation: 1, hasProfile: false)

    private func working(
        _ operation: JobMessage.Operation = .process, outputBytes: UInt64 = 100, plans: Int = 1
    ) throws -> ChildConversation {
        var conversation = ChildConversation()
        try conversation.take(.ready(Posture()))
        conversation.begin(
            JobMessage(
                operation: operation, limits: JobLimits(outputBytes: outputBytes),
                inputs: [JobMessage.Input(offset: 0, length: 1, format: .png)],
                plans: operation == .process ? Array(repeating: Plan(), count: plans) : []))
        return conversation
    }

    @Test("a child says nothing before it is ready, and nothing between that and its job")
    func beforeTheJob() throws {
        var conversation = ChildConversation()
        for kind in FrameKind.allCases where kind != .ready { #expect(!conversation.accepts(kind)) }
        try conversation.take(.ready(Posture()))
        for kind in FrameKind.allCases { #expect(!conversation.accepts(kind)) }
    }

    @Test("results come after facts, once for each plan")
    func order() throws {
        var conversation = try working()
        #expect(!conversation.accepts(.output) && !conversation.accepts(.done))
        try conversation.take(.facts(facts))
        #expect(!conversation.accepts(.facts))
        try conversation.take(.output(variant: 0, bytes: 1..<11))
        try conversation.take(.done(variant: 0, format: .png, size: 10))
        #expect(!conversation.accepts(.output) && !conversation.accepts(.done))
        try conversation.take(.end)
        for kind in FrameKind.allCases { #expect(!conversation.accepts(kind)) }
    }

    @Test("a reply about facts alone has no result")
    func infoHasNoResult() throws {
        var conversation = try working(.info)
        try conversation.take(.facts(facts))
        try conversation.take(.details(ImageDetails(colorSpace: .rgb)))
        #expect(!conversation.accepts(.output) && !conversation.accepts(.done))
        try conversation.take(.end)
    }

    @Test("an end before facts or before the result is no end")
    func early() throws {
        var conversation = try working()
        #expect(throws: WireError.endedEarly) { try conversation.take(.end) }
        var later = try working()
        try later.take(.facts(facts))
        #expect(throws: WireError.endedEarly) { try later.take(.end) }
    }

    @Test("stages go forward, so that nobody can be kept busy with them")
    func stages() throws {
        for next in [Stage.decoding, .sniffing] {
            var conversation = try working()
            try conversation.take(.stage(.decoding))
            #expect(throws: WireError.badValue("stage")) { try conversation.take(.stage(next)) }
        }
    }

    @Test("each variant is decoded, transformed and encoded, its header read only once")
    func stagesOfVariants() throws {
        var conversation = try working(plans: 2)
        try conversation.take(.stage(.decodingHeader))
        try conversation.take(.facts(facts))
        try conversation.take(.stage(.encoding))
        try conversation.take(.output(variant: 0, bytes: 1..<2))
        try conversation.take(.done(variant: 0, format: .png, size: 1))
        var other = conversation
        #expect(throws: WireError.badValue("stage")) { try other.take(.stage(.decodingHeader)) }
        try conversation.take(.stage(.decoding))
        try conversation.take(.output(variant: 1, bytes: 1..<2))
        try conversation.take(.done(variant: 1, format: .png, size: 1))
        try conversation.take(.end)
    }

    @Test("every piece of a result but its last is full")
    func chunks() throws {
        var conversation = try working(outputBytes: 1 << 20)
        try conversation.take(.facts(facts))
        try conversation.take(.output(variant: 0, bytes: 1..<65_537))
        try conversation.take(.output(variant: 0, bytes: 1..<2))
        #expect(throws: WireError.badValue("chunk")) {
            try conversation.take(.output(variant: 0, bytes: 1..<2))
        }
    }

    @Test("output beyond the job's limit ends it with the byte that is too many")
    func outputLimit() throws {
        var conversation = try working(outputBytes: 65_540)
        try conversation.take(.facts(facts))
        try conversation.take(.output(variant: 0, bytes: 1..<65_537))
        var other = conversation
        try conversation.take(.output(variant: 0, bytes: 1..<5))
        #expect(throws: WireError.tooMany("output bytes")) {
            try other.take(.output(variant: 0, bytes: 1..<6))
        }
    }

    @Test("a size that is not that of the bytes, an empty result and a wrong variant are refused")
    func lies() throws {
        for (bytes, message): (Int, ChildMessage) in [
            (10, .done(variant: 0, format: .png, size: 11)),
            (10, .done(variant: 1, format: .png, size: 10)),
            (0, .done(variant: 0, format: .png, size: 0)),
            (0, .output(variant: 1, bytes: 1..<2)),
        ] {
            var conversation = try working()
            try conversation.take(.facts(facts))
            if bytes > 0 { try conversation.take(.output(variant: 0, bytes: 1..<(1 + bytes))) }
            #expect(throws: WireError.self) { try conversation.take(message) }
        }
    }
}
