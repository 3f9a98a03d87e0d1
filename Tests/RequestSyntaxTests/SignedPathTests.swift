import ImageVocabulary
import RequestSyntax
import Testing

/// Expected values are those of imgproxy's published contract.
@Suite("Signed paths")
struct SignedPathTests {
    @Test("the first segment is the signature, and the rest is what was signed")
    func parts() throws {
        let path = try SignedPath("/sig/w:100/plain/http://a/b.jpg")
        #expect(path.signature == "sig")
        #expect(path.signed == "/w:100/plain/http://a/b.jpg")
        #expect(try SignedPath("/img/sig/plain/x", prefix: "/img").signed == "/plain/x")
    }

    @Test(
        "a path without a signature, or with nothing behind it, is none",
        arguments: ["", "/", "//", "/sig", "/sig/", "//plain/http://a", "sig/plain/x"])
    func nothing(path: String) {
        #expect(throws: SignedPathError.noSignature) { try SignedPath(path) }
    }

    static let repairs: [(String, String)] = [
        ("/s/rs%3Afit%3A1%3A1/plain/http://a/b", "/rs:fit:1:1/plain/http://a/b"),
        ("/s/w:1/plain/http:/a/b", "/w:1/plain/http://a/b"),
        ("/s/plain/https:/a/b", "/plain/https://a/b"),
        ("/s/plain/local:/a/b", "/plain/local:///a/b"),
        ("/s/plain/local:///a/b", "/plain/local:///a/b"),
        // An escaped colon in a source is the author's, and so is a lower-case escape.
        ("/s/w%3a1/plain/http%3A%2F%2Fa", "/w%3a1/plain/http%3A%2F%2Fa"),
        // The last colon with one slash behind it is doubled, as imgproxy's pattern does.
        ("/s/plain/http://h/a:/b", "/plain/http://h/a://b"),
        ("/s/w%3A1/aHR0cA", "/w:1/aHR0cA"),
    ]

    @Test("what proxies normalise is undone before the signature is looked at", arguments: repairs)
    func repaired(path: String, signed: String) throws {
        #expect(try SignedPath(path).signed == signed)
    }

    static let sources: [(String, String, ImageFormat?)] = [
        ("/plain/http://example.com/a.jpg", "http://example.com/a.jpg", nil),
        ("/plain/http://example.com/a.jpg@png", "http://example.com/a.jpg", .png),
        ("/plain/http://example.com/a.jpg@", "http://example.com/a.jpg", nil),
        ("/plain/http://e.com/a%20b%3Fx%3D1%26y%3D2@avif", "http://e.com/a b?x=1&y=2", .avif),
        ("/plain/http://e.com/a+b%40c", "http://e.com/a+b@c", nil),
        // What the source's own address has escaped stays escaped.
        ("/plain/http:%2F%2Fe.com%2Fa%2520b", "http://e.com/a%20b", nil),
        ("/plain/http://e.com//a///b", "http://e.com//a///b", nil),
        (
            "/aHR0cDovL2ltZy5leGFtcGxlLmNvbS9wcmV0dHkvaW1hZ2UuanBn",
            "http://img.example.com/pretty/image.jpg", nil
        ),
        (
            "/aHR0cDovL2ltZy5l/eGFtcGxlLmNvbS9wcmV0dHkvaW1hZ2UuanBn.png",
            "http://img.example.com/pretty/image.jpg", .png
        ),
        ("/aHR0cDovL2E==", "http://a", nil),
    ]

    @Test("a source is plain or Base64, with or without a format", arguments: sources)
    func source(path: String, address: String, format: ImageFormat?) throws {
        let request = try SignedRequest(SignedPath("/s/w:5" + path))
        #expect(request.source == address)
        #expect(request.options.plan.format == format)
        #expect(request.options.plan.width == 5)
    }

    @Test("the format behind the source wins over an option, and neither counts for raw")
    func formats() throws {
        let plan = try SignedRequest(SignedPath("/s/f:gif/plain/http://a@webp")).options.plan
        #expect(plan.format == .webp)
        let raw = try SignedRequest(SignedPath("/s/raw:1/plain/http://a@webp")).options
        #expect(raw.plan.format == nil)
        #expect(raw.delivery.raw)
    }

    static let broken: [(String, SignedPathError)] = [
        ("/w:1", .noSource), ("/w:1/h:2", .noSource), ("/fit/300/300/plain/http://a", .basicForm),
        ("/plain/@png", .noSource), ("/plain/http://a@png@jpg", .twoExtensions),
        ("/plain/http://a%2", .sourceEscape), ("/plain/http://a%00", .sourceEscape),
        ("/plain/http://a%FF", .sourceEscape), ("/aHR0.cDov.png", .twoExtensions),
        ("/aHR0cDovL2$", .sourceBase64), ("/aHR0c", .sourceBase64), ("/plain", .sourceBase64),
        ("/_w", .sourceBase64),
    ]

    @Test("a path that says nothing clear is refused", arguments: broken)
    func refused(path: String, error: SignedPathError) {
        #expect(throws: error) { try SignedRequest(SignedPath("/s" + path)) }
    }

    @Test("an unknown option, or one with a bad value, is refused and named")
    func options() throws {
        for (path, option) in [("/blurr:1", "blurr"), ("/w:-1", "w"), ("/el:yes", "el")] {
            let error = try #require(throws: SignedPathError.self) {
                try SignedRequest(SignedPath("/s\(path)/plain/http://a"))
            }
            guard case .option(let reason) = error else {
                Issue.record("\(error)")
                continue
            }
            #expect(reason.option == option)
        }
    }

    @Test("where only presets are allowed the first segment names them")
    func onlyPresets() throws {
        var rules = OptionRules()
        rules.onlyPresets = true
        rules.presets = [
            "thumb": [WrittenOption(name: "rs", arguments: ["fill", "10", "20"])],
            "grey": [WrittenOption(name: "sa", arguments: ["0"])],
        ]
        let request = try SignedRequest(
            SignedPath("/s/thumb:grey/plain/http://a"), under: rules)
        #expect(request.options.plan.width == 10)
        #expect(request.options.plan.effects.adjustment.saturation == 0)
        #expect(throws: SignedPathError.self) {
            try SignedRequest(SignedPath("/s/w:5/plain/http://a"), under: rules)
        }
    }

    @Test("another separator, and names for search engines, are read where they are configured")
    func grammar() throws {
        var grammar = SignedRequest.Grammar()
        grammar.separator = ","
        grammar.hasFileNames = true
        let request = try SignedRequest(
            SignedPath("/s/rs,fill,7,8/aHR0cDovL2E/summer.jpg"), grammar)
        #expect(request.options.plan.height == 8)
        #expect(request.source == "http://a")
    }
}
