import TestSupport
import Testing

@Suite("Hostile requests: header fields", .ownProcess, Served())
struct HostileRequestFieldTests {
    private static func fields(
        _ what: String, _ fields: String, _ status: Int = 400,
        _ problem: String? = "malformed-request"
    ) -> HostileRequest {
        HostileRequest(what, HostileRequest.get("/health", fields), status, problem)
    }

    private static func hosts(_ what: String, _ fields: String) -> HostileRequest {
        .malformed(what, "GET /health HTTP/1.1\r\n\(HostileRequest.close)\(fields)\r\n")
    }

    static let names: [HostileRequest] = [
        fields("a NUL in a name", "X-\u{0}a: b\r\n"),
        fields("a NUL in a value", "X-A: a\u{0}b\r\n"),
        fields("a space before the colon", "X-A : b\r\n"),
        fields("a tab before the colon", "X-A\t: b\r\n"), fields("no name", ": b\r\n"),
        fields("no colon", "X-A b\r\n"), fields("a space in a name", "X A: b\r\n"),
        fields("a name in quotes", "\"X-A\": b\r\n"),
        fields("a name beyond ASCII", "X-\u{e9}: b\r\n"),
        fields("a folded line", "X-A: b\r\n c\r\n"),
        fields("a line folded by a tab", "X-A: b\r\n\tc\r\n"),
        fields("a line feed alone", "X-A: b\nX-B: c\r\n"),
        fields("a carriage return in a value", "X-A: b\rc\r\n"),
        fields("an escape in a value", "X-A: \u{1b}[2J\r\n"),
        fields("a delete in a value", "X-A: \u{7f}\r\n"),
        .malformed("a field before the first line", "X-A: b\r\n" + HostileRequest.get("/health")),
        .malformed(
            "a folded line before the first field",
            "GET /health HTTP/1.1\r\n X-A: b\r\n\(HostileRequest.host)\r\n"),
        hosts("no Host", ""), hosts("two Hosts", "Host: a\r\nHost: b\r\n"),
        hosts("two Hosts that are equal", "Host: a\r\nHost: a\r\n"),
        hosts("two Hosts by two cases", "Host: a\r\nhOST: b\r\n"),
        hosts("a list of hosts", "Host: a, b\r\n"), hosts("a Host with a user", "Host: a@b\r\n"),
        hosts("a Host with a path", "Host: a/b\r\n"), hosts("a Host with a space", "Host: a b\r\n"),
        hosts("a Host with a port that is none", "Host: a:b\r\n"),
        hosts("a Host with two ports", "Host: a:1:2\r\n"),
        hosts("a Host that is a script", "Host: <script>\r\n"),
        hosts("a Host with a cut address", "Host: [::1\r\n"),
        fields(
            "a large field", "X-A: \(String(repeating: "a", count: 9_000))\r\n", 431,
            "headers-too-large"),
        fields(
            "a large name", "\(String(repeating: "a", count: 9_000)): b\r\n", 431,
            "headers-too-large"),
        fields(
            "many large fields",
            (0..<5).map { "X-\($0): \(String(repeating: "a", count: 4_000))\r\n" }.joined(), 431,
            "headers-too-large"),
        fields("many fields", (0..<70).map { "X-\($0): a\r\n" }.joined(), 431, "headers-too-large"),
        fields(
            "many empty fields", (0..<5_000).map { "X\($0):\r\n" }.joined(), 431,
            "headers-too-large"),
        HostileRequest(
            "a long target", HostileRequest.get("/" + String(repeating: "a", count: 9_000)), 414,
            "target-too-long"),
        HostileRequest(
            "a long query", HostileRequest.get("/health?" + String(repeating: "a", count: 9_000)),
            414,
            "target-too-long"),
        HostileRequest(
            "a first line without end", "GET /" + String(repeating: "a", count: 100_000), 414,
            "target-too-long"),
    ]

    static let wishes: [HostileRequest] = [
        fields(
            "an upgrade to HTTP/2",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n",
            200, nil),
        fields(
            "an upgrade to a web socket",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n",
            200, nil),
        fields("an upgrade to TLS", "Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n", 200, nil),
        fields(
            "an expectation of something else (RFC 9110 section 10.1.1: may be refused)",
            "Expect: 200-ok\r\n", 200, nil),
        fields(
            "ranges of an answer that has none", "Range: bytes=0-0,-1,1-9999999999999999999\r\n",
            200, nil),
        fields(
            "very many ranges",
            "Range: bytes=\((0..<1_000).map { "\($0)-" }.joined(separator: ","))\r\n", 200, nil),
        fields(
            "a Connection field that names Host", "Connection: close, Host, Content-Length\r\n",
            200, nil),
        fields(
            "a trace that is none",
            "traceparent: 00-\(String(repeating: "0", count: 32))-zz-01\r\n", 200, nil),
        fields("an id that would break a line", "X-Request-ID: a\u{1}b\r\n"),
        fields(
            "very many wishes for a format",
            "Accept: \((0..<1_000).map { "a/b;q=0.\($0)" }.joined(separator: ","))\r\n", 431,
            "headers-too-large"),
        fields(
            "a wish for a format with 2,000 parameters",
            "Accept: image/webp\(String(repeating: ";a=b", count: 1_900))\r\n", 200, nil),
        fields("a method in a field", "X-HTTP-Method-Override: DELETE\r\n", 200, nil),
        fields(
            "a target in a field", "X-Original-URL: /cmd/stop\r\nX-Rewrite-URL: /cmd/stop\r\n", 200,
            nil),
    ]

    static let commands: [HostileRequest] = [
        "/cmd", "/cmd/reload", "/cmd/keys", "/metrics", "/cmd%2freload", "/.env", "/.git/config",
        "/.well-known/security.txt", "/v1", "/v1/", "/v1/process/", "/V1/process", "/v1/process;a",
        "/v1%2fprocess", "/./v1/process", "/health/../cmd/reload", "/health/",
    ].map { target in
        // What is no path of ours could be a signed URL, and those are answered in one line.
        let isOurs = ["/cmd", "/metrics", "/.well-known", "/v1", "/health"].contains {
            target == $0 || target.hasPrefix($0 + "/")
        }
        return HostileRequest(
            "GET \(target)", HostileRequest.get(target), 404,
            isOurs ? "not-found" : nil)
    }

    @Test("names, values and their size", arguments: names)
    func name(_ request: HostileRequest) async throws { try await request.check(Served.service) }

    @Test("wishes", arguments: wishes)
    func wish(_ request: HostileRequest) async throws { try await request.check(Served.service) }

    @Test("paths that are none here", arguments: commands)
    func command(_ request: HostileRequest) async throws { try await request.check(Served.service) }
}
