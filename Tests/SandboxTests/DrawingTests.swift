import ImageVocabulary
import Testing

@testable import Sandbox

@Suite("Drawings that stay drawings")
struct DrawingTests {
    private func clean(_ text: String) throws(Refusal) -> String {
        let bytes = try DrawingSanitiser.clean(Array(text.utf8).span, atMost: 1 << 20)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The root's own text, as every result has it.
    private static let root =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">"

    private func inside(_ text: String) throws -> String {
        let result = try clean(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>"
                + text + "</svg>")
        try #require(result.hasPrefix(Self.root) && result.hasSuffix("</svg>\n"))
        return String(result.dropFirst(Self.root.count).dropLast("</svg>\n".count))
    }

    @Test("what draws stays as it is")
    func harmless() throws {
        let text =
            "<defs><linearGradient id=\"a\"><stop offset=\"0\" stop-color=\"red\"></stop>"
            + "</linearGradient></defs><g transform=\"scale(2)\"><path d=\"M0 0L9 9\" "
            + "fill=\"url(#a)\" style=\"stroke:#fff\"></path></g><text x=\"1\">A &amp; B &lt;</text>"
            + "<use href=\"#a\" xlink:href=\"#a\"></use><style>.a &gt; .b{fill:red} @media print{g{fill:url(#a)}}"
            + "</style><image href=\"data:image/png;base64,iVBORw0=\"></image>"
        #expect(try inside(text) == text)
    }

    @Test(
        "what runs or loads something goes with all that is in it",
        arguments: [
            "<script>alert(1)</script>", "<SCRIPT>alert(1)</SCRIPT>",
            "<script href='https://example.org/a.js'/>",
            "<s:script xmlns:s='http://www.w3.org/2000/svg'>a</s:script>",
            "<script><![CDATA[alert(1)]]></script>", "<handler type='a'>b</handler>",
            "<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='https://example.org'/></foreignObject>",
            "<foreignObject><g><path d='M0 0'/></g></foreignObject>",
            "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>",
            "<iframe src='https://example.org'/>",
            "<form action='https://example.org'><input/></form>",
            "<h:input xmlns:h='http://www.w3.org/1999/xhtml' onfocus='a'/>",
            "<object data='a'/>", "<embed src='a'/>", "<video src='a'/>", "<audio src='a'/>",
            "<?xml-stylesheet href='https://example.org/a.css'?>", "<!-- <script>a</script> -->",
            "<metadata><r xmlns='urn:r'>who</r></metadata>", "<discard href='#a'/>",
            "<set attributeName='href' to='javascript:alert(1)'/>",
            "<animate attributeName='xlink:href' values='#a;javascript:alert(1)'/>",
            "<set attributeName='onclick' to='alert(1)'/>", "<set attributeName=' HREF ' to='#a'/>",
            "<set attributeName='style' to='fill:red'/>",
        ])
    func dropped(_ text: String) throws {
        #expect(try inside("<g>" + text + "</g>") == "<g></g>")
    }

    @Test(
        "attributes that run or load something go, the element stays",
        arguments: [
            "onload='a'", "onLoad='a'", "ONBEGIN='a'", "on\u{66}oo='a'", "style='fill:url(//a)'",
            "style='fill:URL( \"https://example.org/a.svg#b\" )'",
            "fill='url(https://example.org)'",
            "style='background:\\75rl(a)'", "style='behavior:url(#a)'", "style='x:expression(a)'",
            "style='a:u/**/rl(b);b:url/**/(c)'", "style='@import \"a\"'",
            "style='a:image-set(\"b\" 1x)'",
            "style='a:src(\"b\")'", "style='-moz-binding:url(#a)'", "filter='url(\"data:a,b\")'",
            "href='javascript:alert(1)'", "xlink:href='javascript:alert(1)'",
            "href=' javascript:alert(1)'", "href='&#106;avascript:alert(1)'",
            "href='java&#10;script:alert(1)'", "href='java\tscript:alert(1)'",
            "href='JaVaScRiPt:alert(1)'", "href='https://example.org/a.svg#b'", "href='//a#b'",
            "href='a.svg'", "href='data:image/svg+xml;base64,AAAA'", "href='data:text/html,a'",
            "x:href='javascript:a' xmlns:x='http://www.w3.org/1999/xlink'", "xml:base='https://a'",
            "xlink:show='new'", "a:b='c' xmlns:a='urn:a'", "src='a'", "formaction='a'",
            "fill='&#117;rl(https://example.org)'", "mask='url(&quot;https://a&quot;)'",
        ])
    func attributes(_ text: String) throws {
        for element in ["use", "rect", "feImage", "animate"] {
            #expect(
                try inside("<\(element) \(text) id='a'/>") == "<\(element) id=\"a\"></\(element)>")
        }
    }

    @Test(
        "pictures stay only where they are written within the drawing, and are of pixels",
        arguments: [
            "https://example.org/a.png", "data:image/svg+xml;base64,AAAA",
            "data:text/html;base64,AA",
            "data:image/png,<svg/>", "data:image/png;base64,AA\"onload=\"a", "file:///etc/passwd",
            "DATA:image/png;charset=x;base64,AA",
        ])
    func pictures(_ address: String) throws {
        let written = address.replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
        #expect(try inside("<image href=\"\(written)\"/>") == "<image></image>")
    }

    @Test("a link goes, what it is around stays")
    func links() throws {
        #expect(
            try inside("<a href='javascript:alert(1)' onclick='b'><rect/><script>c</script></a>")
                == "<rect></rect>")
    }

    @Test(
        "a style sheet that loads something is emptied",
        arguments: [
            "@import 'https://example.org/a.css';", "@IMPORT url(a);", "a{fill:url(https://a)}",
            "@font-face{src:url(a)}", "a{b:u\\72l(c)}", "@\\69mport 'a';", "</style><script>",
            "a{b:url('&#104;ttps://c')}", "@namespace 'a';", "@charset 'a';",
            "a{b:url/**/(https://c)}", "@im/**/port 'a';",
        ])
    func styles(_ text: String) throws {
        let escaped = text.replacing("<", with: "&lt;")
        #expect(try inside("<style>\(escaped)</style>") == "<style></style>")
        let parts = "<style><![CDATA[\(text.replacing("&#104;", with: "h"))]]></style>"
        #expect(try inside(parts) == "<style></style>")
    }

    @Test("no byte of markup can come from text, values or character data")
    func escaping() throws {
        #expect(
            try inside("<text><![CDATA[</text><script>a</script>]]></text>")
                == "<text>&lt;/text&gt;&lt;script&gt;a&lt;/script&gt;</text>")
        #expect(
            try inside("<g id='&quot; onload=&quot;a' class=\"'>&amp;lt;\"/>")
                == "<g id=\"&quot; onload=&quot;a\" class=\"&#39;&gt;&amp;lt;\"></g>")
        #expect(
            try inside("<text>&amp;lt;script&amp;gt;</text>")
                == "<text>&amp;lt;script&amp;gt;</text>")
    }

    @Test("prefixes are the writer's own, whatever the source calls them")
    func prefixes() throws {
        #expect(
            try clean(
                "<?xml version='1.0' encoding='UTF-8'?><!DOCTYPE s:svg PUBLIC 'a' 'b'>\n"
                    + "<s:svg xmlns:s='http://www.w3.org/2000/svg' xmlns='urn:x' width='4'>"
                    + "<s:rect/><rect/></s:svg>")
                == Self.root.dropLast() + " width=\"4\"><rect></rect></svg>\n")
        #expect(try clean("<svg><g/></svg>") == Self.root + "<g></g></svg>\n")
    }

    @Test(
        "what cannot be read without doubt is refused",
        arguments: [
            "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>", "<!DOCTYPE svg [ ]><svg/>",
            "<svg>&nbsp;</svg>", "<svg>&#0;</svg>", "<svg>&#xD800;</svg>", "<svg>&#x110000;</svg>",
            "<svg>&#1;</svg>", "<svg>& b</svg>", "<svg a='<'/>", "<svg a=b/>", "<svg a/>",
            "<svg a='1' a='2'/>", "<svg a='1'b='2'/>", "<svg", "<svg>", "<svg><g></svg>",
            "<svg></g>",
            "<svg/><svg/>", "<svg/>text", "text<svg/>", "", "<html/>", "<g/>",
            "<svg><x:g/></svg>", "<svg xmlns='http://www.w3.org/1999/xhtml'/>", "<svg>\u{1}</svg>",
            "<svg><!-- </svg>", "<svg><![CDATA[</svg>", "<svg><?a </svg>", "<svg xmlns:xml='a'/>",
            "<?xml version='1.0' encoding='UTF-7'?><svg/>",
            "<svg xmlns:a='b' xmlns:c='b' a:d='1' c:d='2'/>",
            "<svg/><!DOCTYPE svg>", "<svg><a:></svg>", "< svg/>", "<svg>\u{FFFE}</svg>",
        ])
    func refused(_ text: String) {
        #expect(throws: Refusal.self) { try clean(text) }
    }

    @Test("bytes that are no UTF-8 are refused")
    func encoding() {
        for bytes in [
            Array("<svg>".utf8) + [0xC0, 0xBC] + Array("</svg>".utf8),
            [0xFF, 0xFE] + "<svg/>".utf8.flatMap { [$0, 0] },
        ] as [[UInt8]] {
            #expect(throws: Refusal.self) {
                try DrawingSanitiser.clean(bytes.span, atMost: 1 << 20)
            }
        }
    }

    @Test("depth, attributes and the result's size have limits")
    func limits() throws {
        let deep = String(repeating: "<g>", count: 255) + String(repeating: "</g>", count: 255)
        #expect(try inside(deep) == deep)
        #expect(throws: Refusal.self) { try inside("<g>" + deep + "</g>") }
        let many = (0..<257).map { " a\($0)='1'" }.joined()
        #expect(throws: Refusal.self) { try inside("<g\(many)/>") }
        let large = "<svg><text>" + String(repeating: "&lt;", count: 500) + "</text></svg>"
        let refusal = #expect(throws: Refusal.self) {
            try DrawingSanitiser.clean(Array(large.utf8).span, atMost: 1_000)
        }
        #expect(refusal?.verdict == .outputTooLarge)
    }

    @Test("a drawing cut off anywhere is refused")
    func cut() throws {
        let whole = "<svg a='b'><style>c{d:e}</style><![CDATA[f]]><!-- g --><h i=\"j\"/>&amp;</svg>"
        for count in 0..<whole.utf8.count {
            let part = String(whole.prefix(count))
            #expect(throws: Refusal.self, "\(part)") { try clean(part) }
        }
    }

    @Test("what was cleaned once is clean")
    func again() throws {
        let once = try clean(
            "<svg xmlns='http://www.w3.org/2000/svg' onload='a'><g class='&#10;&#13; b'>é\r\n</g></svg>"
        )
        #expect(try clean(once) == once)
    }
}
