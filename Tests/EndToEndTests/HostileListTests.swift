import TestSupport
import Testing

@Suite(
    "Addresses that look like those of the list", .ownProcess,
    Fetching(
        .loopback(["127.0.0.1", "127.0.0.3"]), untouched: ["127.0.0.3"],
        """
        sources:
          ports: '{port}'
          addresses: 127.0.0.0/8
          failure_cache: 0s
          breaker_failures: 10000
          allowed: 'http://127.0.0.1:{port}/photos/,http://127.0.0.1:{port}/exact,\\
            http://127.0.*.1:{port}/star/,http://good.example,http://*.wild.example/,\\
            http://img*.pre.example/,https://secure.example/,http://[::1]:{port}/six/,\\
            local:///public/'
        """.replacing("\\\n    ", with: "")))
struct HostileListTests {
    private static func outside(_ address: String) -> HostileSource {
        // The log has the path that is asked for, and no query.
        let shown = address.prefix { $0 != "?" && $0 != "#" }
        let isWhole =
            shown.split(separator: "/").count > 2 || !shown.hasPrefix("http") || shown.last == "/"
        return HostileSource(address, .notListed(isWhole ? String(shown) : "\(shown)/"))
    }

    private static let user = Refusal.malformed("it holds a user or a password")
    private static let noName = Refusal.malformed("its host is no name")
    private static let backslash = Refusal.malformed("it holds a backslash")

    static let hosts: [HostileSource] = [
        .init("http://good.example@evil.example/", user),
        .init("http://good.example:80@127.0.0.3:{port}/photos/", user),
        .init(
            "http://127.0.0.1:{port}/@127.0.0.3:{port}/",
            .notListed(
                "http://127.0.0.1:{port}/@127.0.0.3:{port}/")),
        outside("http://good.example.evil.example/"), outside("http://good.exampleevil/"),
        outside("http://good.example-evil.example/"), outside("http://evil-good.example/"),
        outside("http://evil.example/good.example/"),
        outside("http://evil.example/?http://good.example/"),
        outside("http://evil.example/#http://good.example/"), outside("http://good/"),
        outside("http://example/"), outside("http://www.good.example/"),
        outside("http://good.example:8080/"), outside("https://good.example/"),
        outside("http://good.example:443/"), outside("http://secure.example/"),
        outside("https://secure.example:80/"), outside("https://secure.example:8443/"),
        outside("http://wild.example/"), outside("http://evilwild.example/"),
        outside("http://a.wild.example.evil.example/"), outside("http://a.wild.examples/"),
        outside("http://evil.example/.wild.example/"),
        outside("http://evil.example?.wild.example/"),
        outside("http://evil.example#.wild.example/"), outside("http://a.wild.example:81/"),
        .init("http://evil.example\\.wild.example/", backslash),
        .init("http://evil.example@.wild.example/", user),
        .init("http://evil.example:80.wild.example/", .malformed("its port is none")),
        .init("http://evil.example%2f.wild.example/", noName),
        .init("http://evil.example%23.wild.example/", noName),
        .init("http://.wild.example/", noName), .init("http://*.wild.example/", noName),
        outside("http://img.pre.example.evil.example/"), outside("http://evil.img.pre.example/"),
        outside("http://127.0.0.3:{port}/photos/good.png"),
        outside("http://127.0.0.3:{port}/star/good.png"),
        .init(
            "http://2130706433:{port}/photos/good.png",
            .malformed(
                "its host is a number, but no IPv4 address of four decimal parts")),
        outside("http://[::ffff:127.0.0.1]:{port}/photos/good.png"),
        outside("s3://bucket/photos/good.png"), outside("s3://good.example/a"),
        outside("local:///private/a.png"), outside("local:///a.png"),
        outside("local:///publicity/a.png"),
        .init(
            "local:///public/../private/a.png",
            .malformed(
                "it names no file below the image root")),
    ]

    static let paths: [String] = [
        "/good.png", "/", "", "/photos", "/photosx/good.png", "/photos.png", "/PHOTOS/good.png",
        "//photos/good.png", "/./photos/good.png", "/photos%2Fgood.png", "/%70hotos/good.png",
        "/photos/../good.png", "/photos/./../good.png", "/photos/a/../../good.png", "/photos/..",
        "/photos/%2e%2e/good.png", "/photos/%2E./good.png", "/photos/.%2e/good.png",
        "/photos/..%2fgood.png", "/photos/..%5cgood.png", "/photos/%2e%2e%2fgood.png",
        "/photos/%252e%252e/good.png", "/photos/%252e%252e%252fgood.png",
        "/photos/%25252e./good.png", "/photos/..;/good.png", "/photos/..;a=b/good.png",
        "/photos/%2e%2e%3b/good.png", "/photos/..%00/good.png", "/photos/..%2500/good.png",
        "/exactly/good.png", "/exact-good.png", "/exact/../good.png", "/stars/good.png",
        "/photos?/good.png", "/?/photos/good.png", "/#/photos/good.png",
    ]

    @Test("a host, a scheme or a port beside the list", arguments: hosts)
    func hostsRefused(_ source: HostileSource) async throws {
        for form in SourceForm.allCases { try await Fetching.expect(source, form) }
    }

    @Test("a path beside the list, or one that climbs out of it", arguments: paths)
    func pathsRefused(_ path: String) async throws {
        let path = path.prefix { $0 != "?" && $0 != "#" }
        let shown = path.isEmpty ? "/" : path
        let source = HostileSource(
            "http://127.0.0.1:{port}\(path)", .notListed("http://127.0.0.1:{port}\(shown)"))
        for form in SourceForm.allCases { try await Fetching.expect(source, form) }
    }

    @Test(
        "a redirect to an address beside the list says which",
        arguments: [
            "http://127.0.0.3:{port}/photos/good.png", "http://127.0.0.1:{port}/good.png",
            "http://evil.example/photos/good.png", "https://127.0.0.1/photos/good.png",
        ])
    func redirects(_ target: String) async throws {
        let port = "\(try Fetching.origin.port)"
        let target = target.replacing("{port}", with: port)
        let answer = try await Fetching.fetch(
            "http://127.0.0.1:{port}/photos/to?\(SourceForm.escaped(target))")
        #expect(answer.status == 404 && answer.text == "Invalid source URL")
        let lines = try await Fetching.lines(of: answer, "source not used")
        try #require(lines.count == 1)
        #expect(lines[0]["source"].text == "http://127.0.0.1:\(port)/photos/to")
        #expect(
            lines[0]["reason"].text
                == "a redirect leads to \(target), which the list of sources does not have",
            "\(lines[0])")
        #expect(
            lines[0]["setting"].text == "sources: {allowed: [\(Refusal.root(of: target))]}")
    }

    @Test(
        "what the list has is fetched",
        arguments: [
            "http://127.0.0.1:{port}/photos/good.png",
            "http://127.0.0.1:{port}/photos/a/b;c/good.png",
            "http://127.0.0.1:{port}/photos/good.png?a=/../b",
            "HTTP://127.0.0.1.:{port}/photos//good.png",
            "http://127.0.0.1:{port}/exact/good.png", "http://127.0.0.1:{port}/star/good.png",
            "http://127.0.0.1:{port}/photos/100%25/good.png", "local:///public/a.png",
        ])
    func listed(_ address: String) async throws {
        for form in SourceForm.allCases { try await Fetching.expectImage(address, form) }
    }
}
