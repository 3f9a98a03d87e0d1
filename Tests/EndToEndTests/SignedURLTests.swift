import Foundation
import TestSupport
import Testing

@Suite(
    "Signed URLs are answered, and nothing else", .ownProcess,
    Served(
        policies: ["raster"],
        configuration: """
            key: ["2b9f04e7c1d85a3660a8e9f1b7c4d253", \(URLSigner.standard.key)]
            salt: [e5c7039bd14fa82678d0b1ec5f9a6342, \(URLSigner.standard.salt)]
            signed: {trusted: [open-sesame]}
            penalty: {errors: 0}
            options: {presets: [small=w:16]}
            """, dev: false
    ) { workspace in
        try workspace.write(SampleFormat.png.file, to: "images/test1.png")
        try workspace.write(SampleFormat.jpeg.file, to: "images/folder/a b@c.jpg")
        try workspace.write(Array("text".utf8), to: "images/text.png")
        try workspace.write([], to: "images/empty.png")
        try workspace.write(Array(SampleFormat.png.file.prefix(60)), to: "images/cut.png")
    })
struct SignedURLTests {
    private static let signer = URLSigner.standard

    private func get(
        _ path: String, headers: [(String, String)] = []
    ) async throws -> HTTPCaller.Answer {
        try await Served.http.get(Self.signer.signed(path), headers: headers)
    }

    @Test("a second implementation's signature is answered, and so is each way to write the URL")
    func vector() async throws {
        let path = "/w:100/g:sm/bl:5/plain/local:///test1.png"
        let signature = "mlotiC7BYLuKdQRZGnryq-Qeev7EmpjQxi6ArPK8wTA"
        #expect(Self.signer.signature(of: path) == signature)
        let answer = try await Served.http.get("/\(signature)\(path)")
        #expect(answer.status == 200, "\(answer.text)")
        #expect(ReferenceImage(decoding: answer.body)?.width == 64)
        let other = URLSigner(
            key: "2b9f04e7c1d85a3660a8e9f1b7c4d253", salt: "e5c7039bd14fa82678d0b1ec5f9a6342")
        for target in [
            other.signed(path), "/open-sesame\(path)", "/\(signature)\(path)?v=2",
            "/\(signature)/w%3A100/g:sm/bl%3A5/plain/local:/test1.png",
        ] {
            let same = try await Served.http.get(target)
            #expect(same.status == 200 && same.body == answer.body, "\(target)")
        }
    }

    @Test("a source in Base64, in parts and with an extension, and one with escapes")
    func sources() async throws {
        let name = base64URL("local:///folder/a%20b%40c.jpg")
        let parts = "\(name.prefix(7))/\(name.dropFirst(7))"
        for source in [
            "\(name).webp", "\(parts).webp", "plain/local:///folder/a%20b%40c.jpg@webp",
        ] {
            let answer = try await get("/w:32/\(source)")
            #expect(answer.status == 200, "\(source): \(answer.text)")
            #expect(SampleFormat.webp.begins(answer.body))
            #expect(ReferenceImage(decoding: answer.body)?.width == 32)
            #expect(
                answer.header("Content-Disposition")?.contains("a b@c.webp") == true,
                "\(answer.header("Content-Disposition") ?? "")")
        }
    }

    @Test(
        "a signature that is not right is forbidden, and nobody learns why",
        arguments: [
            "/x/w:1/plain/local:///test1.png", "/=/w:1/plain/local:///test1.png",
            "/w:1/plain/local:///test1.png", "/open-sesam/w:1/plain/local:///test1.png",
            // Eight bytes of the right signature, the whole with padding, and one of another path.
            URLSigner.standard.signed("/w:1/plain/local:///test1.png", size: 8),
            "/\(URLSigner.standard.signature(of: "/w:1/plain/local:///test1.png"))="
                + "/w:1/plain/local:///test1.png",
            "/\(URLSigner.standard.signature(of: "/w:1/plain/local:///test1.png"))"
                + "/w:2/plain/local:///test1.png",
        ])
    func wrong(_ target: String) async throws {
        for answer in [
            try await Served.http.get(target),
            try await Served.http.get(target, headers: [("Authorization", "Bearer x")]),
        ] {
            expect(answer, 403, "Forbidden")
        }
        let head = try await Served.http.head(target)
        #expect(head.status == 403 && head.body.isEmpty)
    }

    @Test(
        "what cannot be read is not there",
        arguments: [
            ("/foo:1/plain/local:///test1.png", "Invalid URL"),
            ("/w:-1/plain/local:///test1.png", "Invalid URL"),
            ("/w:1:2/plain/local:///test1.png", "Invalid URL"),
            ("/fit/100/100/no/0/plain/local:///test1.png", "Invalid URL"),
            ("/w:1", "Invalid URL"), ("/w:1/plain/", "Invalid URL"),
            ("/w:1/plain", "Invalid URL"), ("/w:1/plain/local:///test1.png@a@b", "Invalid URL"),
            ("/w:1/plain/local:///test1.png@exe", "Invalid URL"), ("/w:1/!!!", "Invalid URL"),
            ("/w:1/a.b.c", "Invalid URL"), ("/exp:1/plain/local:///test1.png", "Invalid URL"),
            ("/pr:large/plain/local:///test1.png", "Invalid URL"),
            ("/w:inf/plain/local:///test1.png", "Invalid URL"),
            ("/wm:1/plain/local:///test1.png", "Invalid URL"),
            ("/plain/test1.png", "Invalid source URL"),
            ("/plain/local:///../secret.png", "Invalid source URL"),
            ("/plain/http://127.0.0.1/a.png", "Invalid source URL"),
            ("/plain/s3://bucket/key", "Source is unreachable"),
            ("/plain/local:///missing.png", "Source is unreachable"),
            ("/plain/local:///folder", "Source is unreachable"),
        ])
    func unreadable(_ path: String, _ text: String) async throws {
        expect(try await get(path), 404, text)
        let head = try await Served.http.head(Self.signer.signed(path))
        #expect(head.status == 404)
    }

    @Test(
        "what is no image cannot be processed",
        arguments: [
            ("text.png", "Invalid source image"),
            ("empty.png", "Failed to detect source image type"),
            ("cut.png", "Broken or unsupported image"), ("test1.png@svg", "Invalid URL"),
        ])
    func noImage(_ name: String, _ text: String) async throws {
        expect(try await get("/w:8/plain/local:///\(name)"), 422, text)
    }

    @Test("limits may not be named unless that is permitted")
    func limits() async throws {
        expect(try await get("/msr:1/plain/local:///test1.png"), 403, "Invalid URL")
    }

    @Test("HEAD tells what GET would")
    func head() async throws {
        let path = "/pr:small/plain/local:///test1.png@webp"
        let (got, head) = (
            try await get(path), try await Served.http.head(Self.signer.signed(path))
        )
        #expect(got.status == 200 && head.status == 200 && head.body.isEmpty)
        #expect(ReferenceImage(decoding: got.body)?.width == 16)
        for name in [
            "Content-Type", "Content-Disposition", "Cache-Control", "ETag",
            "Content-Security-Policy",
        ] {
            #expect(head.header(name) == got.header(name) && head.header(name) != nil, "\(name)")
        }
        #expect(head.header("Content-Length") == "\(got.body.count)")
    }

    @Test("answers may be kept until they expire, and an unchanged source is not sent again")
    func caching() async throws {
        let plain = try await get("/w:8/plain/local:///test1.png")
        #expect(plain.header("Cache-Control") == "max-age=31536000, public")
        let soon = Int(Date().timeIntervalSince1970) + 1_000
        let limited = try await get("/w:8/exp:\(soon)/plain/local:///test1.png")
        let age = limited.header("Cache-Control")?.wholeMatch(of: /max-age=([0-9]+), public/)
        #expect(age.flatMap { Int($0.output.1) }.map { (900...1_000).contains($0) } == true)
        let etag = try #require(plain.header("ETag"))
        let same = try await get(
            "/w:8/plain/local:///test1.png", headers: [("If-None-Match", etag)])
        #expect(same.status == 304 && same.body.isEmpty && same.header("ETag") == etag)
        let changed = try await get(
            "/w:8/plain/local:///test1.png", headers: [("If-None-Match", "\"x\"")])
        #expect(changed.status == 200)
        expect(try await get("/w:8/plain/local:///missing.png"), 404, "Source is unreachable")
    }

    @Test("other methods are refused in one line, with those there are")
    func methods() async throws {
        let answer = try await Served.http.post("/x/w:1/plain/local:///test1.png", body: [1])
        expect(answer, 405, "The method does not apply here")
        #expect(answer.header("Allow") == "GET, HEAD, OPTIONS")
    }

    @Test("without a signature or a key only what tells nothing is answered")
    func unsigned() async throws {
        let http = try Served.http
        let png = SampleFormat.png.file
        expect(try await http.post("/v1/process?w=1", body: png), isProblem: "unauthorized", 401)
        expect(try await http.post("/v1/info", body: png), isProblem: "unauthorized", 401)
        expect(
            try await http.post("/v1/batch?options=w:1", body: png), isProblem: "unauthorized", 401)
        expect(try await http.get("/v1/images/test1.png"), isProblem: "unauthorized", 401)
        expect(try await http.get("/v1/images/missing.png"), isProblem: "unauthorized", 401)
        #expect(try await http.get("/health").status == 200)
        #expect(try await http.get("/v1/options").status == 200)
        expect(try await http.get("/"), isProblem: "not-found", 404)
        expect(try await http.get("/favicon.ico"), isProblem: "not-found", 404)
    }

    @Test("the operator's log says why, and holds no secret")
    func log() async throws {
        let answer = try await get("/w:1/plain/http://10.1.2.3/a.png%3Ftoken=hidden")
        expect(answer, 404, "Invalid source URL")
        let id = try #require(answer.header("X-Request-ID"))
        let line = try await Served.service.logLine("source not used", request: id)
        #expect(line["source"].text == "http://10.1.2.3/a.png")
        #expect(line["reason"].text == "10.1.2.3 is private")
        #expect(line["setting"].text == "sources: {addresses: [10.1.2.3]}")
        let request = try await Served.service.logLine("request", request: id)
        #expect(request["route"].text == "signed" && request["problem"].text == "source-refused")
        #expect(try Served.service.log(of: id).count == 2)
        for line in try Served.service.program.errors.lines {
            #expect(!line.contains("hidden") && !line.contains(URLSigner.standard.key))
        }
    }
}

/// Checks an answer of one line of text.
func expect(
    _ answer: HTTPCaller.Answer, _ status: Int, _ text: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(answer.status == status, "\(answer.text)", sourceLocation: sourceLocation)
    #expect(answer.text == text, sourceLocation: sourceLocation)
    #expect(
        answer.header("Content-Type") == "text/plain; charset=utf-8",
        sourceLocation: sourceLocation)
    #expect(answer.header("Cache-Control") == "no-store", sourceLocation: sourceLocation)
}
