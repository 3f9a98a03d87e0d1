import Foundation
import ImageVocabulary
import Randomness
import RequestSyntax
import Testing

@testable import Supervisor

/// What `glovebox url` does. Paths and signatures are those of imgproxy's published contract.
@Suite("URLs from options")
struct URLCommandTests {
    private let folder: ConfigurationFolder

    init() throws { folder = try ConfigurationFolder() }

    private func path(
        _ wish: URLWish, _ variables: [String: String] = [:]
    ) throws -> String {
        try wish.signed(by: URLSignerTests.signer(variables, in: folder)).path
    }

    private func refusal(_ wish: URLWish, _ variables: [String: String] = [:]) throws -> String {
        let signer = try URLSignerTests.signer(variables, in: folder)
        return URLSignerTests.message { () throws(CommandFailure) in
            try wish.signed(by: signer)
        }
    }

    static let vectors: [(URLWish, String)] = [
        (
            URLWish(
                source: "http://img.example.com/pretty/image.jpg", options: ["rs:fit:300:300"]),
            "/m3k5QADfcKPDj-SDI2AIogZbC3FlAXszuwhtWXYqavc"
                + "/rs:fit:300:300/plain/http://img.example.com/pretty/image.jpg"
        ),
        (
            URLWish(
                source: "http://img.example.com/pretty/image.jpg", options: ["rs:fit:300:300"],
                format: "webp"),
            "/4O9l05QCCF-ps4Y03zzizLdmyZbPhgk_erFJt8c549g"
                + "/rs:fit:300:300/plain/http://img.example.com/pretty/image.jpg@webp"
        ),
        (
            URLWish(
                source: "http://img.example.com/pretty/image.jpg", options: ["rs:fit:300:300"],
                isPlain: false),
            "/u2SLSILeNtH2I29YXN20YiliFFEG1K3_-XKZH-t-jvM"
                + "/rs:fit:300:300/aHR0cDovL2ltZy5leGFtcGxlLmNvbS9wcmV0dHkvaW1hZ2UuanBn"
        ),
        (
            URLWish(source: "local:///test1.png", options: ["w:100", "g:sm", "bl:5"]),
            "/dt5eTGbQ50OihZK_EV1mTLNcGd_GOH4Zw_pYU6il_aQ/w:100/g:sm/bl:5/plain/local:///test1.png"
        ),
    ]

    @Test("a URL is the contract's", arguments: vectors)
    func contract(wish: URLWish, expected: String) throws {
        #expect(try path(wish) == expected)
    }

    /// Escapes as Python's urllib.parse.quote writes them, where there are any.
    static let escapes: [(String, String)] = [
        ("http://e.com/a@2x.jpg", "http://e.com/a%402x.jpg"),
        ("http://e.com/a%20b?c=%2F", "http://e.com/a%2520b%3Fc=%252F"),
        ("http://e.com/a b#c", "http://e.com/a%20b%23c"),
        ("http://e.com/grüße.jpg", "http://e.com/gr%C3%BC%C3%9Fe.jpg"),
        ("http://e.com:8080/a:/b", "http://e.com:8080/a%3A/b"),
        ("http://e.com/x/https://b.com/c", "http://e.com/x/https%3A//b.com/c"),
        ("http://e.com/plain/a+b,c;d=(e)!'~$&*", "http://e.com/plain/a+b,c;d=(e)!'~$&*"),
        ("http://[2001:db8::1]/a[1].jpg", "http://%5B2001:db8::1%5D/a%5B1%5D.jpg"),
        ("local:///a/b c.png", "local:///a/b%20c.png"),
        ("http://e.com/{\"a\"}|^`<>", "http://e.com/%7B%22a%22%7D%7C%5E%60%3C%3E"),
    ]

    @Test("a plain source is escaped as far as it has to be", arguments: escapes)
    func escaped(source: String, expected: String) throws {
        #expect(try path(URLWish(source: source)).hasSuffix("/plain/\(expected)"))
    }

    @Test("a source that clients would change goes as Base64, or is refused as plain")
    func dots() throws {
        var wish = URLWish(source: "http://e.com/a/../b.jpg")
        #expect(try path(wish).hasSuffix("/aHR0cDovL2UuY29tL2EvLi4vYi5qcGc"))
        wish.isPlain = true
        #expect(try refusal(wish).contains("segments of dots"))
    }

    @Test("any options and any source are read back from the URL as they were given")
    func roundTrips() throws {
        var random = RepeatableRandom(seed: 9)
        let table = ProcessingOption.all.filter { !$0.isLimit && $0.name != "preset" }
        let alphabet = Array("abz019-._~!$&'()*+,;=:@/%?# \"<>[]^`{|}é漢🙂")
        for separator in [":", ",", "~"] {
            let signer = try URLSignerTests.signer(
                ["GLOVEBOX_SIGNED_SEPARATOR": separator], in: folder)
            for _ in 0..<300 {
                let chosen = (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
                    table.randomElement(using: &random)
                }
                // Both would refuse the rest of the path's options.
                let options = chosen.filter { $0.name != "expires" && $0.name != "color_profile" }
                    .map { "\($0.names.randomElement(using: &random) ?? $0.name):\($0.example)" }
                let tail = (0..<Int.random(in: 0...24, using: &random)).compactMap { _ in
                    alphabet.randomElement(using: &random)
                }
                let wish = URLWish(
                    source: "https://example.com/\(String(tail))", options: options,
                    format: Bool.random(using: &random) ? "webp" : nil,
                    isPlain: Bool.random(using: &random) ? nil : false)
                let path = try wish.signed(by: signer).path
                let isPath = path.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3F }
                #expect(isPath)
                let signed = try SignedPath(path)
                #expect(signer.signing.signature.accepts(signed))
                let read = try SignedRequest(signed, signer.signing.grammar)
                var expected = try OptionParser.options(options)
                if wish.format != nil, !expected.delivery.raw { expected.plan.format = .webp }
                #expect(read.source == wish.source)
                #expect(read.options == expected, "\(path)")
                // Nor does a parser of URLs change any of it.
                let url = try #require(URL(string: "http://127.0.0.1\(path)"))
                #expect(url.path(percentEncoded: true) == path)
            }
        }
    }

    static let refusals: [(URLWish, String)] = [
        (URLWish(source: "example.com/a.jpg"), "no scheme"),
        (URLWish(source: "ftp://a/b"), "https, http, local and s3"),
        (URLWish(source: "http://me@a/b"), "user or a password"),
        (URLWish(source: "http://a", options: ["w"]), "a colon and a value"),
        (URLWish(source: "http://a", options: ["blurr:1"]), "Did you mean blur"),
        (URLWish(source: "http://a", options: ["fn:a/b"]), "in URL-safe Base64, with :1"),
        (URLWish(source: "http://a", options: ["fn:a b"]), "A space cannot stand"),
        (URLWish(source: "http://a", options: ["cb:1?2"]), "The character ? cannot stand"),
        (URLWish(source: "http://a", format: "docx"), "format"),
        (URLWish(source: "http://a", options: ["exp:1"]), "expired already"),
    ]

    @Test("what cannot be wished is refused with a reason", arguments: refusals)
    func refused(wish: URLWish, reason: String) throws {
        let signer = try URLSignerTests.signer(in: folder, now: 1_000)
        let message = URLSignerTests.message { () throws(CommandFailure) in
            try wish.signed(by: signer)
        }
        #expect(message.contains(reason), "\(message)")
    }

    @Test("where only presets are allowed their names alone stand in the path")
    func presets() throws {
        let settings = [
            "GLOVEBOX_OPTIONS_PRESETS": "thumb=w:10,grey=sa:0",
            "GLOVEBOX_OPTIONS_ONLY_PRESETS": "true",
        ]
        let wish = URLWish(source: "http://a", options: ["pr:thumb", "pr:grey"])
        #expect(try path(wish, settings).hasSuffix("/thumb:grey/plain/http://a"))
        #expect(try refusal(URLWish(source: "http://a"), settings).contains("-O pr:NAME"))
        #expect(
            try refusal(URLWish(source: "http://a", options: ["w:1"]), settings)
                .contains("Only presets"))
    }

    @Test("a value with the separator in it cannot be written, and none goes out half read")
    func separator() throws {
        // Read by a service with the comma between arguments this would be "aa".
        let wish = URLWish(source: "http://a", options: ["fn:YWE,1"])
        #expect(try refusal(wish).isEmpty)
        #expect(
            try refusal(wish, ["GLOVEBOX_SIGNED_SEPARATOR": ","]).contains("signed.separator"))
    }

    @Test("without a signature a word stands in its place, and no key is needed")
    func unsigned() throws {
        let signer = try URLSignerTests.signer(
            ["GLOVEBOX_KEY": "", "GLOVEBOX_SALT": ""], in: folder, isUnsigned: true)
        let signed = try URLWish(source: "http://a", options: ["w:1"]).signed(by: signer)
        #expect(signed.path == "/unsafe/w:1/plain/http://a")
    }

    @Test("a URL is answered for a second up to ten years")
    func expiry() throws {
        #expect(try URLCommand.expiry(nil, now: 100) == [])
        for (text, end) in [("1", 101), ("1h", 3_700), ("3650d", 315_360_100)] {
            #expect(try URLCommand.expiry(text, now: 100) == ["exp:\(end)"])
        }
        for text in ["0", "999ms", "3651d", "tomorrow", "-1s", ""] {
            let message = URLSignerTests.message { () throws(CommandFailure) in
                try URLCommand.expiry(text, now: 100)
            }
            #expect(
                message.hasPrefix("--expires is \"\(text)\"") && message.contains("1s to 3650d"))
        }
    }

    @Test(
        "a base is what URLs begin with",
        arguments: [
            ("https://images.example.com/", "https://images.example.com"),
            ("http://10.0.0.1:8080", "http://10.0.0.1:8080"),
            ("https://example.com/cdn/", "https://example.com/cdn"),
        ])
    func base(given: String, expected: String) throws {
        #expect(try URLCommand.base(given, ServiceConfiguration()) == expected)
    }

    @Test("without a base it is where the service listens, and what is none is refused")
    func noBase() throws {
        #expect(try URLCommand.base(nil, ServiceConfiguration()) == "http://127.0.0.1:8080")
        for base in ["example.com", "http://a/?b", "http://a/#b", "ftp://a", "http://me@a", ""] {
            #expect(throws: CommandFailure.self) {
                try URLCommand.base(base, ServiceConfiguration())
            }
        }
    }
}
