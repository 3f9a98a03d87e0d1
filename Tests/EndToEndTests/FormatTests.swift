import TestSupport
import Testing

@Suite(
    "Every format goes in and every format comes out", .ownProcess, Served(policies: nil))
struct FormatTests {
    @Test(
        "an upload is resized and converted", arguments: SampleFormat.allCases,
        SampleFormat.allCases)
    func converted(from source: SampleFormat, to target: SampleFormat) async throws {
        let answer = try await Served.http.post(
            "/v1/process?rs=fit:32:32&f=\(target.rawValue)",
            headers: [("Content-Type", source.mediaType)], body: source.file)
        try #require(answer.status == 200, "\(answer.text)")
        #expect(answer.header("Content-Type") == target.mediaType)
        #expect(answer.header("X-Content-Type-Options") == "nosniff")
        #expect(target.begins(answer.body))
        let pixels = try #require(ReferenceImage(decoding: answer.body))
        #expect(pixels.width == 32 && pixels.height == 24)
        #expect(pixels.showsQuarters(tolerance: 40))
    }

    @Test("without a format the source's is kept", arguments: SampleFormat.allCases)
    func kept(_ format: SampleFormat) async throws {
        let answer = try await Served.http.post("/v1/process?w=32", body: format.file)
        #expect(answer.status == 200)
        #expect(format.begins(answer.body))
    }

    @Test("info says what the header says", arguments: SampleFormat.allCases)
    func facts(_ format: SampleFormat) async throws {
        let answer = try await Served.http.post("/v1/info", body: format.file)
        try #require(answer.status == 200, "\(answer.text)")
        #expect(answer.header("Content-Type") == "application/json")
        let facts = answer.json
        #expect(facts["format"].text == format.rawValue)
        #expect(facts["media_type"].text == format.mediaType)
        #expect(facts["width"].integer == 64)
        #expect(facts["height"].integer == 48)
        #expect(facts["frames"].integer == 1)
        #expect(facts["bytes"].integer == format.file.count)
    }

    @Test("a form's field file is an upload like any other")
    func form() async throws {
        let file = SampleFormat.png.file
        let head = """
            --edge\r
            Content-Disposition: form-data; name="file"; filename="a.png"\r
            Content-Type: image/png\r
            \r

            """
        let answer = try await Served.http.post(
            "/v1/process?rs=force:20:10&f=png",
            headers: [("Content-Type", "multipart/form-data; boundary=edge")],
            body: Array(head.utf8) + file + Array("\r\n--edge--\r\n".utf8))
        try #require(answer.status == 200, "\(answer.text)")
        let pixels = try #require(ReferenceImage(decoding: answer.body))
        #expect(pixels.width == 20 && pixels.height == 10)
    }

    @Test("what curl announces by itself binds nobody")
    func curlDefault() async throws {
        let answer = try await Served.http.post(
            "/v1/info", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: SampleFormat.webp.file)
        #expect(answer.status == 200)
    }

    @Test("eight requests at a time each get their own image back")
    func concurrent() async throws {
        let http = try Served.http
        try await withThrowingTaskGroup(of: (Int, ReferenceImage?).self) { group in
            for width in 10..<18 {
                group.addTask {
                    let answer = try await http.post(
                        "/v1/process?rs=force:\(width):9&f=png", body: SampleFormat.png.file)
                    return (width, ReferenceImage(decoding: answer.body))
                }
            }
            for try await (width, pixels) in group {
                #expect(pixels?.width == width)
                #expect(pixels?.showsQuarters(tolerance: 60) == true)
            }
        }
    }
}
