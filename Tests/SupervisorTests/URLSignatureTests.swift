import RequestSyntax
import Testing

@testable import Supervisor

/// The vectors are those that imgproxy publishes, and others made with a second implementation.
@Suite("Signatures of URLs")
struct URLSignatureTests {
    private static func hex(_ text: String) -> [UInt8] {
        stride(from: 0, to: text.count, by: 2).compactMap { index in
            let start = text.index(text.startIndex, offsetBy: index)
            return UInt8(text[start..<text.index(start, offsetBy: 2)], radix: 16)
        }
    }

    private static let long = URLSignature.Pair(
        key: hex("943b421c9eb07c830af81030552c86009268de4e532ba2ee2eab8247c6da0881"),
        salt: hex("520f986b998545b4785e0defbc4f3c1203f22de2374a3d53cb7a7fe9fea309c5"))

    private static func pair(_ key: String, _ salt: String) -> URLSignature.Pair {
        URLSignature.Pair(key: Array(key.utf8), salt: Array(salt.utf8))
    }

    static let vectors: [(URLSignature.Pair, String, String, String)] = [
        (
            pair("secret", "hello"),
            "/rs:fill:300:400:0/g:sm/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn.png",
            "oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH8", ""
        ),
        (
            pair("test-key", "test-salt"), "/asd",
            "oWaL7QoW5TsgbuiS9-5-DI8S3Ibbo1gdB2SteJh3a20", "oWaL7QoW5Ts"
        ),
        (
            pair("test-key2", "test-salt2"), "/asd",
            "jYz1UZ7j1BCdSzH3pZhaYf0iuz0vusoOTdqJsUT6WXI", ""
        ),
        (
            long, "/rs:fit:300:300/plain/http://img.example.com/pretty/image.jpg",
            "m3k5QADfcKPDj-SDI2AIogZbC3FlAXszuwhtWXYqavc", "m3k5QADfcKM"
        ),
        (
            long, "/rs:fit:300:300/plain/http://img.example.com/pretty/image.jpg@webp",
            "4O9l05QCCF-ps4Y03zzizLdmyZbPhgk_erFJt8c549g", "4O9l05QCCF8"
        ),
        (
            long, "/rs:fit:300:300/aHR0cDovL2ltZy5leGFtcGxlLmNvbS9wcmV0dHkvaW1hZ2UuanBn",
            "u2SLSILeNtH2I29YXN20YiliFFEG1K3_-XKZH-t-jvM", "u2SLSILeNtE"
        ),
        (
            long, "/rs:fit:300:300/aHR0cDovL2ltZy5l/eGFtcGxlLmNvbS9wcmV0dHkvaW1hZ2UuanBn.png",
            "ylJbE1gI_LbrXEFz6DlGWMXV1OLUtQTqgUCfY-aYopM", "ylJbE1gI_LY"
        ),
        (
            long, "/plain/http://example.com/a%20b%3Fx%3D1%26y%3D2@avif",
            "tf4HhMrGqSGdZHE2N3C63Bl1pTYlPjSQpwrXMxYDbkM", "tf4HhMrGqSE"
        ),
        (
            long, "/w:100/g:sm/bl:5/plain/local:///test1.png",
            "dt5eTGbQ50OihZK_EV1mTLNcGd_GOH4Zw_pYU6il_aQ", "dt5eTGbQ50M"
        ),
    ]

    @Test("the published vectors are made and accepted", arguments: vectors)
    func vector(
        pair: URLSignature.Pair, path: String, signature: String, short: String
    ) throws {
        var signatures = URLSignature(pairs: [pair])
        #expect(signatures.text(of: path, by: pair) == signature)
        #expect(signatures.accepts(try SignedPath("/\(signature)\(path)")))
        guard !short.isEmpty else { return }
        signatures.size = 8
        #expect(signatures.text(of: path, by: pair) == short)
        #expect(signatures.accepts(try SignedPath("/\(short)\(path)")))
        #expect(!signatures.accepts(try SignedPath("/\(signature)\(path)")))
    }

    @Test("any of several pairs may have signed, and a key that was taken away may not")
    func rotation() throws {
        let (old, new) = (Self.pair("test-key", "test-salt"), Self.pair("test-key2", "test-salt2"))
        let path = try SignedPath("/oWaL7QoW5TsgbuiS9-5-DI8S3Ibbo1gdB2SteJh3a20/asd")
        #expect(URLSignature(pairs: [new, old]).accepts(path))
        #expect(!URLSignature(pairs: [new]).accepts(path))
    }

    static let wrong = [
        "_", "oWaL7QoW5TsgbuiS9-5-DI8S3Ibbo1gdB2SteJh3a21",
        "oWaL7QoW5TsgbuiS9-5-DI8S3Ibbo1gdB2SteJh3a2",
        "oWaL7QoW5TsgbuiS9-5-DI8S3Ibbo1gdB2SteJh3a20=",
        "oWaL7QoW5TsgbuiS9+5+DI8S3Ibbo1gdB2SteJh3a20", "oWaL7QoW5Ts", "unsafe", "insecure",
        "OWAL7QOW5TSGBUIS9-5-DI8S3IBBO1GDB2STEJH3A20",
    ]

    @Test(
        "a signature that is changed, cut, padded or of another alphabet is none", arguments: wrong)
    func refused(signature: String) throws {
        let signatures = URLSignature(pairs: [Self.pair("test-key", "test-salt")])
        #expect(!signatures.accepts(try SignedPath("/\(signature)/asd")))
    }

    @Test("a signature is for one path alone")
    func otherPath() throws {
        let signatures = URLSignature(pairs: [Self.pair("test-key", "test-salt")])
        let other = try SignedPath("/oWaL7QoW5TsgbuiS9-5-DI8S3Ibbo1gdB2SteJh3a20/asd/")
        #expect(!signatures.accepts(other))
    }

    @Test("a trusted text stands for a signature, letter by letter")
    func trusted() throws {
        let signatures = URLSignature(pairs: [Self.long], trusted: ["spare"])
        #expect(signatures.accepts(try SignedPath("/spare/w:1/plain/x")))
        #expect(!signatures.accepts(try SignedPath("/Spare/w:1/plain/x")))
    }

    @Test("a pair is never shown")
    func secret() {
        #expect("\(Self.long)" == "(set)")
        var text = ""
        dump(Self.long, to: &text)
        #expect(!text.contains("148"))
    }
}
