import TestSupport
import Testing

@Suite(
    "Bad input gets a clear answer and nothing is lost", .ownProcess,
    Served(["--max-input-bytes", "65536", "--max-pixels", "10000"]))
struct BadInputTests {
    static let processRoutes = ["/v1/process", "/v1/info"]

    @Test("an empty body", arguments: processRoutes)
    func empty(_ target: String) async throws {
        expect(try await Served.http.post(target, body: []), isProblem: "empty-body", 400)
        expect(try await Served.http.post(target, body: nil), isProblem: "empty-body", 400)
    }

    @Test("bytes that are no image", arguments: processRoutes)
    func noImage(_ target: String) async throws {
        let answer = try await Served.http.post(target, body: Array("just text, really".utf8))
        expect(answer, isProblem: "unsupported-type", 415)
    }

    @Test(
        "formats that are not read here",
        arguments: [
            "BM______________", "%PDF-1.7\n", "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "<!doctype html><p>", "#!/bin/sh\n", "\u{1f}\u{8b}\u{8}", "P6\n1 1\n255\nabc",
            "MATLAB 5.0 MAT-file",
        ])
    func unknownFormat(_ text: String) async throws {
        let answer = try await Served.http.post("/v1/process", body: Array(text.utf8))
        expect(answer, isProblem: "unsupported-type", 415)
    }

    @Test("a type that contradicts the bytes is refused, naming both")
    func contradiction() async throws {
        let answer = try await Served.http.post(
            "/v1/process", headers: [("Content-Type", "image/png")], body: SampleFormat.jpeg.file)
        expect(answer, isProblem: "type-contradiction", 415)
        let detail = answer.json["detail"].text ?? ""
        #expect(detail.contains("image/png") && detail.contains("image/jpeg"))
    }

    @Test("a file name that contradicts the bytes is refused")
    func contradictingName() async throws {
        let head = """
            --edge\r
            Content-Disposition: form-data; name="file"; filename="a.gif"\r
            \r

            """
        let answer = try await Served.http.post(
            "/v1/process", headers: [("Content-Type", "multipart/form-data; boundary=edge")],
            body: Array(head.utf8) + SampleFormat.png.file + Array("\r\n--edge--\r\n".utf8))
        expect(answer, isProblem: "type-contradiction", 415)
    }

    @Test("a type that is no image", arguments: ["text/html", "application/json", "video/mp4"])
    func foreignType(_ type: String) async throws {
        let answer = try await Served.http.post(
            "/v1/process", headers: [("Content-Type", type)], body: SampleFormat.png.file)
        expect(answer, isProblem: "unsupported-type", 415)
    }

    @Test("too many bytes, whether declared or counted", arguments: [true, false])
    func tooManyBytes(_ isDeclared: Bool) async throws {
        let large = SampleFormat.png.file + [UInt8](repeating: 0, count: 65_536)
        let answer =
            if isDeclared {
                try await Served.http.post("/v1/process", body: large)
            } else {
                try await Served.http.post("/v1/process", inChunks: large)
            }
        expect(answer, isProblem: "over-limit", 413, with: ["limit": "input-bytes"])
    }

    @Test("too many pixels, told from the header", arguments: processRoutes)
    func tooManyPixels(_ target: String) async throws {
        let large = ReferenceImage.quarters(width: 101, height: 100).encoded(".png")
        let answer = try await Served.http.post(target, body: large)
        expect(answer, isProblem: "over-limit", 422, with: ["limit": "pixels"])
    }

    @Test("a header that declares a gigantic image is refused before a pixel is decoded")
    func bomb() async throws {
        // The size fields of the header chunk (PNG third edition, 11.2.1) and its checksum, which
        // decoders check: 30,000 by 30,000 pixels.
        var file = SampleFormat.png.file
        file.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
        let checksum = CyclicRedundancyCheck.of(file[12..<29])
        file.replaceSubrange(29..<33, with: checksum)
        let answer = try await Served.http.post("/v1/process", body: file)
        expect(answer, isProblem: "over-limit", 422, with: ["limit": "pixels"])
    }

    @Test("a broken image", arguments: SampleFormat.allCases)
    func broken(_ format: SampleFormat) async throws {
        let half = Array(format.file.prefix(format.file.count / 2))
        let answer = try await Served.http.post("/v1/process?f=png", body: half)
        expect(answer, isProblem: "broken-image", 422)
    }

    @Test(
        "an unknown option or value, by its name",
        arguments: [
            ("size2=3", "size2"), ("rs=fancy:1:1", "rs"), ("w=-1", "w"), ("w=1e3", "w"),
            ("h=65536", "h"), ("q=101", "q"), ("f=ico", "f"), ("g=up", "g"), ("el=maybe", "el"),
            ("w=%zz", "w"), ("w", "w"), ("w=", "w"), ("q=80&nonsense=1", "nonsense"),
        ])
    func option(_ query: String, named option: String) async throws {
        let answer = try await Served.http.post(
            "/v1/process?\(query)", body: SampleFormat.png.file)
        expect(answer, isProblem: "invalid-option", 400, with: ["option": option])
    }

    @Test("a path that is not there, and a method that does not apply")
    func routes() async throws {
        let http = try Served.http
        expect(try await http.get("/v1/nothing"), isProblem: "not-found", 404)
        expect(try await http.get("/v1//process"), isProblem: "not-found", 404)
        let answer = try await http.get("/v1/process")
        expect(answer, isProblem: "method-not-allowed", 405)
        #expect(answer.header("Allow") == "POST, OPTIONS")
    }

    @Test("a request id is taken over when it is one, and replaced when it is not")
    func requestID() async throws {
        let http = try Served.http
        let kept = try await http.get("/v1/nothing", headers: [("X-Request-ID", "my-id_1")])
        expect(kept, isProblem: "not-found", 404, with: ["request_id": "my-id_1"])
        let replaced = try await http.get(
            "/v1/nothing", headers: [("X-Request-ID", "a\"b<script>")])
        expect(replaced, isProblem: "not-found", 404)
        #expect(!replaced.text.contains("script"))
    }

    @Test("after all of that the service is well")
    func stillWell() async throws {
        let health = try await Served.http.get("/health")
        #expect(health.status == 200)
        let answer = try await Served.http.post("/v1/process?w=8", body: SampleFormat.jpeg.file)
        #expect(answer.status == 200)
    }
}

/// The CRC of PNG chunks (PNG third edition, annex D), most significant byte first.
enum CyclicRedundancyCheck {
    static func of(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? 0xedb8_8320 ^ (sum >> 1) : sum >> 1 }
        }
        sum ^= .max
        return (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * $0)) }
    }
}
