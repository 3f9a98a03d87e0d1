import Foundation
import TestSupport
import Testing

@Suite(
    "Images by path come from below the image root and nowhere else", .ownProcess,
    Served { workspace in
        try workspace.write(SampleFormat.png.file, to: "images/a.png")
        try workspace.write(SampleFormat.jpeg.file, to: "images/folder/b c.jpg")
        try workspace.write(SampleFormat.gif.file, to: "images/wrong.png")
        try workspace.write(Array("no image".utf8), to: "images/notes.txt")
        try workspace.write(SampleFormat.png.file, to: "secret.png")
        let images = workspace.folder.appending(path: "images")
        let links = [
            "link.png": "a.png", "out.png": "../secret.png", "up": "..",
            "absolute.png": "/etc/passwd", "self.png": "/proc/self/exe",
        ]
        for (name, target) in links {
            try FileManager.default.createSymbolicLink(
                atPath: images.appending(path: name).path, withDestinationPath: target)
        }
    })
struct ImageRootTests {
    @Test("a file is processed, and its facts are told")
    func served() async throws {
        let http = try Served.http
        let answer = try await http.get("/v1/images/a.png?w=16&f=webp")
        #expect(answer.status == 200)
        #expect(SampleFormat.webp.begins(answer.body))
        let facts = try await http.get("/v1/images/folder/b%20c.jpg/info")
        #expect(facts.status == 200)
        #expect(facts.json["format"].text == "jpeg")
        #expect(facts.json["width"].integer == 64)
    }

    @Test("a path and an upload give the same bytes")
    func sameAsUpload() async throws {
        let http = try Served.http
        let path = try await http.get("/v1/images/a.png?rs=fill:20:20&f=jpeg")
        let upload = try await http.post(
            "/v1/process?rs=fill:20:20&f=jpeg", body: SampleFormat.png.file)
        #expect(path.status == 200 && upload.status == 200)
        #expect(path.body == upload.body)
    }

    @Test("a file goes by its content, whatever its name says")
    func content() async throws {
        let answer = try await Served.http.get("/v1/images/wrong.png?w=8")
        #expect(answer.status == 200)
        #expect(SampleFormat.gif.begins(answer.body))
    }

    @Test("HEAD answers as GET does, without the body")
    func head() async throws {
        let http = try Served.http
        let get = try await http.get("/v1/images/a.png?w=8")
        let head = try await http.head("/v1/images/a.png?w=8")
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(
            head.header("Content-Type") == get.header("Content-Type"))
        #expect(head.header("Content-Length") == "\(get.body.count)")
    }

    @Test(
        "a path that leads out of the root, in every encoding",
        arguments: [
            "../secret.png", "%2e%2e/secret.png", "..%2fsecret.png", "%2e%2e%2fsecret.png",
            "%252e%252e%252fsecret.png", "folder/../../secret.png", "folder/..%2F../secret.png",
            "./a.png", "%2e/a.png", "..\\secret.png", "..%5csecret.png", "%2fetc/passwd",
            "//etc/passwd", "%c0%ae%c0%ae/secret.png", "%c0%afetc/passwd",
            "%e0%80%ae%e0%80%ae/secret.png", "..;/secret.png", "..%00/secret.png", "a.png%00",
            "a.png%0a", "up/secret.png", "out.png", "absolute.png", "self.png", "link.png",
            "folder//b%20c.jpg", "a.png/", "folder", "folder/", "", "%", "%2", "%zz", "missing.png",
            "%ff.png",
        ])
    func outside(_ path: String) async throws {
        for suffix in ["", "/info"] {
            // A real client would tidy the dots up; here they are sent as they stand.
            let answer = try await Served.service.sendVerbatim("GET /v1/images/\(path)\(suffix)")
            #expect(answer.status == 404, "\(path)\(suffix): \(answer.text)")
            #expect(answer.text.contains("urn:glovebox:problem:not-found"))
            #expect(!answer.text.contains("secret") && !answer.text.contains("root:"))
        }
    }

    @Test("a file that is no image")
    func noImage() async throws {
        let answer = try await Served.http.get("/v1/images/notes.txt")
        expect(answer, isProblem: "unsupported-type", 415)
    }
}
