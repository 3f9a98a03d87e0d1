import TestSupport
import Testing

@Suite(
    "Slow requests are ended in time, each with an answer", .ownProcess,
    Served(
        configuration: """
            http: {header_timeout: 1s, body_timeout: 1s, idle_timeout: 1s}
            """))
struct SlowRequestTests {
    private static func slow(
        _ what: String, _ text: String, _ problem: String
    ) -> HostileRequest {
        HostileRequest(what, text, 408, problem)
    }

    static let requests: [HostileRequest] = [
        slow("half a first line", "GET /heal", "header-timeout"),
        slow("a first line and no field", "GET /health HTTP/1.1\r\n", "header-timeout"),
        slow("half a field", "GET /health HTTP/1.1\r\nHos", "header-timeout"),
        slow("fields without their end", "GET /health HTTP/1.1\r\nHost: a\r\n", "header-timeout"),
        slow(
            "a body that does not come", HostileRequest.post("/v1/info", "Content-Length: 9\r\n"),
            "body-timeout"),
        slow(
            "half a body", HostileRequest.post("/v1/info", "Content-Length: 9\r\n", "abc"),
            "body-timeout"),
        slow(
            "chunks without an end",
            HostileRequest.post("/v1/info", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"),
            "body-timeout"),
        slow(
            "half a chunk's size",
            HostileRequest.post("/v1/info", "Transfer-Encoding: chunked\r\n", "3"), "body-timeout"),
        slow(
            "a trailer without its end",
            HostileRequest.post(
                "/v1/info", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\nA: b\r\n"),
            "body-timeout"),
        slow(
            "a form without its end",
            HostileRequest.post(
                "/v1/info",
                "Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: 99\r\n",
                "--edge\r\n"), "body-timeout"),
        HostileRequest("nothing", [], .silence),
        HostileRequest("empty lines", Array("\r\n\r\n\r\n".utf8), .silence),
    ]

    @Test("of which a part arrives", arguments: requests)
    func slow(_ request: HostileRequest) async throws { try await request.check(Served.service) }
}
