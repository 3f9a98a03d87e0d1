import ImageVocabulary
import Testing

@testable import RequestSyntax

@Suite("What a client accepts")
struct AcceptFieldTests {
    private static let all: [ImageFormat] = [.jxl, .avif, .webp]

    private func named(_ text: String?) -> [ImageFormat] {
        let field = AcceptField(text)
        return Self.all.filter { field.names($0) }
    }

    @Test(
        "types are named one by one, whatever their weight, case and spaces",
        arguments: [
            ("image/webp", [ImageFormat.webp]),
            ("image/avif,image/webp,*/*;q=0.8", [.avif, .webp]),
            // What Chrome 131, Firefox 133 and Safari 18 send for images.
            (
                "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", [.avif, .webp]
            ),
            (
                "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
                [.avif, .webp]
            ),
            (
                "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,"
                    + "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", [.jxl, .avif, .webp]
            ),
            (" IMAGE/WebP ;q=0.1 , text/html", [.webp]), ("image/webp;q=1.000", [.webp]),
            ("text/x;a=\"b,image/avif\",image/webp", [.webp]), ("image/webp;q=0.001", [.webp]),
        ])
    func named(_ text: String, _ formats: [ImageFormat]) {
        #expect(named(text) == formats)
    }

    @Test(
        "ranges, refusals and what cannot be read name nothing",
        arguments: [
            "", ",", "*/*", "image/*", "image/webp;q=0", "image/webp;q=0.000", "image/webpx",
            "ximage/webp", "image/webp;q=2", "image/webp;q=1.1", "image/webp;q=0.0001",
            "image/webp;q=-1", "image/webp;q=nan", "image/webp;q=", "image/webp;q=.5", "webp",
            "image/webp;q=0.5;q=0.6", "image/webp;a=\"", "image/webp,image/webp;q=0",
            "image/webp;q=0,image/webp", "text/x;a=\"\\\",image/webp", "image /webp",
        ])
    func nothing(_ text: String) {
        #expect(named(text) == [])
    }

    @Test("there may be 64 types in 4096 bytes, and none is read where there are more")
    func bounded() {
        let others = Array(repeating: "a/b", count: 63)
        #expect(named((others + ["image/webp"]).joined(separator: ",")) == [.webp])
        #expect(named((others + ["a/b", "image/webp"]).joined(separator: ",")) == [])
        let long = "image/webp;a=" + String(repeating: "b", count: 4_096 - 13)
        #expect(named(long) == [.webp])
        #expect(named(long + "b") == [])
        #expect(named(nil) == [])
    }
}

@Suite("Client hints")
struct ClientHintsTests {
    private func plan(_ fields: [String: String]) -> Plan {
        var options = RequestOptions()
        ClientHints { fields[$0] }.apply(to: &options)
        return options.plan
    }

    @Test("set pixel ratio and width, which is in device pixels")
    func applied() {
        #expect(plan(["DPR": "2"]).dpr == 2)
        #expect(plan(["Sec-CH-DPR": "1.5", "DPR": "2"]).dpr == 1.5)
        #expect(plan(["Width": "300"]).width == 300)
        let both = plan(["Sec-CH-DPR": "2", "Sec-CH-Width": "641", "Width": "1"])
        #expect(both.dpr == 2 && both.width == 321)
        #expect(plan(["DPR": "0.001", "Width": "65535"]).width == 65_535)
        #expect(plan(["DPR": "8", "Width": "1"]).width == 1)
    }

    @Test(
        "what cannot be read says nothing",
        arguments: [
            "0", "8.1", "-1", "1e1", "nan", "inf", "", "2,2", " 2", "99999", "1.", "\u{662}",
        ])
    func nothing(_ value: String) {
        #expect(plan(["DPR": value]).dpr == 1)
        #expect(plan(["Width": value]).width == 0)
    }
}

@Suite("Content-Disposition")
struct ContentDispositionTests {
    private func field(_ stem: String) -> String {
        ContentDisposition.field(isAttachment: false, stem: stem, fileExtension: "png")
    }

    @Test("a plain name stands as it is, quoted")
    func plain() {
        #expect(field("a b-c_1.x") == "inline; filename=\"a b-c_1.x.png\"")
        let attached = ContentDisposition.field(
            isAttachment: true, stem: "a", fileExtension: "jpg")
        #expect(attached == "attachment; filename=\"a.jpg\"")
    }

    @Test("other characters come percent-encoded too, as RFC 8187 has it")
    func extended() {
        // The examples of RFC 8187 sections 3.2.2 and RFC 6266 section 5, in capitals.
        #expect(
            field("\u{A3} rates")
                == "inline; filename=\"_ rates.png\"; filename*=UTF-8''%C2%A3%20rates.png")
        #expect(
            field("\u{20AC} rates")
                == "inline; filename=\"_ rates.png\"; filename*=UTF-8''%E2%82%AC%20rates.png")
        #expect(field("50%") == "inline; filename=\"50_.png\"; filename*=UTF-8''50%25.png")
    }

    @Test(
        "nothing leaves the quotation, the folder or the line, or hides what the name is",
        arguments: [
            ("a\"; x=\"b", "a_; x=_b"), ("a\\b/c", "a_b_c"), ("../../etc/passwd", "_.._etc_passwd"),
            ("a\r\nSet-Cookie: b", "a__Set-Cookie_ b"), ("gnp.\u{202E}exe", "gnp._exe"),
            ("", "image"), ("...", "image"), (" . ", "image"), (".htaccess", "htaccess"),
            ("a. ", "a"), ("a\u{0}b\u{7F}", "a_b_"), ("a;b", "a;b"), ("a\u{200B}b", "a_b"),
        ])
    func hostile(_ stem: String, _ safe: String) {
        #expect(field(stem) == "inline; filename=\"\(safe).png\"")
    }

    @Test("a long name is cut between characters")
    func long() {
        let name = String(repeating: "é", count: 200)
        let extended = String(repeating: "%C3%A9", count: 127)
        #expect(field(name).hasSuffix("filename*=UTF-8''\(extended).png"))
    }
}
