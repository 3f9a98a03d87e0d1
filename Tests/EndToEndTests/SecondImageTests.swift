import Foundation
import TestSupport
import Testing

/// Watermarks and images that stand in for others.
@Suite(
    "Images beside the one that is asked for", .ownProcess,
    Served(
        policies: ["raster", "document"],
        configuration: """
            watermark: {path: mark.png}
            fallback: {path: sorry.png, status: 203}
            """
    ) { workspace in
        let mark = ReferenceImage(width: 4, height: 4) { _, _ in .init(0, 0, 0) }
        try workspace.write(mark.encoded(".png"), to: "mark.png")
        try workspace.write(mark.encoded(".png"), to: "images/mark.png")
        let sorry = ReferenceImage(width: 30, height: 20) { _, _ in ReferenceImage.blue }
        try workspace.write(sorry.encoded(".png"), to: "sorry.png")
        let other = ReferenceImage(width: 40, height: 20) { _, _ in ReferenceImage.red }
        try workspace.write(other.encoded(".png"), to: "images/other.png")
        try workspace.write(SampleFormat.png.file, to: "images/a.png")
        try workspace.write(Array("no image".utf8), to: "images/notes.txt")
        try workspace.write([], to: "images/empty.png")
        try workspace.write(SampleFile.bytes("plain.heic"), to: "images/mark.heic")
        try workspace.write(
            Array("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"4\"/>".utf8),
            to: "images/mark.svg")
    })
struct SecondImageTests {
    private static func address(_ path: String) -> String {
        Data("local:///\(path)".utf8).base64EncodedString().replacing("=", with: "")
            .replacing("+", with: "-").replacing("/", with: "_")
    }

    @Test("a child is given the watermark beside the image, the configured one or another")
    func watermark() async throws {
        let http = try Served.http
        let own = Self.address("mark.png")
        for query in ["wm=1", "wm=0.5:re:2:2", "wm=1&wmu=\(own)"] {
            let answer = try await http.get("/v1/images/a.png?f=png&w=32&\(query)")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(ReferenceImage(decoding: answer.body)?.width == 32)
            let upload = try await http.post(
                "/v1/process?f=png&w=32&\(query)", body: SampleFormat.png.file)
            #expect(upload.status == 200, "\(upload.text)")
        }
    }

    @Test("a batch has one watermark for all that want it")
    func batch() async throws {
        let answer = try await Served.http.post(
            "/v1/batch?f=png&w=32&options=wm:1/fn:marked&options=&options=wm:0.5:re/att:1",
            body: SampleFormat.png.file)
        try #require(answer.status == 200, "\(answer.text)")
        let parts = try #require(MultipartAnswer(answer)).parts
        #expect(
            parts.map { $0.fields["content-disposition"] } == [
                "inline; filename=\"marked.png\"", "inline; filename=\"image-2.png\"",
                "attachment; filename=\"image-3.png\"",
            ])
        let widths = parts.map { ReferenceImage(decoding: $0.body)?.width }
        #expect(widths == [32, 32, 32])
    }

    @Test("a watermark that is not there, or that no child can read beside the image, is told")
    func badWatermark() async throws {
        let http = try Served.http
        for path in ["missing.png", "notes.txt", "empty.png", "../mark.png"] {
            let answer = try await http.get("/v1/images/a.png?wm=1&wmu=\(Self.address(path))")
            expect(answer, isProblem: "invalid-option", 400, with: ["option": "watermark_url"])
        }
        let drawn = try await http.get("/v1/images/a.png?wm=1&wmu=\(Self.address("mark.heic"))")
        expect(drawn, isProblem: "unsupported-type", 415)
        #expect(drawn.text.contains("heic") && drawn.text.contains("png"))
    }

    @Test("where an image cannot be had another stands in for it, and says so")
    func fallback() async throws {
        let http = try Served.http
        for path in ["missing.png", "notes.txt", "empty.png"] {
            let answer = try await http.get("/v1/images/\(path)?f=png&h=10")
            #expect(answer.status == 203, "\(answer.text)")
            #expect(answer.header("Fallback-Image") == "1")
            #expect(answer.header("Cache-Control") == "no-store")
            let pixels = try #require(ReferenceImage(decoding: answer.body))
            #expect(
                pixels.width == 15 && pixels[5, 5].isClose(to: ReferenceImage.blue, tolerance: 4))
            let other = try await http.get(
                "/v1/images/\(path)?f=png&h=10&fiu=\(Self.address("other.png"))")
            #expect(ReferenceImage(decoding: other.body)?.width == 20)
        }
        // What names no path is no image that could be missing.
        #expect(try await http.get("/v1/images/a.png%00").status == 404)
        let there = try await http.get("/v1/images/a.png?f=png&h=10")
        #expect(there.status == 200 && there.header("Fallback-Image") == nil)
    }

    @Test("facts are those of the image that is asked for, and uploads are nobody's to replace")
    func noFallback() async throws {
        let http = try Served.http
        expect(try await http.get("/v1/images/missing.png/info"), isProblem: "not-found", 404)
        let upload = try await http.post("/v1/process", body: Array("no image".utf8))
        expect(upload, isProblem: "unsupported-type", 415)
        let gone = try await http.get("/v1/images/missing.png?fiu=\(Self.address("gone.png"))")
        expect(gone, isProblem: "invalid-option", 400, with: ["option": "fallback_image_url"])
    }
}

@Suite(
    "The bytes of an image beside the one that is asked for", .ownProcess,
    Served(sandbox: .hostileSandbox) { workspace in
        try workspace.write(SampleFormat.png.file, to: "images/a.png")
        try workspace.write(SampleFormat.png.file, to: "images/mark.png")
        // Code that stands in a child's decoder acts by the last bytes of all its input.
        let act = Array("GLOVEBOX-ACT:24-garbage\n".utf8)
        try workspace.write(SampleFormat.png.file + act, to: "images/evil.png")
    })
struct SecondImageBytesTests {
    private static func watermark(_ path: String) -> String {
        Data("local:///\(path)".utf8).base64EncodedString().replacing("=", with: "")
    }

    @Test("reach the child behind it, and only with the option that needs them")
    func behind() async throws {
        let http = try Served.http
        let mark = Self.watermark("evil.png")
        let lost = try await http.get("/v1/images/a.png?f=png&w=8&wm=1&wmu=\(mark)")
        expect(lost, isProblem: "could-not-process", 422)
        let answers = [
            "w=8&wmu=\(mark)", "w=8&wm=0&wmu=\(mark)", "w=8&wm=1&wmu=\(Self.watermark("mark.png"))",
            "w=8&raw=1&wm=1&wmu=\(mark)",
        ]
        for query in answers {
            let answer = try await http.get("/v1/images/a.png?f=png&\(query)")
            #expect(answer.status == 200, "\(query): \(answer.text)")
        }
        let upload = try await http.post(
            "/v1/process?f=png&w=8&wm=1&wmu=\(mark)", body: SampleFormat.png.file)
        expect(upload, isProblem: "could-not-process", 422)
    }
}

@Suite("Images of the configuration after a reload", .ownProcess, InWorkspace())
struct ConfiguredImageTests {
    @Test("are the new ones, or the old ones where a new one cannot be used")
    func reloaded() async throws {
        let workspace = try InWorkspace.workspace
        func write(_ colour: ReferenceImage.Pixel, _ name: String) throws {
            let image = ReferenceImage(width: 8, height: 8) { _, _ in colour }
            try workspace.write(image.encoded(".png"), to: name)
        }
        try write(ReferenceImage.red, "red.png")
        try write(ReferenceImage.green, "green.png")
        try workspace.write([], to: "images/.keep")
        let head = "images: images\n"
        let start = OperatedService.Start(configuration: head + "fallback: {path: red.png}\n")
        try await OperatedService.during(start) { operated in
            func shown() async throws -> ReferenceImage.Pixel? {
                let answer = try await operated.service.http.get("/v1/images/none?f=png")
                #expect(answer.status == 200, "\(answer.text)")
                return ReferenceImage(decoding: answer.body)?[4, 4]
            }
            #expect(try await shown() == ReferenceImage.red)
            try operated.configure(head + "fallback: {path: none.png}\n")
            let reasons = try await operated.refusedReload()
            #expect(
                reasons.count == 1 && reasons[0].contains("fallback.path")
                    && reasons[0].contains("none.png"), "\(reasons)")
            #expect(try await shown() == ReferenceImage.red)
            try operated.configure(head + "fallback: {path: green.png}\n")
            #expect(try await operated.reload() == ["fallback.path"])
            #expect(try await shown() == ReferenceImage.green)
        }
    }
}
