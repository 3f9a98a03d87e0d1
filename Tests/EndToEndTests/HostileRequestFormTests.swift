import TestSupport
import Testing

@Suite(
    "Hostile requests: forms", .ownProcess,
    Served(["--max-input-bytes", "262144"]))
struct HostileRequestFormTests {
    /// A form of these parts, each its header and its bytes.
    private static func form(
        _ what: String, type: String = "multipart/form-data; boundary=edge",
        _ parts: [(header: String, body: [UInt8])], end: String = "--edge--\r\n", _ status: Int,
        _ problem: String? = "malformed-request"
    ) -> HostileRequest {
        let body = parts.flatMap { part in
            Array("--edge\r\n\(part.header)\r\n\r\n".utf8) + part.body + Array("\r\n".utf8)
        }
        return HostileRequest(
            what,
            HostileRequest.post(
                "/v1/info", "Content-Type: \(type)\r\n", bytes: body + Array(end.utf8)),
            .answer(status, problem))
    }

    private static func named(
        _ what: String, _ disposition: String, _ status: Int = 200, _ problem: String? = nil
    ) -> HostileRequest {
        form(
            what, [("Content-Disposition: form-data; \(disposition)", SampleFormat.png.file)],
            status,
            problem)
    }

    private static func type(_ what: String, _ type: String) -> HostileRequest {
        form(what, type: type, [file], 400)
    }

    private static let file = (
        header: "Content-Disposition: form-data; name=\"file\"", body: SampleFormat.png.file
    )

    static let boundaries: [HostileRequest] = [
        type("no boundary", "multipart/form-data"),
        type("an empty one", "multipart/form-data; boundary="),
        type("an empty one in quotes", "multipart/form-data; boundary=\"\""),
        type("one of 71", "multipart/form-data; boundary=\(String(repeating: "a", count: 71))"),
        type(
            "one of 7,000", "multipart/form-data; boundary=\(String(repeating: "a", count: 7_000))"),
        type("two", "multipart/form-data; boundary=edge; boundary=other"),
        type("two by two cases", "multipart/form-data; boundary=edge; BOUNDARY=other"),
        type("one that ends in a space", "multipart/form-data; boundary=\"edge \""),
        type("one without its closing quote", "multipart/form-data; boundary=\"edge"),
        type("one with a star (RFC 8187)", "multipart/form-data; boundary*=UTF-8''edge"),
        type("one in pieces (RFC 2231)", "multipart/form-data; boundary*0=ed; boundary*1=ge"),
        type("another one", "multipart/form-data; boundary=else"),
        type("one with letters beyond ASCII", "multipart/form-data; boundary=\u{e9}dge"),
        form(
            "one behind a comma", type: "multipart/form-data, boundary=edge", [file], 415,
            "unsupported-type"),
        form(
            "another kind of form", type: "multipart/mixed; boundary=edge", [file], 415,
            "unsupported-type"),
        HostileRequest(
            "two types",
            HostileRequest.post(
                "/v1/info",
                "Content-Type: multipart/form-data; boundary=edge\r\nContent-Type: image/png\r\n",
                bytes: SampleFormat.png.file), .answer(400, "malformed-request")),
    ]

    static let parts: [HostileRequest] = [
        form("no part", [], 400), form("no end", [file], end: "", 400),
        form("half an end", [file], end: "--edge-", 400),
        form("more behind the end", [file], end: "--edge--\r\nmore", 400),
        form("two files", [file, file], 400),
        form("no file", [("Content-Disposition: form-data; name=\"other\"", [1])], 400),
        form(
            "thousands of parts",
            (0..<3_000).map { ("Content-Disposition: form-data; name=\"a\($0)\"", []) }, 400),
        form(
            "a part's header that is too long",
            [
                (
                    "Content-Disposition: form-data; name=\"file\"\r\nX: \(String(repeating: "a", count: 9_000))",
                    [1]
                )
            ],
            400),
        form(
            "a part's header with thousands of lines",
            [
                (
                    "Content-Disposition: form-data; name=\"file\"\r\n"
                        + String(repeating: "X: a\r\n", count: 3_000) + "X: a", [1]
                )
            ],
            400),
        form("a part without a header", [("X: a", SampleFormat.png.file)], 400),
        form(
            "a part in Base64", [(file.header + "\r\nContent-Transfer-Encoding: base64", [65])], 400
        ),
        form("a folded line", [("Content-Disposition: form-data;\r\n name=\"file\"", [1])], 400),
        form("a line feed alone", [("Content-Disposition: form-data;\n name=\"file\"", [1])], 400),
        form("a NUL in a part's header", [(file.header + "; filename=\"a\u{0}.png\"", [1])], 400),
        form(
            "a form within a form",
            [
                (
                    file.header + "\r\nContent-Type: multipart/mixed; boundary=inner",
                    Array("--inner\r\n\r\na\r\n--inner--".utf8)
                )
            ], 415, "unsupported-type"),
        form("an empty file", [(file.header, [])], 400, "empty-body"),
        form(
            "a form that is too large", [(file.header, [UInt8](repeating: 0, count: 300_000))], 413,
            "over-limit"),
        named("a name twice", "name=\"file\"; name=\"file\"", 400, "malformed-request"),
        named(
            "a file name twice", "name=\"file\"; filename=\"a.png\"; filename=\"a.gif\"", 400,
            "malformed-request"),
        named(
            "a line's end in a file name", "name=\"file\"; filename=\"a\r\nX-Injected: b\"", 400,
            "malformed-request"),
        named(
            "a carriage return in a file name", "name=\"file\"; filename=\"a\rb\"", 400,
            "malformed-request"),
        named(
            "an escaped line's end in a file name",
            "name=\"file\"; filename=\"a%0d%0aX-Injected: b.png\""),
        named("quotes in a file name", "name=\"file\"; filename=\"a\\\"; filename=\\\"b.png\""),
        named("a path for a file name", "name=\"file\"; filename=\"../../etc/passwd.png\""),
        named(
            "a script for a file name", "name=\"file\"; filename=\"<script>alert(1)</script>.png\""),
        named(
            "a file name that turns letters around", "name=\"file\"; filename=\"a\u{202e}gnp.png\""),
        named(
            "a file name that contradicts by other letters",
            "name=\"file\"; filename=\"a.g\u{131}f\""),
        named(
            "a very long file name",
            "name=\"file\"; filename=\"\(String(repeating: "a", count: 7_000)).png\""),
    ]

    @Test("the boundary", arguments: boundaries)
    func boundary(_ request: HostileRequest) async throws {
        try await request.check(Served.service)
    }

    @Test("parts", arguments: parts)
    func part(_ request: HostileRequest) async throws { try await request.check(Served.service) }
}
