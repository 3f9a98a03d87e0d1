import TestSupport
import Testing

@Suite(
    "A signed URL whose child dies, or takes too long", .ownProcess,
    Served(
        ["--timeout", "4", "--workers", "1", "--queue", "1"], sandbox: .hostileSandbox
    ) { workspace in
        for act in ["crash-null", "27-infinite-loop"] {
            let image = SampleFormat.png.file + Array("GLOVEBOX-ACT:\(act)\n".utf8)
            try workspace.write(image, to: "images/\(act).png")
        }
        try workspace.write(SampleFormat.png.file, to: "images/fine.png")
    })
struct SignedFailureTests {
    @Test("is answered with imgproxy's statuses and texts")
    func deaths() async throws {
        let service = try Served.service
        expect(
            try await service.http.get("/x/w:8/plain/local:///crash-null.png"), 422,
            "Broken or unsupported image")
        let endless = "/x/w:8/plain/local:///27-infinite-loop.png"
        async let slow = service.http.get(endless)
        _ = try await service.spinningChild()
        // The one worker is taken: of these two one waits in the queue, and the other finds it full.
        async let one = service.http.get(endless)
        async let other = service.http.get(endless)
        let answers = try await [one, other].sorted { $0.status < $1.status }
        expect(answers[0], 429, "Too many requests")
        #expect(answers[0].header("Retry-After") == "1")
        expect(answers[1], 503, "Timeout")
        expect(try await slow, 503, "Timeout")
        #expect(try await service.http.get("/x/w:8/plain/local:///fine.png").status == 200)
    }
}

@Suite(
    "Settings of signed URLs", .ownProcess,
    Served(
        configuration: """
            options: {only_presets: true, presets: ["small=rs,fill,16,16", "grey=bg,888"]}
            signed:
              bearer: let-me-in
              prefix: /img/v2
              base_url: local:///folder/
              replacements: ["^old://(\\\\w+)/=$1/"]
              separator: ","
              file_names: true
              max_age: 1h
            fallback: {path: images/fallback.png}
            """
            // Presets are written with the colon in a configuration.
            .replacing("rs,fill,16,16", with: "rs:fill:16:16").replacing("bg,888", with: "bg:888")
    ) { workspace in
        try workspace.write(SampleFormat.jpeg.file, to: "images/folder/sub/a.jpg")
        try workspace.write(
            ReferenceImage.quarters(width: 20, height: 20).encoded(".png"),
            to: "images/fallback.png")
    })
struct SignedSettingTests {
    private func get(
        _ target: String, bearer: String = "Bearer let-me-in"
    ) async throws -> HTTPCaller.Answer {
        try await Served.http.get(target, headers: [("Authorization", bearer)])
    }

    @Test("the bearer text is asked for before anything else")
    func bearer() async throws {
        let target = "/img/v2/x/small/plain/sub/a.jpg"
        #expect(try await get(target).status == 200)
        for text in ["", "let-me-in", "Bearer let-me-i", "Bearer let-me-in ", "bearer let-me-in"] {
            let answer = try await get(target, bearer: text)
            // Spaces around a field's value are no part of it (RFC 9110 section 5.5).
            guard text.last != " " else {
                #expect(answer.status == 200)
                continue
            }
            expect(answer, 403, "Forbidden")
        }
        expect(try await get("/nowhere", bearer: ""), 403, "Forbidden")
    }

    @Test("the prefix stands before the signature")
    func prefix() async throws {
        expect(try await get("/x/small/plain/sub/a.jpg"), 404, "Invalid URL")
        expect(try await get("/img/v2x/small/plain/sub/a.jpg"), 404, "Invalid URL")
    }

    @Test("presets are all there is, joined by the separator that is set")
    func presets() async throws {
        let answer = try await get("/img/v2/x/small,grey/plain/sub/a.jpg@png")
        #expect(answer.status == 200, "\(answer.text)")
        #expect(ReferenceImage(decoding: answer.body)?.width == 16)
        for wrong in ["w,8", "small:grey", "large", "plain"] {
            expect(
                try await get("/img/v2/x/\(wrong)/plain/sub/a.jpg"), 404, "Invalid URL")
        }
        let option = try await get("/img/v2/w,8/plain/sub/a.jpg")
        #expect(option.status == 403 && option.text.hasPrefix("Forbidden. "))
    }

    @Test("the address is replaced, and the base put before it")
    func addresses() async throws {
        for source in [
            "plain/sub/a.jpg", "plain/local:///folder/sub/a.jpg", "plain/old://sub/a.jpg",
            "\(base64URL("sub/a.jpg"))/holiday.jpg.png",
        ] {
            let answer = try await get("/img/v2/x/small/\(source)")
            #expect(answer.status == 200, "\(source): \(answer.text)")
            #expect(answer.header("Cache-Control") == "max-age=3600, private")
        }
    }

    @Test("another image stands in for one that is missing, and is not kept")
    func fallback() async throws {
        for source in ["plain/sub/b.jpg", "plain/local:///folder/missing"] {
            let answer = try await get("/img/v2/x/small/\(source)")
            #expect(answer.status == 200 && answer.header("Fallback-Image") == "1")
            #expect(answer.header("Cache-Control") == "no-store")
            #expect(ReferenceImage(decoding: answer.body)?.width == 16)
        }
    }
}

@Suite(
    "Options that name images of their own", .ownProcess,
    Served(configuration: "sources: {allowed: ['local:///open/']}\n") { workspace in
        let red = ReferenceImage(width: 8, height: 8) { _, _ in .init(255, 0, 0) }
        try workspace.write(red.encoded(".png"), to: "images/open/red.png")
        try workspace.write(red.encoded(".png"), to: "images/closed/red.png")
        try workspace.write(SampleFormat.png.file, to: "images/open/a.png")
        try workspace.write(SampleFormat.png.file, to: "images/closed/a.png")
    })
struct NamedImageTests {
    private static func option(_ name: String, _ path: String) -> String {
        "\(name):\(base64URL("local:///\(path)"))"
    }

    @Test("the list of sources holds for all of them")
    func allowed() async throws {
        let http = try Served.http
        let mark = Self.option("wmu", "open/red.png")
        let answer = try await http.get("/x/wm:1:nowe/\(mark)/plain/local:///open/a.png")
        #expect(answer.status == 200, "\(answer.text)")
        let image = try #require(ReferenceImage(decoding: answer.body))
        #expect(image[2, 2].red == 255 && image[2, 2].green == 0)
        expect(try await http.get("/x/w:8/plain/local:///closed/a.png"), 404, "Invalid source URL")
        let closed = Self.option("wmu", "closed/red.png")
        expect(
            try await http.get("/x/wm:1/\(closed)/plain/local:///open/a.png"), 404, "Invalid URL")
        let fallback = Self.option("fiu", "open/red.png")
        let other = try await http.get("/x/\(fallback)/plain/local:///open/missing.png")
        #expect(other.status == 200)
        #expect(ReferenceImage(decoding: other.body)?.width == 8)
    }
}
