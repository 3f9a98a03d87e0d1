import TestSupport
import Testing

@Suite(
    "Servers that send what they should not", .ownProcess,
    Fetching(
        .loopback(["127.0.0.1", "127.0.0.2"]), untouched: ["127.0.0.2"],
        """
        sources: {ports: '{port}', addresses: 127.0.0.1/32, failure_cache: 0s, breaker_failures: 10000}
        """))
struct HostileOriginTests {
    /// The redirect of the hostile server to any address.
    private static func to(_ target: String, _ refusal: Refusal) -> HostileSource {
        HostileSource("/to?\(target)", refusal)
    }

    private static let metadata = Refusal.address("169.254.169.254", "link-local")
    private static let notHTTP = Refusal.unreachable("no answer: it is not HTTP")
    private static let longHead = Refusal.unreachable("no answer: its head is too long")
    private static let reset = Refusal.unreachable(
        "no answer: the server has reset the connection")

    static let redirects: [HostileSource] = [
        to("http://169.254.169.254/latest/meta-data/", metadata),
        to("//169.254.169.254/latest/meta-data/", metadata),
        to("http://[::ffff:169.254.169.254]/", metadata),
        to("http://[64:ff9b::a9fe:a9fe]/", metadata),
        to("http://127.0.0.2:{port}/good.png", .address("127.0.0.2", "loopback")),
        to("http://[::1]:{port}/good.png", .address("::1", "loopback")),
        to("http://10.0.0.1/", .address("10.0.0.1", "private")),
        to("http://127.0.0.1:22/", .port(22)), to("http://127.0.0.1:6379/", .port(6379)),
        to("http://127.0.0.1:0/", .badRedirect), to("http://2852039166/", .badRedirect),
        to("http://0xa9.254.169.254/", .badRedirect), to("http://169.254.43518/", .badRedirect),
        to("http://127.0.0.1:{port}@127.0.0.2/", .badRedirect),
        to("http://u:p@127.0.0.1:{port}/good.png", .badRedirect),
        to("http://127.0.0.1\u{3002}/", .badRedirect), to("http://[fe80::1%lo]/", .badRedirect),
        to("file:///etc/passwd", .badRedirect), to("gopher://127.0.0.1/_a", .badRedirect),
        to("ftp://127.0.0.1/a", .badRedirect), to("javascript:alert(1)", .badRedirect),
        to("data:image/png;base64,AAAA", .badRedirect), to("local:///public/a.png", .badRedirect),
        to("s3://bucket/key", .badRedirect), to("unix:/run/a", .badRedirect),
        to("http+unix://%2Frun%2Fa/", .badRedirect), to("http:/good.png", .badRedirect),
        to("http:///good.png", .badRedirect), to("\\\\127.0.0.2\\a", .badRedirect),
        to("/\\127.0.0.2/a", .badRedirect),
        to("http://127.0.0.1:{port}/good.png\u{7F}", notHTTP),
        to("", .badRedirect), .init("/no-location", .badRedirect),
        .init("/empty-location", .badRedirect), .init("/loop", .tooManyRedirects),
        .init("/hops/4", .tooManyRedirects), .init("/hops/9", .tooManyRedirects),
    ]

    static let statuses: [(Int, Int)] = [
        (400, 400), (401, 401), (402, 402), (403, 403), (404, 404), (407, 407), (410, 410),
        (416, 416), (418, 418), (429, 429), (451, 451), (499, 499), (500, 502), (502, 502),
        (503, 502), (504, 502), (511, 502), (599, 502), (201, 404), (202, 404), (203, 404),
        (204, 404), (205, 404), (206, 404), (207, 404), (226, 404), (299, 404), (300, 404),
        (304, 404), (305, 404), (306, 404), (399, 404), (600, 404), (999, 404),
    ]

    private static func broken(_ path: String) -> HostileSource {
        HostileSource(path, notHTTP)
    }

    static let messages: [HostileSource] = [
        .init("/length-long", .incomplete), .init("/chunk-cut", .incomplete),
        .init("/chunk-no-end", .incomplete), .init("/reset-in-body", .incomplete),
        .init("/length-huge", .tooLarge), broken("/length-overflow"), broken("/length-negative"),
        broken("/length-plus"), broken("/length-hex"), broken("/length-list"),
        broken("/two-lengths"), .init("/chunk-no-number", .incomplete),
        .init("/chunk-overflow", .incomplete),
        .init("/endless-chunks", .tooLarge), .init("/endless-body", .tooLarge),
        .init("/large.png", .tooLarge), .init("/endless-head", longHead),
        .init("/endless-field", longHead),
        .init("/many-fields", longHead), .init("/long-field", longHead),
        .init("/endless-trailer", .incomplete),
        .init(
            "/endless-extension",
            .unreachable("no answer: its framing is larger than what is framed")),
        .init("/gzip", .compressed), .init("/brotli", .compressed),
        .init("/deflate-later", .compressed), .init("/gzip-second-field", .compressed),
        .init("/gzip-transfer", .compressed), .init("/partial", .answered(404, 206)),
        broken("/garbage"), broken("/tls"), broken("/ssh"), broken("/redis"), broken("/http-0.9"),
        broken("/http-2"), broken("/http-2-preface"), broken("/version-9"), broken("/request"),
        broken("/field-no-colon"), broken("/field-zero"), broken("/field-name"),
        .init("/closed", .unreachable("no answer: the server has closed the connection")),
        broken("/head-cut"),
        .init("/reset", reset),
        .init("/reset-in-head", reset),
        .init("/switching", .answered(404, 101)),
    ]

    private static let noImage = Refusal(
        status: 422, text: "Invalid source image",
        reason: "The bytes are no image of a known format. Send one of jpeg, png, webp, gif, tiff, "
            + "avif, heic, jxl, jp2, bmp, ico, svg, pdf.")
    private static let empty = Refusal(
        status: 422, text: "Failed to detect source image type", reason: "it has no bytes")

    static let bodies: [HostileSource] = [
        .init("/html", noImage), .init("/text", noImage),
        .init("/empty", empty), .init("/length-zero", empty),
    ]

    @Test("a redirect to where no request may lead", arguments: redirects)
    func redirectsRefused(_ source: HostileSource) async throws {
        var path = source.address
        if path.hasPrefix("/to?") {
            let port = "\(try Fetching.origin.port)"
            let target = String(path.dropFirst(4)).replacing("{port}", with: port)
            path = "/to?" + SourceForm.escaped(target)
        }
        try await Fetching.expect(HostileSource("http://127.0.0.1:{port}\(path)", source.refusal))
    }

    @Test("a status other than 200, whatever comes with it", arguments: statuses)
    func statusesRefused(_ status: Int, _ expected: Int) async throws {
        try await Fetching.expect(
            HostileSource("http://127.0.0.1:{port}/status/\(status)", .answered(expected, status)))
    }

    @Test("a message that is none, or lies about its length", arguments: messages)
    func messagesRefused(_ source: HostileSource) async throws {
        try await Fetching.expect(
            HostileSource("http://127.0.0.1:{port}\(source.address)", source.refusal))
    }

    @Test("a body that is no image, whatever its type says", arguments: bodies)
    func bodiesRefused(_ source: HostileSource) async throws {
        try await Fetching.expect(
            HostileSource("http://127.0.0.1:{port}\(source.address)", source.refusal))
    }

    static let images: [(path: String, text: String, problem: String)] = [
        ("/damaged.png", "Broken or unsupported image", "broken-image"),
        ("/truncated.png", "Broken or unsupported image", "broken-image"),
        ("/svg", "Invalid source image", "unsupported-type"),
        ("/signature-only.png", "Invalid source image", "unsupported-type"),
        ("/length-short", "Broken or unsupported image", "broken-image"),
        ("/bomb.png", "Invalid source image", "over-limit"),
    ]

    @Test("an image that is broken, which only its decoder finds", arguments: images)
    func imagesRefused(path: String, text: String, problem: String) async throws {
        let answer = try await Fetching.fetch("http://127.0.0.1:{port}\(path)")
        #expect(answer.status == 422 && answer.text == text, "\(answer.text)")
        let lines = try await Fetching.lines(of: answer, "request")
        #expect(lines.count == 1 && lines.first?["problem"].text == problem, "\(lines)")
    }

    @Test(
        "what is sent rightly is an image",
        arguments: [
            "/good.png", "/chunked.png", "/close-delimited.png", "/hops/3", "/to?good.png",
            "/to?%2Fgood.png%3Fa%3Db", "/continue-then-good.png", "/a/to?..%2Fgood.png",
        ])
    func good(_ path: String) async throws {
        try await Fetching.expectImage("http://127.0.0.1:{port}\(path)")
    }
}

@Suite(
    "Servers that take their time", .ownProcess,
    Fetching(
        .loopback(["127.0.0.1"]),
        """
        sources:
          ports: '{port}'
          addresses: 127.0.0.0/8
          answer_timeout: 1s
          timeout: 2s
          failure_cache: 0s
          breaker_failures: 10000
        """))
struct SlowOriginTests {
    static let paths = [
        "/silent", "/silent-in-head", "/silent-in-body", "/drip-status", "/drip-head",
        "/drip-body", "/drip-chunks", "/drip-continue",
    ]

    @Test("are left at the deadline, however busy they look")
    func slow() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for path in Self.paths {
                group.addTask {
                    try await Fetching.expect(
                        HostileSource("http://127.0.0.1:{port}\(path)", .tooLate))
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("and one that does not is heard")
    func good() async throws {
        try await Fetching.expectImage("http://127.0.0.1:{port}/good.png")
    }
}
