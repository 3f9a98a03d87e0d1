import TestSupport
import Testing

/// What two readers of one message could take for two different ones: request smuggling (CWE-444). A
/// second request that was seen would be a second answer.
@Suite(
    "Hostile requests: where a message ends", .ownProcess,
    Served(["--max-input-bytes", "65536"]))
struct HostileRequestFramingTests {
    private static func coded(
        _ what: String, _ coding: String, _ status: Int = 400,
        _ problem: String = "malformed-request"
    ) -> HostileRequest {
        HostileRequest(
            what,
            HostileRequest.post("/v1/process", "Transfer-Encoding:\(coding)\r\n", "0\r\n\r\n")
                + HostileRequest.get("/smuggled"), status, problem)
    }

    private static func length(_ what: String, _ fields: String) -> HostileRequest {
        .malformed(
            what,
            HostileRequest.post("/v1/process", fields, "abc") + HostileRequest.get("/smuggled"))
    }

    private static func chunks(
        _ what: String, _ body: String, _ status: Int = 400,
        _ problem: String = "malformed-request"
    ) -> HostileRequest {
        HostileRequest(
            what,
            HostileRequest.post("/v1/process", "Transfer-Encoding: chunked\r\n", body), status,
            problem)
    }

    static let codings: [HostileRequest] = [
        .malformed(
            "CL.TE: a length and a coding",
            HostileRequest.post(
                "/v1/process", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\nG")),
        .malformed(
            "TE.CL: a coding and a length",
            HostileRequest.post(
                "/v1/process", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                "5c\r\nGPOST / HTTP/1.1\r\n\r\n0\r\n\r\n")),
        .malformed(
            "a length of nothing and a coding",
            HostileRequest.post(
                "/v1/process", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\n")),
        coded("TE.TE: a coding that is none", " xchunked"),
        coded("a coding in quotes", " \"chunked\""),
        coded("a coding with a parameter", " chunked;q=1"),
        coded("a coding twice in a list", " chunked, chunked"),
        coded("a coding before another one", " chunked, identity"),
        coded("identity, which RFC 9112 no longer has", " identity"),
        coded("no coding", " "),
        coded("a vertical tab before the coding", " \u{b}chunked"),
        coded("a form feed behind the coding", " chunked\u{c}"),
        coded("a coding that is cut", " chunke"),
        coded("a coding with a NUL", " chunked\u{0}"),
        coded("a coding and a byte beyond ASCII", " chunked\u{e9}"),
        coded("a coding in two fields, the second none", " chunked\r\nTransfer-Encoding: x"),
        coded("a coding in two fields, the first none", " x\r\nTransfer-Encoding: chunked"),
        coded("a coding in two fields by two cases", " chunked\r\ntransfer-ENCODING: identity"),
        coded("a coding on a folded line", "\r\n chunked"),
        coded("a coding behind a line feed alone", " x\nTransfer-Encoding: chunked"),
        coded("a coding behind a carriage return alone", " x\rTransfer-Encoding: chunked"),
        coded("a coding in capitals behind a tab, which is valid", "\tCHUNKED", 400, "empty-body"),
        .malformed(
            "a space before the colon of a coding",
            HostileRequest.post("/v1/process", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n")),
        .malformed(
            "a name of a coding with a byte that no name has",
            HostileRequest.post("/v1/process", "Transfer\u{0}Encoding: chunked\r\n", "0\r\n\r\n")),
        .malformed(
            "a coding of HTTP/1.0",
            "POST /v1/process HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ]

    static let lengths: [HostileRequest] = [
        length("two lengths", "Content-Length: 3\r\nContent-Length: 30\r\n"),
        length("two lengths that are equal", "Content-Length: 3\r\nContent-Length: 3\r\n"),
        length("two lengths by two cases", "Content-Length: 3\r\ncontent-LENGTH: 4\r\n"),
        length("a list of lengths", "Content-Length: 3, 3\r\n"),
        length("a length with a plus", "Content-Length: +3\r\n"),
        length("a length with a minus", "Content-Length: -3\r\n"),
        length("a length of minus nothing", "Content-Length: -0\r\n"),
        length("a hexadecimal length", "Content-Length: 0x3\r\n"),
        length("a length with letters", "Content-Length: 3abc\r\n"),
        length("a length with a point", "Content-Length: 3.0\r\n"),
        length("a length with an exponent", "Content-Length: 3e0\r\n"),
        length("a length with a separator", "Content-Length: 1_0\r\n"),
        length("a length in two words", "Content-Length: 3 4\r\n"),
        length("no length", "Content-Length: \r\n"),
        length("a length in quotes", "Content-Length: \"3\"\r\n"),
        length("a length in other digits", "Content-Length: \u{663}\r\n"),
        length("a length on a folded line", "Content-Length:\r\n 3\r\n"),
        length("a length with a NUL", "Content-Length: 3\u{0}\r\n"),
        length("a length beyond 64 bits", "Content-Length: 18446744073709551617\r\n"),
        length("a space before the colon of a length", "Content-Length : 3\r\n"),
        HostileRequest(
            "a length of all that 63 bits hold",
            HostileRequest.post("/v1/process", "Content-Length: 9223372036854775807\r\n", "abc"),
            413, "over-limit"),
        HostileRequest(
            "a length with zeros before it, which is valid",
            HostileRequest.post("/v1/process", "Content-Length: 0000000000003\r\n", "abc"),
            415, "unsupported-type"),
        HostileRequest(
            "a body of GET, behind which nothing is hidden",
            HostileRequest.get("/v1/none", "Content-Length: 25\r\n")
                + "GET /v1/process HTTP/1.1\r\n\r\n", 404, "not-found"),
    ]

    static let bodies: [HostileRequest] = [
        chunks("a chunk size that overflows", "10000000000000003\r\nabc\r\n0\r\n\r\n"),
        chunks("a chunk size with a plus", "+3\r\nabc\r\n0\r\n\r\n"),
        chunks("a chunk size with a minus", "-3\r\nabc\r\n0\r\n\r\n"),
        chunks("a chunk size with a prefix", "0x3\r\nabc\r\n0\r\n\r\n"),
        chunks("a chunk size behind a space", " 3\r\nabc\r\n0\r\n\r\n"),
        chunks("a chunk size of letters", "xyz\r\nabc\r\n0\r\n\r\n"),
        chunks("no chunk size", "\r\nabc\r\n0\r\n\r\n"),
        chunks("a chunk size with an underscore", "1_0\r\nabc\r\n0\r\n\r\n"),
        chunks("a chunk that is longer than it says", "3\r\nabcd\r\n0\r\n\r\n"),
        chunks("a chunk that ends in a line feed alone", "3\r\nabc\n0\r\n\r\n"),
        chunks("a chunk line that ends in a line feed alone", "3\nabc\r\n0\r\n\r\n"),
        chunks("a chunk line that ends in a carriage return alone", "3\rabc\r\n0\r\n\r\n"),
        chunks("an extension with a NUL", "3;a\u{0}\r\nabc\r\n0\r\n\r\n"),
        chunks("an extension with a line feed", "3;a\nb\r\nabc\r\n0\r\n\r\n"),
        chunks("a trailer that is no field", "3\r\nabc\r\n0\r\nnonsense\r\n\r\n"),
        chunks("a trailer with a space before the colon", "3\r\nabc\r\n0\r\nA : b\r\n\r\n"),
        chunks(
            "a trailer that would set the length",
            "3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n"),
        chunks(
            "more in one chunk than may be",
            "7fffffff\r\n" + String(repeating: "a", count: 70_000), 413, "over-limit"),
        chunks(
            "more in many chunks than may be",
            String(repeating: "1\r\na\r\n", count: 66_000), 413, "over-limit"),
        chunks(
            "an extension, which means nothing here", "3;a=b\r\nabc\r\n0\r\n\r\n", 415,
            "unsupported-type"),
    ]

    @Test("the coding of a body", arguments: codings)
    func coding(_ request: HostileRequest) async throws { try await request.check(Served.service) }

    @Test("the length of a body", arguments: lengths)
    func length(_ request: HostileRequest) async throws { try await request.check(Served.service) }

    @Test("the chunks of a body", arguments: bodies)
    func body(_ request: HostileRequest) async throws { try await request.check(Served.service) }
}
