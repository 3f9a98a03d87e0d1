import RequestSyntax
import Testing

@Suite("Multipart forms")
struct MultipartParserTests {
    /// What `curl -F file=@a.png` sends, after RFC 7578.
    static let plain = """
        --B1\r
        Content-Disposition: form-data; name="file"; filename="a.png"\r
        Content-Type: image/png\r
        \r
        DATA\r
        --B1--\r\n
        """

    @Test("the field file is found with its type and name")
    func finds() throws {
        let found = try file(Self.plain)
        #expect(found.text == "DATA")
        #expect(found.file.contentType == "image/png")
        #expect(found.file.fileName == "a.png")
    }

    @Test("other fields are passed over, in any order")
    func others() throws {
        let other = "--B1\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nfile\r\n"
        let own = "--B1\r\nContent-Disposition: form-data; name=file\r\n\r\nD\r\n"
        for body in [other + own, own + other, other + own + other] {
            let found = try file(body + "--B1--")
            #expect(found.text == "D")
            #expect(found.file.contentType == nil)
            #expect(found.file.fileName == nil)
        }
    }

    @Test("bytes that look like half a boundary stay in the data")
    func nearBoundaries() throws {
        let halves = [
            "", "\r\n", "\r", "--B1--", "\r\n--B", "\r\n--\r\n--B\r\n-", "\n--B1\n",
            "\r\r\n\r\n--b1", "a\r\n--B\r\n",
        ]
        for data in halves { #expect(try file(Self.part(Self.named, data)).text == data) }
    }

    @Test("header names and parameters are read without case, with spaces, escapes and tokens")
    func variants() throws {
        let body =
            "\r\n--B1 \t\r\n"
            + "content-DISPOSITION:Form-Data ; NAME=file;filename=\"a\\\"b;\\\\.png\" ;\r\n"
            + "Content-Transfer-Encoding: Binary\r\nX-Other: 1\r\n\r\nD\r\n--B1-- \r\n"
        let found = try file(body)
        #expect(found.text == "D")
        #expect(found.file.fileName == "a\"b;\\.png")
    }

    @Test("a browser's path keeps its single backslashes")
    func windowsPath() throws {
        let body = Self.plain.replacing("a.png", with: "C:\\dir\\ä.png")
        #expect(try file(body).file.fileName == "C:\\dir\\ä.png")
    }

    static let broken: [(String, MultipartError)] = [
        ("", .noStart), ("DATA", .noStart), ("--B2\r\n", .noStart),
        ("preamble\r\n--B1\r\n", .noStart),
        ("\n--B1\r\n", .noStart), ("--B1", .noEnd), ("--B1\r", .noEnd), ("--B1\n", .noEnd),
        ("--B1--", .noFile), ("--B1--\r\n", .noFile), ("--B1--x", .afterEnd),
        ("--B1\r\n", .noEnd), ("--B1X\r\n\r\n", .brokenDelimiter),
        ("--B1\r\n\r\nD\r\n--B1--", .brokenPart),
        (part("Content-Disposition: form-data", "D"), .brokenPart),
        (part("Content-Disposition: attachment; name=\"file\"", "D"), .brokenPart),
        (part("Content-Disposition: form-data; name=\"file", "D"), .brokenPart),
        (part("Content-Disposition: form-data; name=\"file\"; name=\"x\"", "D"), .brokenPart),
        (part("Content-Disposition: form-data; name=\"file\" x", "D"), .brokenPart),
        (part("Content-Disposition: form-data;\r\n name=\"file\"", "D"), .brokenPart),
        (part("Content-Disposition : form-data; name=\"file\"", "D"), .brokenPart),
        (part(": form-data", "D"), .brokenPart),
        (part("\(named)\r\n\(named)", "D"), .brokenPart),
        (part("\(named)\r\nContent-Type: a/b\r\nContent-Type: a/b", "D"), .brokenPart),
        (part("\(named)\nContent-Type: image/png", "D"), .brokenPart),
        (part("\(named)\0", "D"), .brokenPart),
        (part("\(named)\r\nContent-Transfer-Encoding: base64", "D"), .encodedPart),
        (part("\(named)\r\nX: " + String(repeating: "x", count: 8_192), "D"), .headerTooLong),
        (part(named, "D") + "x", .afterEnd),
        (part(named, "D\r\n--B1Z"), .brokenDelimiter),
        (part(named, "D\r\n--B1\r\n\(named)\r\n\r\nE"), .secondFile),
        (part("Content-Disposition: form-data; name=\"File\"", "D"), .noFile),
        ("--B1\r\n\(named)\r\n\r\nDATA", .noEnd),
        ("--B1\r\n\(named)\r\n\r\nDATA\r\n--B1", .noEnd),
    ]

    @Test("a form that could be read in two ways, or not at all, is refused")
    func refused() {
        for (body, error) in Self.broken {
            #expect(throws: error, "\(body.debugDescription)") { try file(body) }
        }
    }

    @Test("32 parts are read, 33 are not")
    func parts() throws {
        let others = Array(
            repeating: "--B1\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n", count: 31)
        #expect(try file(others.joined() + Self.plain).text == "DATA")
        #expect(throws: MultipartError.tooManyParts) {
            try file(others.joined() + others[0] + Self.plain)
        }
    }

    @Test("a header of 8192 bytes is read")
    func longHeader() throws {
        let rest = 8_192 - Self.named.utf8.count - "\r\nX: ".utf8.count - 4
        let header = Self.named + "\r\nX: " + String(repeating: "x", count: rest)
        #expect(try file(Self.part(header, "D")).text == "D")
        #expect(throws: MultipartError.headerTooLong) {
            try file(Self.part(header + "x", "D"))
        }
    }

    static let fields: [(String, Bool)] = [
        ("multipart/form-data; boundary=B1", true),
        ("Multipart/Form-Data; charset=utf-8; Boundary=\"a b:c\"", true),
        ("multipart/form-data; boundary=\(String(repeating: "b", count: 70))", true),
        ("multipart/form-data; boundary=\(String(repeating: "b", count: 71))", false),
        ("multipart/form-data", false), ("multipart/form-data; boundary=", false),
        ("multipart/form-data; boundary=\"\"", false),
        ("multipart/form-data; boundary=\"a \"", false),
        ("multipart/form-data; boundary=\"a\r\nb\"", false),
        ("multipart/form-data; boundary=a; boundary=b", false),
        ("multipart/form-data; boundary=a b", false),
        ("multipart/form-data; boundary=\"a", false),
        ("multipart/mixed; boundary=a", false), ("", false),
    ]

    @Test("a boundary is 1 to 70 characters, named once")
    func boundaries() {
        for (field, isGood) in Self.fields {
            let boundary = try? MultipartBoundary(contentType: field)
            #expect((boundary != nil) == isGood, "\(field.debugDescription)")
        }
    }

    @Test("every error is a sentence that says what to send", arguments: MultipartError.allCases)
    func sentences(error: MultipartError) {
        #expect(error.reason.hasSuffix("."))
        #expect(error.reason.contains("Send") || error.reason.contains("Choose"))
    }

    @Test("the place found is the one a plain search finds, whatever the data")
    func reference() throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("\r\n-B1".utf8)
        for _ in 0..<2_000 {
            let data = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator)!
            }
            let head = Array("--B1\r\n\(Self.named)\r\n\r\n".utf8)
            let body = head + data + Array("\r\n--B1--".utf8)
            let delimiter = Array("\r\n--B1".utf8)
            let place = body[head.count...].firstRange(of: delimiter)?.lowerBound
            guard let found = try? parsed(body) else { continue }
            #expect(found.body == head.count..<(place ?? -1))
        }
    }

    private static let named = "Content-Disposition: form-data; name=\"file\""

    private static func part(_ header: String, _ data: String) -> String {
        "--B1\r\n\(header)\r\n\r\n\(data)\r\n--B1--"
    }

    private func parsed(_ body: [UInt8]) throws -> MultipartFile {
        let boundary = try MultipartBoundary(contentType: "multipart/form-data; boundary=B1")
        return try MultipartParser.file(in: body.span, boundary: boundary)
    }

    private func file(_ body: String) throws -> (file: MultipartFile, text: String) {
        let bytes = Array(body.utf8)
        let found = try parsed(bytes)
        return (found, String(decoding: bytes[found.body], as: UTF8.self))
    }
}
