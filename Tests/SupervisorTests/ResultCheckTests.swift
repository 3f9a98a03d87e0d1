import ImageVocabulary
import NIOCore
import Testing
import WireProtocol

@testable import Supervisor

@Suite("What a child says is held against the bytes")
struct ResultCheckTests {
    private static let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"

    private func job(
        _ text: String, _ format: ImageFormat, keepsDrawing: Bool? = nil, wishes: InfoWishes = []
    ) -> Job {
        var plan = Plan()
        plan.keepsDrawing = keepsDrawing == true
        return Job(
            requestID: "a", operation: keepsDrawing == nil ? .info : .process,
            input: SourceBytes(
                bytes: ByteBuffer(string: text), sha256: "11", format: format),
            plans: keepsDrawing == nil ? [] : [plan], wishes: wishes, limits: JobLimits(),
            deadline: .now)
    }

    private func facts(_ format: ImageFormat) -> ImageFacts {
        ImageFacts(
            format: format, width: 3, height: 2, frames: 1, bands: 4, bitsPerChannel: 8,
            hasAlpha: true, orientation: 1, hasProfile: false)
    }

    private func output(_ text: String, _ format: ImageFormat) -> [EncodedOutput] {
        [EncodedOutput(format: format, bytes: ByteBuffer(string: text))]
    }

    @Test("a drawing is a result only where it was to stay one")
    func drawings() throws {
        let good = output(Self.drawing, .svg)
        let kept = try ResultCheck.check(
            facts(.svg), nil, good, of: job(Self.drawing, .svg, keepsDrawing: true))
        #expect(kept.images[0].format == .svg)
        #expect(kept.images[0].width == 3 && kept.images[0].height == 2)

        let lies: [([EncodedOutput], ImageFormat, Bool)] = [
            // Nobody asked for it; the source is none; it is none; it says that it is a PNG.
            (good, .svg, false), (good, .gif, true), (output("<html></html>", .svg), .svg, true),
            (output(Self.drawing, .png), .svg, true),
        ]
        for (outputs, format, keepsDrawing) in lies {
            #expect(throws: ResultCheck.Mismatch.self) {
                try ResultCheck.check(
                    facts(format), nil, outputs, of: job("?", format, keepsDrawing: keepsDrawing))
            }
        }
    }

    @Test("details have what was asked for, and no place that nobody asked for")
    func details() throws {
        var details = ImageDetails(colorSpace: .rgb)
        func check(_ details: ImageDetails?, _ wishes: InfoWishes) throws(ResultCheck.Mismatch) {
            _ = try ResultCheck.check(facts(.svg), details, [], of: job("?", .svg, wishes: wishes))
        }
        try check(details, [])
        try check(details, .location)
        #expect(throws: ResultCheck.Mismatch.self) { try check(nil, []) }
        #expect(throws: ResultCheck.Mismatch.self) { try check(details, .dominantColor) }
        details.location = Location(latitude: 1, longitude: 2, altitude: nil)
        try check(details, .location)
        #expect(throws: ResultCheck.Mismatch.self) { try check(details, []) }
        details.location = nil
        details.dominantColor = .white
        try check(details, .dominantColor)
        #expect(throws: ResultCheck.Mismatch.self) { try check(details, []) }
    }
}
