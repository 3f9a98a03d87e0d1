import TestSupport
import Testing

@Suite(
    "Hostile requests: what is asked for", .ownProcess,
    Served { workspace in
        try workspace.write(SampleFormat.png.file, to: "images/a.png")
        try workspace.write(SampleFormat.png.file, to: "images/folder/b.png")
    })
struct HostileRequestTargetTests {
    private static func target(
        _ what: String, _ target: String, _ status: Int = 400,
        _ problem: String? = "malformed-request"
    ) -> HostileRequest {
        HostileRequest(what, HostileRequest.get(target), status, problem)
    }

    /// A path that must not lead to a file, or out of the folder.
    private static func path(_ what: String, _ path: String) -> HostileRequest {
        target(what, "/v1/images/\(path)", 404, "not-found")
    }

    private static func line(_ what: String, _ line: String) -> HostileRequest {
        .malformed(
            what, "\(line)\r\n\(HostileRequest.host)\(HostileRequest.close)\r\n")
    }

    static let targets: [HostileRequest] = [
        target("a target without a slash", "v1/images/a.png"),
        target("a target that begins with a question mark", "?a=b"),
        target("a host for a target", "localhost:80"),
        target("the server for a target of GET", "*"),
        target("a target with a user", "http://user@localhost/health"),
        target("a target with a user and a password", "http://user:secret@localhost/health"),
        target("a target with an empty user", "http://@localhost/health"),
        target("a target of another scheme", "ftp://localhost/health"),
        target("a target of a file", "file:///etc/passwd"),
        target("a target of a script", "javascript:alert(1)"),
        target("a target with a fragment", "/health#a", 400, "malformed-request"),
        target("a target with a NUL", "/health\u{0}"),
        target("a target with a byte beyond ASCII", "/v1/images/\u{e9}.png"),
        target("a target with a tab", "/health\ta"),
        target("a target with a delete", "/health\u{7f}"),
        target("two slashes, which name nobody", "//localhost/health", 404, nil),
        target(
            "another service's name, which is ours to ignore", "http://else.where/health", 200, nil),
        HostileRequest(
            "a tunnel", "CONNECT localhost:22 HTTP/1.1\r\n\(HostileRequest.host)\r\n", 405,
            "method-not-allowed"),
        HostileRequest(
            "a tunnel to a path", "CONNECT /health HTTP/1.1\r\n\(HostileRequest.host)\r\n", 405,
            "method-not-allowed"),
    ]

    static let paths: [HostileRequest] = [
        path("a step up", "../a.png"), path("a step up in the middle", "folder/../a.png"),
        path("an escaped step up", "%2e%2e/a.png"), path("half an escaped step", ".%2e/a.png"),
        path("an escaped slash in a step up", "..%2fa.png"),
        path("a step up behind a backslash", "..\\a.png"),
        path("a step up behind an escaped backslash", "..%5ca.png"),
        path("a step escaped twice", "%252e%252e/a.png"),
        path("a slash escaped twice", "folder%252fb.png"),
        path("a slash in two bytes (RFC 3629 section 10)", "folder%c0%afb.png"),
        path("a slash in three bytes", "folder%e0%80%afb.png"),
        path("a point in two bytes", "%c0%ae%c0%ae/a.png"),
        path("a NUL in two bytes", "a.png%c0%80"), path("a NUL", "a.png%00"),
        path("a NUL before an extension", "a.txt%00.png"), path("a line feed", "a.png%0a"),
        path("a field behind a path", "a.png%0d%0aX-Injected:%20a"),
        path("a surrogate", "%ed%a0%80.png"), path("a byte that is no UTF-8", "%ff.png"),
        path("a cut escape", "a.png%2"), path("an escape that is none", "%zz.png"),
        path("an escape of IIS", "%u002e%u002e/a.png"), path("an empty segment", "folder//b.png"),
        path("a slash at the start", "/a.png"), path("an escaped slash at the start", "%2fa.png"),
        path("a slash at the end", "a.png/"), path("a point", "./a.png"),
        path("no name", ""), path("a folder", "folder"), path("a drive", "C:%5ca.png"),
        path("a stream", "a.png::$DATA"), path("a parameter", "a.png;x=1"),
        path("a full-width point", "%ef%bc%8e%ef%bc%8e/a.png"),
        path("the process's memory", "..%2f..%2f..%2fproc%2fself%2fmem"),
        path("a very long name", String(repeating: "a", count: 1_100)),
        path("a segment that no file system has", String(repeating: "a", count: 300)),
        path("very many segments", String(repeating: "a/", count: 500) + "b"),
        HostileRequest(
            "an escaped slash, which separates like a plain one",
            HostileRequest.get("/v1/images/folder%2fb.png/info"), 200, nil),
    ]

    static let lines: [HostileRequest] = [
        line("HTTP/0.9", "GET /health"), line("HTTP/1.2", "GET /health HTTP/1.2"),
        line("HTTP/2.0", "GET /health HTTP/2.0"), line("HTTP/3", "GET /health HTTP/3"),
        line("HTTP/11", "GET /health HTTP/11"), line("HTTP/1.", "GET /health HTTP/1."),
        line("http/1.1", "GET /health http/1.1"),
        line("a name that is none", "GET /health HTCPCP/1.0"),
        line("a version and more", "GET /health HTTP/1.1 a"),
        HostileRequest(
            "two spaces, which may be read as one (RFC 9112 section 3)",
            "GET  /health HTTP/1.1\r\n\(HostileRequest.host)\(HostileRequest.close)\r\n", 200, nil),
        line("a tab", "GET\t/health\tHTTP/1.1"),
        line("a space first", " GET /health HTTP/1.1"), line("no method", "/health HTTP/1.1"),
        line("a method in small letters", "get /health HTTP/1.1"),
        line("a method that is none", "G@T /health HTTP/1.1"),
        line("a method with a NUL", "GE\u{0}T /health HTTP/1.1"),
        line("a very long method", String(repeating: "A", count: 5_000) + " / HTTP/1.1"),
        .malformed("the greeting of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        .malformed(
            "the greeting of TLS",
            [0x16, 3, 1, 0, 0xA5, 1, 0, 0, 0xA1, 3, 3] + [UInt8](repeating: 0xAB, count: 160)),
        .malformed("the greeting of SSH", "SSH-2.0-OpenSSH_9.9\r\n"),
        .malformed(
            "a proxy's greeting",
            "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + HostileRequest.get("/health")),
        .malformed(
            "a line feed for a line's end",
            "GET /health HTTP/1.1\nHost: localhost\nConnection: close\n\n"),
        .malformed(
            "a carriage return for a line's end",
            "GET /health HTTP/1.1\rHost: localhost\rConnection: close\r\r"),
    ]

    static let methods: [HostileRequest] =
        ["PUT", "DELETE", "PATCH", "TRACE", "POST"].map { method($0, 405, "method-not-allowed") }
        + ["PROPFIND", "MKCOL"].map { method($0, 501, "unknown-method") }

    private static func method(
        _ method: String, _ status: Int, _ problem: String
    ) -> HostileRequest {
        HostileRequest(
            "\(method) of an image",
            "\(method) /v1/images/a.png HTTP/1.1\r\n"
                + "\(HostileRequest.host)\(HostileRequest.close)\r\n", status, problem)
    }

    @Test("the target", arguments: targets)
    func target(_ request: HostileRequest) async throws { try await request.check(Served.service) }

    @Test("a path to an image", arguments: paths)
    func path(_ request: HostileRequest) async throws { try await request.check(Served.service) }

    @Test("the first line", arguments: lines)
    func line(_ request: HostileRequest) async throws { try await request.check(Served.service) }

    @Test("a method that does not apply", arguments: methods)
    func method(_ request: HostileRequest) async throws { try await request.check(Served.service) }
}
