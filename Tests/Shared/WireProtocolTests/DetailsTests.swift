import ImageVocabulary
import SandboxPolicy
import Testing
import WireProtocol

@Suite("Details on the wire")
struct DetailsTests {
    /// Laid out by hand from WIRE.md: CMYK, 300 by 150 dpi, 1° south 2° east at 4 m, #0A0B0C, a make
    /// and an author.
    private static let payload: [UInt8] =
        [3] + [1] + [0, 0, 0, 0, 0, 0xC0, 0x72, 0x40] + [0, 0, 0, 0, 0, 0xC0, 0x62, 0x40]
        + [1] + [0, 0, 0, 0, 0, 0, 0xF0, 0xBF] + [0, 0, 0, 0, 0, 0, 0, 0x40]
        + [1] + [0, 0, 0, 0, 0, 0, 0x10, 0x40] + [1, 10, 11, 12]
        + [2] + [1, 2, 0x41, 0x42] + [15, 2, 0xC3, 0xA9]

    private static var details: ImageDetails {
        var details = ImageDetails(colorSpace: .cmyk)
        details.resolution = Resolution(x: 300, y: 150)
        details.location = Location(latitude: -1, longitude: 2, altitude: 4)
        details.dominantColor = RGBColor(red: 10, green: 11, blue: 12)
        details.texts = [
            .make: DetailText(cleaning: "AB".utf8), .author: DetailText(cleaning: "é".utf8),
        ].compactMapValues { $0 }
        return details
    }

    private func read(_ payload: [UInt8]) throws(WireError) -> ChildMessage {
        try ChildMessage(kind: .details, payload: payload.span)
    }

    private func replacing(at index: Int, with bytes: [UInt8]) -> [UInt8] {
        var payload = Self.payload
        payload.replaceSubrange(index..<(index + bytes.count), with: bytes)
        return payload
    }

    @Test("they have the layout of WIRE.md")
    func layout() throws {
        #expect(try read(Self.payload) == .details(Self.details))
        let header: [UInt8] = [UInt8(Self.payload.count), 0, 0, 0, 0x18]
        #expect(ChildMessage.details(Self.details).encoded() == header + Self.payload)
        let least = ImageDetails(colorSpace: .other)
        #expect(try read([5, 0, 0, 0, 0]) == .details(least))
    }

    @Test("they end exactly where their last field does")
    func exactLength() {
        #expect(throws: WireError.trailingBytes) { try read(Self.payload + [0]) }
        for count in 0..<Self.payload.count {
            #expect(throws: WireError.truncated) { try read(Array(Self.payload.prefix(count))) }
        }
    }

    @Test("the longest texts fit one frame")
    func largest() throws {
        var details = Self.details
        for field in DetailField.allCases {
            details.texts[field] = DetailText(cleaning: [UInt8](repeating: 65, count: 999))
        }
        let frame = ChildMessage.details(details).encoded()
        #expect(frame.count - 5 <= FrameKind.details.largestPayload)
        #expect(try read(Array(frame[5...])) == .details(details))
    }

    @Test("values that cannot be are refused")
    func lies() {
        let lies: [(Int, [UInt8])] = [
            (0, [0]), (0, [6]), (1, [2]), (2, [0, 0, 0, 0, 0, 0, 0, 0]),
            (2, [0, 0, 0, 0, 0, 0, 0xF8, 0x7F]), (19, [0, 0, 0, 0, 0, 0, 0xF0, 0x7F]),
            (19, [0, 0, 0, 0, 0, 0xC0, 0x72, 0x40]), (18, [9]), (35, [7]),
        ]
        for (index, bytes) in lies {
            #expect(throws: WireError.self, "\(index)") {
                try read(replacing(at: index, with: bytes))
            }
        }
        let text = Self.payload.count - 8
        for (index, bytes) in [
            // An unknown field, one twice, one out of order, no text, an escape, no UTF-8.
            (text, [99]), (text + 4, [1]), (text, [15]), (text + 1, [0]), (text + 2, [0x1B]),
            (text + 6, [0xFF]),
        ] as [(Int, [UInt8])] {
            #expect(throws: WireError.self, "\(index)") {
                try read(replacing(at: index, with: bytes))
            }
        }
    }

    private func working(_ operation: JobMessage.Operation) throws -> ChildConversation {
        var conversation = ChildConversation()
        try conversation.take(.ready(Posture()))
        conversation.begin(
            JobMessage(
                operation: operation, limits: JobLimits(),
                inputs: [JobMessage.Input(offset: 0, length: 1, format: .png)],
                plans: operation == .process ? [Plan()] : []))
        return conversation
    }

    private static let facts = ImageFacts(
        format: .png, width: 1, height: 1, frames: 1, bands: 3, bitsPerChannel: 8,
        hasAlpha: false, orientation: 1, hasProfile: false)

    @Test("they come once, after facts, and an answer about facts has no end without them")
    func order() throws {
        var conversation = try working(.info)
        #expect(!conversation.accepts(.details))
        try conversation.take(.facts(Self.facts))
        #expect(conversation.accepts(.details))
        var early = conversation
        #expect(throws: WireError.endedEarly) { try early.take(.end) }
        try conversation.take(.details(Self.details))
        #expect(!conversation.accepts(.details))
        try conversation.take(.end)
    }

    @Test("a child that makes results has no details")
    func notForResults() throws {
        var conversation = try working(.process)
        try conversation.take(.facts(Self.facts))
        #expect(!conversation.accepts(.details))
    }

    @Test("what a job for facts is to have besides travels behind its plans")
    func wishes() throws {
        var job = JobMessage(
            operation: .info, limits: JobLimits(),
            inputs: [JobMessage.Input(offset: 0, length: 1, format: .png)], plans: [],
            wishes: .all)
        let frame = job.encoded()
        #expect(frame.last == 3)
        #expect(try JobMessage(payload: Array(frame[5...]).span) == job)
        job.wishes = InfoWishes(rawValue: 4)
        let unknown = job.encoded()
        #expect(throws: WireError.badValue("wishes")) {
            try JobMessage(payload: Array(unknown[5...]).span)
        }
    }
}
