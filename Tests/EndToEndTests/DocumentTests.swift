import Foundation
import TestSupport
import Testing

/// SVG and PDF through the service, held against the installed libvips without a sandbox around it.
@Suite(
    "Documents are drawn, with text and without what they point to", .ownProcess,
    Served(["--formats", "svg,pdf"], policies: ["raster", "document"]))
struct DocumentTests {
    private func drawn(_ file: [UInt8]) async throws -> ReferenceImage {
        let answer = try await Served.http.post("/v1/process?f=png", body: file)
        try #require(answer.status == 200, "\(answer.text)")
        return try #require(ReferenceImage(decoding: answer.body))
    }

    /// How much of a picture is dark.
    private func ink(in picture: ReferenceImage) -> Int {
        picture.pixels.count { $0.red < 128 }
    }

    @Test(
        "text in an SVG has the pixels that libvips gives it outside",
        arguments: [
            ["DejaVu Serif", "sans-serif", "monospace"],
            ["no font of this name", "Nimbus Roman", "URW Gothic"],
        ])
    func svgText(families: [String]) async throws {
        let lines = zip(families, [40, 75, 110]).map { family, y in
            SampleDocument.text("Glovebox ĝß тест 漢字", family: family, at: y, size: 24)
        }
        let file = SampleDocument.svg(lines.joined())
        let picture = try await drawn(file)
        #expect(picture == ReferenceImage(decoding: file))
        #expect(ink(in: picture) > 500)
    }

    @Test("text of a PDF that brings no font has the pixels that libvips gives it outside")
    func pdfText() async throws {
        let file = SampleDocument.pdf(
            """
            BT /F1 36 Tf 20 100 Td (Glovebox) Tj ET BT /F2 24 Tf 20 50 Td (Times) Tj ET
            BT /F3 24 Tf 20 15 Td <65e5672c8a9e> Tj ET
            """)
        let picture = try await drawn(file)
        #expect(picture == ReferenceImage(decoding: file))
        #expect(ink(in: picture) > 500)
    }

    @Test("letters are letters: one of a row of them has far less ink than another")
    func letters() async throws {
        let families = ["sans-serif", "monospace"]
        for family in families {
            let thin = SampleDocument.svg(SampleDocument.text("........", family: family))
            let thick = SampleDocument.svg(SampleDocument.text("MMMMMMMM", family: family))
            #expect(ink(in: try await drawn(thick)) > 5 * ink(in: try await drawn(thin)))
        }
    }

    /// What a document may ask for beside itself. The first ones could be read in its root.
    private static let references = [
        SampleDocument.text(
            "<xi:include parse='text' href='file:///etc/fonts/fonts.conf'/>", family: "serif"),
        "<xi:include parse='text' href='/etc/fonts/fonts.conf'/>",
        "<style>@import url('file:///etc/fonts/fonts.conf');</style>",
        "<style>@font-face { font-family: x; src: url(file:///usr/share/fonts/x.ttf) }</style>",
        "<image width='50' height='50' xlink:href='file:///etc/passwd'/>",
        "<image width='50' height='50' xlink:href='/etc/passwd'/>",
        "<image width='50' height='50' xlink:href='../../../../etc/passwd'/>",
        "<image width='50' height='50' xlink:href='http://127.0.0.1/a.png'/>",
        "<image width='50' height='50' xlink:href='data:image/gif;base64,R0lGODlhAQABAAAAADs='/>",
        "<use xlink:href='file:///etc/passwd#x'/>",
        "<rect width='50' height='50' fill='url(http://127.0.0.1/a.svg#x) white'/>",
        "<script>document.documentElement.innerHTML = ''</script>",
    ]

    @Test("what a document points to is not there, and nobody looks for it", arguments: references)
    func external(reference: String) async throws {
        let text = SampleDocument.text("stays", family: "serif")
        let with = try await drawn(SampleDocument.svg(reference + text))
        #expect(try await with == drawn(SampleDocument.svg(text)))
        #expect(ink(in: with) > 50)
    }

    @Test("an entity of a file is never drawn")
    func entity() async throws {
        let prolog = """
            <?xml version="1.0"?>
            <!DOCTYPE svg [<!ENTITY file SYSTEM "file:///etc/fonts/fonts.conf">]>

            """
        let file = SampleDocument.svg(
            SampleDocument.text("&file;", family: "serif"), prolog: prolog)
        let answer = try await Served.http.post("/v1/process?f=png", body: file)
        if answer.status == 200 {
            let picture = try #require(ReferenceImage(decoding: answer.body))
            #expect(ink(in: picture) == 0)
        } else {
            expect(answer, isProblem: "broken-image", 422)
        }
    }

    @Test("a PNG inside an SVG is drawn by the library's own decoder")
    func embedded() async throws {
        let png = ReferenceImage.quarters(width: 32, height: 32).encoded(".png")
        let file = SampleDocument.svg(
            """
            <image width="100" height="100" \
            xlink:href="data:image/png;base64,\(Data(png).base64EncodedString())"/>
            """, width: 100, height: 100)
        #expect(try await drawn(file).showsQuarters())
    }

    @Test("a document with more pages than the limit is refused before one is drawn")
    func pages() async throws {
        let answer = try await Served.http.post(
            "/v1/process?w=10&f=png", body: SampleDocument.pdf("", pages: 10_001))
        expect(answer, isProblem: "over-limit", 422, with: ["limit": "frames"])
    }

    @Test(
        "a drawing that announces more than the limits is drawn as large as they allow",
        arguments: [
            SampleDocument.svg("", width: 40_000, height: 100),
            SampleDocument.svg("", width: 100, height: 40_000),
            SampleDocument.svg("", width: 20_000, height: 20_000),
            SampleDocument.pdf("", width: 14_400, height: 14_400),
        ])
    func limits(file: [UInt8]) async throws {
        let info = try await Served.http.post("/v1/info", body: file)
        try #require(info.status == 200, "\(info.text)")
        let size = try (
            width: #require(info.json["width"].integer),
            height: #require(info.json["height"].integer)
        )
        #expect(size.width <= 30_000 && size.height <= 30_000)
        #expect(size.width * size.height <= 50_000_000)
        let answer = try await Served.http.post("/v1/process?rs=fit:10:10&f=png", body: file)
        try #require(answer.status == 200, "\(answer.text)")
        let picture = try #require(ReferenceImage(decoding: answer.body))
        #expect(max(picture.width, picture.height) == 10)
    }
}
