import Foundation
import TestSupport
import Testing

/// A drawing that would do something in a browser.
private enum Drawing {
    static let file =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"20\" height=\"10\">"
        + "<script>alert(1)</script></svg>"
}

@Suite(
    "Results are what the configuration and the client make of them", .ownProcess,
    Served(
        policies: ["raster", "document"],
        configuration: """
            options:
              limits: true
              presets: |
                thumb=w:10/f:png
            result: {auto: webp, client_hints: true, formats: 'png,jpeg,webp,gif', skip: gif}
            """
    ) { workspace in
        try workspace.write(SampleFormat.png.file, to: "images/a.png")
        try workspace.write(SampleFormat.gif.file, to: "images/b.gif")
        try workspace.write(Array(Drawing.file.utf8), to: "images/d.svg")
        try workspace.write(SampleFormat.jpeg.file, to: "images/Größe 1.x.jpg")
    })
struct ResultSettingTests {
    @Test("the client gets WebP where it accepts that, and caches learn what the answer depends on")
    func accepted() async throws {
        let http = try Served.http
        let modern = try await http.get(
            "/v1/images/a.png?w=8", headers: [("Accept", "image/avif,image/webp,*/*")])
        #expect(modern.status == 200 && SampleFormat.webp.begins(modern.body))
        #expect(modern.header("Vary") == "Accept, Sec-CH-DPR, DPR, Sec-CH-Width, Width")
        let old = try await http.get("/v1/images/a.png?w=8", headers: [("Accept", "*/*")])
        #expect(old.status == 200 && SampleFormat.png.begins(old.body))
        #expect(old.header("Vary") == modern.header("Vary"))
        let asked = try await http.get(
            "/v1/images/a.png?w=8&f=jpeg", headers: [("Accept", "image/webp")])
        #expect(SampleFormat.jpeg.begins(asked.body))
    }

    @Test("a hint of the browser is the width, and an option wins over it")
    func hints() async throws {
        let http = try Served.http
        for (query, width) in [("f=png", 20), ("f=png&w=12", 12)] {
            let answer = try await http.get(
                "/v1/images/a.png?\(query)", headers: [("Width", "20")])
            #expect(ReferenceImage(decoding: answer.body)?.width == width, "\(answer.text)")
        }
    }

    @Test("a preset stands for its options")
    func preset() async throws {
        let answer = try await Served.http.get("/v1/images/b.gif?pr=thumb")
        let pixels = ReferenceImage(decoding: answer.body)
        #expect(SampleFormat.png.begins(answer.body) && pixels?.width == 10)
        let unknown = try await Served.http.get("/v1/images/b.gif?pr=thumbs")
        expect(unknown, isProblem: "invalid-option", 400, with: ["option": "preset"])
    }

    @Test("a raw source comes byte for byte, and a drawing among them can run nothing")
    func raw() async throws {
        let http = try Served.http
        let drawing = try await http.get("/v1/images/d.svg?raw=1&w=3")
        #expect(drawing.status == 200 && drawing.text == Drawing.file)
        #expect(drawing.header("Content-Type") == "image/svg+xml")
        #expect(drawing.header("X-Content-Type-Options") == "nosniff")
        let policy = drawing.header("Content-Security-Policy")
        #expect(policy?.contains("default-src 'none'") == true)
        #expect(policy?.hasSuffix("sandbox") == true)
        let upload = try await http.post("/v1/process?raw=1", body: SampleFormat.png.file)
        #expect(upload.body == SampleFormat.png.file)
        // What is no image is not passed on, and neither is a format that nobody serves.
        let text = try await http.post("/v1/process?raw=1", body: Array("<html>".utf8))
        expect(text, isProblem: "unsupported-type", 415)
        let ico = try await http.post(
            "/v1/process?raw=1", body: [0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 32, 0, 48, 0, 0, 0])
        expect(ico, isProblem: "unsupported-type", 415)
    }

    @Test("a source of a format that is skipped comes as it is, unless another is asked for")
    func skipped() async throws {
        let http = try Served.http
        let same = try await http.get("/v1/images/b.gif?w=8", headers: [("Accept", "image/webp")])
        #expect(same.status == 200 && same.body == SampleFormat.gif.file)
        let made = try await http.get("/v1/images/b.gif?w=8&f=png")
        #expect(ReferenceImage(decoding: made.body)?.width == 8)
        let other = try await http.get("/v1/images/a.png?w=8&skp=png")
        #expect(other.body == SampleFormat.png.file)
    }

    @Test("a request that has expired is gone, before anything is read")
    func expired() async throws {
        let http = try Served.http
        let late = try await http.get("/v1/images/missing.png?exp=1000000000")
        expect(late, isProblem: "expired", 404)
        #expect(try await http.get("/v1/images/a.png?w=8&exp=9000000000").status == 200)
    }

    @Test("the name of the file is the source's, or the one that is asked for")
    func names() async throws {
        let http = try Served.http
        func disposition(_ target: String) async throws -> String? {
            try await http.get("/v1/images/\(target)").header("Content-Disposition")
        }
        #expect(try await disposition("a.png?w=8&f=jpeg") == "inline; filename=\"a.jpg\"")
        #expect(
            try await disposition("Gr%C3%B6%C3%9Fe%201.x.jpg?w=8")
                == "inline; filename=\"Gr__e 1.x.jpg\"; "
                + "filename*=UTF-8''Gr%C3%B6%C3%9Fe%201.x.jpg")
        // "a/b" in URL-safe Base64.
        #expect(
            try await disposition("a.png?raw=1&att=1&fn=YS9i:1")
                == "attachment; filename=\"a_b.png\"")
        let upload = try await http.post("/v1/process?w=8", body: SampleFormat.png.file)
        #expect(upload.header("Content-Disposition") == "inline; filename=\"image.png\"")
    }

    @Test("a format of results that is switched off is named")
    func switchedOff() async throws {
        let answer = try await Served.http.get("/v1/images/a.png?f=avif")
        expect(answer, isProblem: "unsupported-type", 415)
        #expect(
            answer.json["detail"].text
                == "Results of the type avif are not made here. Ask for one of png, jpeg, webp, gif."
        )
    }

    @Test("limits that a request names are held, and named")
    func limits() async throws {
        let http = try Served.http
        let pixels = try await http.get("/v1/images/a.png?w=8&msr=0.001")
        expect(pixels, isProblem: "over-limit", 422, with: ["limit": "pixels"])
        #expect(pixels.json["detail"].text?.contains("1000 ") == true)
        let bytes = try await http.get("/v1/images/a.png?w=8&msfs=10")
        expect(bytes, isProblem: "over-limit", 413, with: ["limit": "input-bytes"])
        #expect(try await http.get("/v1/images/a.png?w=8&msr=1&msfs=9999999").status == 200)
    }
}

@Suite("Options that nobody may use are forbidden", .ownProcess, Served())
struct ForbiddenOptionTests {
    @Test("limits", arguments: ["msr=1", "msfs=1", "maf=1", "mafr=1", "max_result_dimension=1"])
    func limits(_ option: String) async throws {
        let answer = try await Served.http.post(
            "/v1/process?\(option)", body: SampleFormat.png.file)
        let name = option.prefix { $0 != "=" }
        expect(answer, isProblem: "forbidden-option", 403, with: ["option": String(name)])
    }

    @Test("a watermark where there is none, and addresses that are none")
    func watermark() async throws {
        let http = try Served.http
        let none = try await http.post("/v1/process?wm=1", body: SampleFormat.png.file)
        expect(none, isProblem: "invalid-option", 400, with: ["option": "watermark"])
        // "ftp://a/b.png" in URL-safe Base64.
        for (query, option) in [
            ("wm=1&wmu=ZnRwOi8vYS9iLnBuZw", "watermark_url"),
            ("fiu=ZnRwOi8vYS9iLnBuZw", "fallback_image_url"),
        ] {
            let answer = try await http.post("/v1/process?\(query)", body: SampleFormat.png.file)
            expect(answer, isProblem: "invalid-option", 400, with: ["option": option])
        }
    }
}

@Suite(
    "A format that clients accept and that no policy here may write", .ownProcess,
    Served(policies: ["raster"], configuration: "result: {auto: jxl}"))
struct UnwritableFormatTests {
    @Test("is passed over where nobody asked for it")
    func passedOver() async throws {
        let answer = try await Served.http.post(
            "/v1/process?w=8", headers: [("Accept", "image/jxl")], body: SampleFormat.png.file)
        #expect(answer.status == 200, "\(answer.text)")
        // Debian's libvips writes it under this policy too, the other one does not.
        let type = answer.header("Content-Type")
        #expect(type == "image/png" || type == "image/jxl")
    }
}
