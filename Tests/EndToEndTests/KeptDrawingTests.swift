import TestSupport
import Testing

@Suite("Drawings that are asked for as drawings", .ownProcess, Served(policies: nil))
struct KeptDrawingTests {
    private static let drawing = """
        <svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" onload="alert(1)">
        <script>alert(2)</script><a href="javascript:alert(3)"><rect width="40" height="20" fill="#c81e1e"/></a>
        <image href="https://example.org/a.png"/></svg>
        """

    @Test("SVG that was asked for comes back clean, and is drawn as before")
    func cleaned() async throws {
        let answer = try await Served.http.post("/v1/process?f=svg", body: Array(Self.drawing.utf8))
        try #require(answer.status == 200, "\(answer.text)")
        #expect(answer.header("Content-Type") == "image/svg+xml")
        #expect(answer.header("Content-Security-Policy")?.contains("sandbox") == true)
        for word in ["script", "alert", "onload", "https"] {
            #expect(!answer.text.contains(word), "\(word)")
        }
        let drawn = try await Served.http.post("/v1/process?f=png", body: answer.body)
        try #require(drawn.status == 200, "\(drawn.text)")
        let pixels = try #require(ReferenceImage(decoding: drawn.body))
        #expect(pixels.width == 40 && pixels.height == 20)
    }

    @Test("SVG stays one only by request")
    func drawnByDefault() async throws {
        let answer = try await Served.http.post("/v1/process", body: Array(Self.drawing.utf8))
        #expect(answer.header("Content-Type") == "image/png")
    }

    @Test("an image of pixels does not become one")
    func pixels() async throws {
        let answer = try await Served.http.post("/v1/process?f=svg", body: SampleFormat.png.file)
        expect(answer, isProblem: "not-a-drawing", 422)
    }

    @Test("what cannot be read without doubt is refused")
    func entities() async throws {
        let text = "<!DOCTYPE svg [<!ENTITY a 'b'>]>" + Self.drawing
        let answer = try await Served.http.post("/v1/process?f=svg", body: Array(text.utf8))
        expect(answer, isProblem: "broken-image", 422)
    }
}
