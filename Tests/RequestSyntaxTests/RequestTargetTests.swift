import RequestSyntax
import Testing

@Suite("Request targets and hosts")
struct RequestTargetTests {
    @Test(
        "the four forms of RFC 9112 section 3.2, and what becomes of them",
        arguments: [
            ("/where?q=now", RequestTarget.origin("/where?q=now")),
            ("//double", .origin("//double")),
            ("http://www.example.org/pub/WWW/TheProject.html", .origin("/pub/WWW/TheProject.html")),
            ("HTTPS://x:8443/a?b=/c", .origin("/a?b=/c")), ("http://x", .origin("/")),
            ("http://x?a=b", .origin("/?a=b")), ("http://[::1]:80/a", .origin("/a")),
            ("http://x//a", .origin("//a")), ("*", .asterisk),
            ("www.example.com:80", nil), ("", nil), ("where", nil), ("http:///a", nil),
            ("http://user:password@x/a", nil), ("ftp://x/a", nil), ("http:/x/a", nil),
            ("/a b", nil), ("/a#b", nil), ("http://x#b", nil), ("/\u{e9}", nil), ("/\u{7f}", nil),
            ("**", nil),
        ])
    func forms(_ text: String, _ expected: RequestTarget?) {
        #expect(RequestTarget(text) == expected)
    }

    @Test(
        "what may stand in a Host field (RFC 9110 section 7.2, RFC 3986 section 3.2.2)",
        arguments: [
            "localhost", "example.org:8080", "127.0.0.1", "[::1]", "[2001:db8::1]:80", "",
            "a-b_c.d~e", "x:", "%41.example",
        ])
    func host(_ value: String) {
        #expect(HostField.isValid(value))
    }

    @Test(
        "what may not",
        arguments: [
            "a b", "a@b", "a/b", "a?b", "a#b", "::1", "[::1", "[]", "a:b", "a:80:80", "[::1]x",
            "a\u{e9}", "a,b\"", "a:-1",
        ])
    func noHost(_ value: String) {
        #expect(!HostField.isValid(value))
    }
}
