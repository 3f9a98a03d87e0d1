import RequestSyntax
import Testing

@Suite("Paths below the image root")
struct ImagePathTests {
    @Test(
        "a path is decoded once",
        arguments: [
            ("a.jpg", "a.jpg"), ("dir/b%20c.png", "dir/b c.png"), ("%C3%A9.webp", "é.webp"),
            ("é.webp", "é.webp"), ("a%2Fb.gif", "a/b.gif"), ("..a/b..", "..a/b.."), ("...", "..."),
            ("a+b", "a+b"), ("100%25.png", "100%.png"), ("info", "info"), ("-", "-"),
        ])
    func decodes(encoded: String, decoded: String) throws {
        #expect(try ImagePath(percentEncoded: encoded).text == decoded)
    }

    @Test("the file name is the last segment")
    func fileName() throws {
        #expect(try ImagePath(percentEncoded: "a.gif/b%2fc.png").fileName == "c.png")
        #expect(try ImagePath(percentEncoded: "c.png").fileName == "c.png")
    }

    static let hostile: [(String, ImagePathError)] = [
        ("", .empty), ("/etc/passwd", .emptySegment), ("%2Fetc/passwd", .emptySegment),
        ("a//b", .emptySegment), ("a/", .emptySegment), ("a%2F%2fb", .emptySegment),
        (".", .dotSegment), ("..", .dotSegment), ("../a", .dotSegment), ("a/../b", .dotSegment),
        ("a/./b", .dotSegment), ("%2e%2E/a", .dotSegment), ("a/%2e", .dotSegment),
        ("a/..%2fb", .dotSegment), (".%2e%2f.%2e%2fetc%2fpasswd", .dotSegment),
        ("a\\b", .backslash), ("..%5c..%5ca", .backslash),
        ("a%FF", .notUTF8), ("%C0%AE%C0%AE/a", .notUTF8), ("%ED%A0%80", .notUTF8),
        ("a%C3", .notUTF8),
        (String(repeating: "a", count: 1_025), .tooLong),
        (String(repeating: "%61", count: 1_025), .tooLong),
    ]

    @Test("a path that could leave the root or mean two things is refused", arguments: hostile)
    func refused(encoded: String, error: ImagePathError) {
        #expect(throws: error) { try ImagePath(percentEncoded: encoded) }
    }

    static let badEscapes = [
        "%", "a%2", "%zz", "% 1", "%252e%252e/a", "a%2525", "a%00.png", "%0d%0a", "a\u{1}", "a%7f",
    ]

    @Test("broken and double escapes and control bytes are refused")
    func escapes() {
        for encoded in Self.badEscapes {
            #expect(throws: ImagePathError.escape) { try ImagePath(percentEncoded: encoded) }
        }
    }

    @Test("1024 bytes are accepted, however they are encoded")
    func longest() throws {
        for piece in ["a", "%61"] {
            let path = try ImagePath(percentEncoded: String(repeating: piece, count: 1_024))
            #expect(path.text.utf8.count == 1_024)
        }
    }
}

@Suite("Request ids")
struct RequestIDTests {
    @Test(
        "an incoming id of letters, digits, _ and - is kept",
        arguments: [
            "a", "abc-DEF_0123456789", String(repeating: "x", count: 64),
        ])
    func kept(id: String) {
        #expect(RequestID(incoming: id)?.text == id)
    }

    @Test("any other is not")
    func refused() {
        let others = [
            "", " ", "a b", "a\r\nX: 1", "a\0", "é", "a.b", "{}", "１", "<script>",
            String(repeating: "x", count: 65),
        ]
        for id in others {
            #expect(RequestID(incoming: id) == nil, "\(id.debugDescription)")
        }
    }

    @Test("a new id is 32 hexadecimal digits, leading zeros kept, and would be accepted")
    func fresh() {
        var counter = FixedGenerator(values: [0xAB, 0xFFFF_FFFF_FFFF_FFFF])
        #expect(RequestID(using: &counter).text == "00000000000000abffffffffffffffff")
        let fresh = RequestID()
        #expect(RequestID(incoming: fresh.text) == fresh)
        #expect(fresh != RequestID())
    }

    private struct FixedGenerator: RandomNumberGenerator {
        var values: [UInt64]
        mutating func next() -> UInt64 { values.removeFirst() }
    }
}
