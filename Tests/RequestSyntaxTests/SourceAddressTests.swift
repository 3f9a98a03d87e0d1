import RequestSyntax
import Testing

@Suite("Addresses of sources")
struct SourceAddressTests {
    static let good: [(String, String)] = [
        ("http://example.com", "http://example.com/"),
        ("HTTP://Example.COM/A?b=C#d", "http://example.com/A?b=C"),
        ("https://example.com.:443/x", "https://example.com/x"),
        ("http://example.com:8080?q", "http://example.com:8080/?q"),
        ("http://93.184.216.34/x", "http://93.184.216.34/x"),
        ("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81/"),
        ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"),
        ("http://a_b.example/x y\u{e9}", "http://a_b.example/x%20y%C3%A9"),
        ("http://example.com/a%20b", "http://example.com/a%20b"),
        ("http://example.com:/", "http://example.com/"),
    ]

    @Test("a web address is told by its parts", arguments: good)
    func remote(text: String, normal: String) throws {
        guard case .remote(let address) = try SourceAddress(text) else {
            Issue.record("no web address")
            return
        }
        #expect(address.text == normal)
    }

    /// What browsers, libraries and proxies read differently, and what hides a host.
    static let bad: [String] = [
        "", "example.com/a", "//example.com/", "http:/example.com", "http:example.com",
        "http://", "http:///a", "ftp://example.com/", "file:///etc/passwd", "gopher://a/",
        "unix:///run/a", "http+unix://%2Frun/a", "javascript://a", "data://text/plain,a",
        "http://user@example.com/", "http://good.example@evil.example/", "http://a:b@c/",
        "http://good.example\\@evil.example/", "http://evil.example\\.good.example/",
        "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/",
        "http://0x7f.1/", "http://1.2.3.4.5/", "http://256.1.1.1/", "http://1.2.3/",
        "http://a.1/", "http://127.0.0.1.0x1/", "http://[::1/", "http://[::1]a/",
        "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[1::2::3]/",
        "http://[::127.1]/", "http://[12345::]/", "http://[]/", "http://exa mple.com/",
        "http://ex\u{E4}mple.com/", "http://\u{FF45}xample.com/", "http://example\u{3002}com/",
        "http://exam\u{AD}ple.com/", "http://example.com:99999/", "http://example.com:0/",
        "http://example.com:8a/", "http://example.com:-1/", "http://\u{212A}ocalhost/",
        "http://a\u{301}@b/", "http://a..b/", "http://.a/",
        "http://-a.example/", "http://a-.example/", "http://%65xample.com/", "http://a/\u{0}",
        "http://a/\r\nHost: b", "http://a\t.example/", "local://etc/passwd", "local:///",
        "local:///../a", "local:///a/../../b", "local:///a%2F..%2Fb", "local:///a\\b",
        "local:////etc", "s3://b/k", "s3://bucket", "s3://bucket/", "s3://buc_ket/k",
        "s3://bucket/k?versionId=1",
        "s3://bucket/../other/k", "s3:///k", "http://" + String(repeating: "a", count: 5_000),
        "http://" + String(repeating: "a", count: 64) + ".example/",
    ]

    @Test("an address that may be read in two ways, or of another kind, is refused", arguments: bad)
    func refused(text: String) {
        #expect(throws: SourceAddressError.self) { try SourceAddress(text) }
    }

    @Test(
        "a target is sent as it is parsed: everything is escaped that a library would escape again",
        arguments: [
            ("/a b", "/a%20b"), ("/[a]%20b", "/%5Ba%5D%20b"), ("/a%", "/a%25"), ("/a%2", "/a%252"),
            ("/a%zz%41", "/a%25zz%41"), ("/a#\u{301}b?c", "/a"), ("/a?b=#\u{301}", "/a?b="),
            ("/x?sig=a%2Bb%2F&x[]=1", "/x?sig=a%2Bb%2F&x%5B%5D=1"), ("?a", "/?a"),
            ("/\u{E4}?\u{301}", "/%C3%A4?%CC%81"),
        ])
    func targets(_ written: String, _ sent: String) throws {
        guard case .remote(let address) = try SourceAddress("http://a.example\(written)") else {
            Issue.record("it is not remote")
            return
        }
        #expect(address.target == sent)
        #expect(try SourceAddress(address.text) == .remote(address))
    }

    @Test("files and objects are told by name")
    func others() throws {
        guard case .local(let path) = try SourceAddress("local:///a%20b/c.jpg?v=1") else {
            Issue.record("no file")
            return
        }
        #expect(path.text == "a b/c.jpg")
        #expect(
            try SourceAddress("s3://my-bucket/a/b.jpg")
                == .bucket(name: "my-bucket", key: "a/b.jpg"))
    }
}
