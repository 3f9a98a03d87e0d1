import TestSupport
import Testing

@Suite("Several results of one image", .ownProcess, Served())
struct BatchTests {
    private let source = SampleFormat.png.file

    @Test("each set of options makes the bytes that it makes alone, in the order of the sets")
    func same() async throws {
        let sets = ["rs:fill:30:20/f:webp", "w:16/f:png", "f:jpeg/q:40", "", "h:12/f:gif"]
        let http = try Served.http
        let query = sets.map { "options=\($0)" }.joined(separator: "&")
        let answer = try await http.post("/v1/batch?sm=1&\(query)", body: source)
        try #require(answer.status == 200, "\(answer.text)")
        let parts = try #require(MultipartAnswer(answer)).parts
        #expect(parts.count == sets.count)
        for (index, (set, part)) in zip(sets, parts).enumerated() {
            let options = set.split(separator: "/").map { option in
                option.replacing(":", with: "=", maxReplacements: 1)
            }
            let alone = try await http.post(
                "/v1/process?\((["sm=1"] + options).joined(separator: "&"))", body: source)
            #expect(alone.status == 200)
            let isSame = part.body == alone.body
            #expect(isSame, "\(set)")
            #expect(part.fields["content-type"] == alone.header("Content-Type"))
            #expect(part.fields["content-length"] == "\(alone.body.count)")
            #expect(part.fields["x-glovebox-variant"] == "\(index + 1)")
            let suffix = part.fields["content-disposition"]?.split(separator: ".").last
            let own = alone.header("Content-Disposition")?.split(separator: ".").last
            #expect(suffix == own && suffix != nil)
        }
    }

    @Test("an image in a form is taken too")
    func form() async throws {
        let head =
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n"
        let answer = try await Served.http.post(
            "/v1/batch?options=w:8/f:png&options=w:9/f:png",
            headers: [("Content-Type", "multipart/form-data; boundary=B")],
            body: Array(head.utf8) + source + Array("\r\n--B--\r\n".utf8))
        let parts = try #require(MultipartAnswer(answer)).parts
        let widths = parts.map { ReferenceImage(decoding: $0.body)?.width }
        #expect(widths == [8, 9])
    }

    @Test("nine sets are refused with the limit")
    func tooMany() async throws {
        let query = Array(repeating: "options=w:8", count: 9).joined(separator: "&")
        let answer = try await Served.http.post("/v1/batch?\(query)", body: source)
        expect(answer, isProblem: "invalid-option", 400, with: ["option": "options"])
        #expect(answer.json["detail"].text?.contains("the limit is 8") == true)
    }

    @Test("a mistake in any set is one problem, and so is an image that cannot be decoded")
    func failures() async throws {
        let http = try Served.http
        let unread = try await http.post("/v1/batch?options=w:8&options=w:wide", body: source)
        expect(unread, isProblem: "invalid-option", 400, with: ["option": "w"])
        #expect(unread.json["detail"].text?.contains("set 2") == true)
        let none = try await http.post("/v1/batch?w=5", body: source)
        expect(none, isProblem: "invalid-option", 400, with: ["option": "options"])
        let broken = try await http.post(
            "/v1/batch?options=w:8&options=w:9", body: Array(source.prefix(60)))
        expect(broken, isProblem: "broken-image", 422)
        // The second result alone is too large.
        let large = try await http.post(
            "/v1/batch?options=w:8&options=rs:force:60000:60000:1", body: source)
        expect(large, isProblem: "over-limit", 422, with: ["limit": "pixels"])
        let method = try await http.get("/v1/batch?options=w:8")
        expect(method, isProblem: "method-not-allowed", 405)
    }

    @Test("the options are listed for programs, and the list may be cached")
    func options() async throws {
        let answer = try await Served.http.get("/v1/options")
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "application/json")
        #expect(answer.header("Cache-Control") == "public, max-age=3600")
        let options = answer.json["options"].elements
        #expect(options.count > 50)
        let width = options.first { $0["name"].text == "width" }
        #expect(width?["aliases"].elements.first?.text == "w")
        let head = try await Served.http.head("/v1/options")
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(head.header("Content-Length") == "\(answer.body.count)")
    }
}

@Suite("The work for several results", .ownProcess, InWorkspace())
struct BatchWorkTests {
    @Test("is one job of one child, which equal requests share")
    func oneChild() async throws {
        let target = "/v1/batch?f=png&" + (1...8).map { "options=w:\($0)" }.joined(separator: "&")
        let image = SampleFormat.png.file
        let start = OperatedService.Start(variables: ["GLOVEBOX_JOBS_COALESCE": "true"])
        try await OperatedService.during(start) { operated in
            try await operated.holdingUp { goOn in
                let http = operated.service.http
                let first = Task { try await http.post(target, body: image) }
                try await operated.working(1)
                let second = Task { try await http.post(target, body: image) }
                try await operated.coalesced(1)
                goOn()
                for answer in [try await first.value, try await second.value] {
                    let parts = try #require(MultipartAnswer(answer)).parts
                    let widths = parts.map { ReferenceImage(decoding: $0.body)?.width }
                    #expect(widths == [1, 2, 3, 4, 5, 6, 7, 8])
                }
            }
            try await operated.settled()
            #expect(try await operated.ended("completed") == 1)
        }
    }
}
