import ImageVocabulary
import Testing

@testable import Supervisor

@Suite("Evidence of learnt rules")
struct EvidenceTests {
    private static let text =
        "; learnt: 4210 calls in 120 images (avif 10, jpeg 110); "
        + "libvips 8.18.7 build 1a2b3c4d5e6f"

    private static func evidence() throws -> Evidence {
        try #require(
            Evidence(
                calls: 4_210, images: [.jpeg: 110, .avif: 10],
                libraries: [.init(version: "8.18.7", build: "1A2B3C4D5E6F7081")]))
    }

    @Test("it is written in one way, and read back from the end of a comment")
    func roundTrip() throws {
        #expect(try Self.evidence().text == Self.text)
        #expect(Evidence(parsing: "reads; descriptor is 0" + Self.text) == (try Self.evidence()))
        let one = try #require(
            Evidence(
                calls: 1, images: [.png: 1], libraries: [.init(version: "8.14.1", build: nil)]))
        #expect(one.text == "; learnt: 1 call in 1 image (png 1); libvips 8.14.1")
        #expect(Evidence(parsing: one.text) == one)
    }

    @Test(
        "anything else is no evidence",
        arguments: [
            "reads from a descriptor", "", "; learnt: ",
            text.replacing("4210", with: "04210"), text.replacing("4210", with: "-1"),
            text.replacing("120", with: "121"), text.replacing("avif 10", with: "avif 0"),
            text.replacing("avif 10, jpeg 110", with: "jpeg 110, avif 10"),
            text.replacing("avif", with: "mp4"), text.replacing("libvips ", with: "vips "),
            text.replacing("1a2b3c4d5e6f", with: "1A2B3C4D5E6F"), text + " and more",
            text.replacing("calls", with: "call"),
            text.replacing("4210", with: "99999999999999999999"),
        ])
    func notEvidence(comment: String) {
        #expect(Evidence(parsing: "why" + comment) == nil)
    }

    @Test("that of two runs adds up, and names both libraries")
    func sum() throws {
        var sum = try Self.evidence()
        sum.add(
            try #require(
                Evidence(
                    calls: 5, images: [.png: 2],
                    libraries: [.init(version: "8.14.1", build: "abc")])))
        #expect(
            sum.text == "; learnt: 4215 calls in 122 images (avif 10, jpeg 110, png 2); "
                + "libvips 8.14.1 build abc, 8.18.7 build 1a2b3c4d5e6f")
        #expect(Evidence(parsing: sum.text) == sum)
    }
}
