import Foundation
import TestSupport
import Testing

@Suite(
    "Hostile requests: who asks", .ownProcess,
    Served(
        configuration: """
            key: \(URLSigner.standard.key)
            salt: \(URLSigner.standard.salt)
            penalty: {errors: 0}
            """, dev: false
    ) { try $0.write(SampleFormat.png.file, to: "images/a.png") })
struct HostileRequestKeyTests {
    /// Well formed, and nobody's: its last six letters were made with Python's zlib.crc32.
    private static let unknown = "gbx_live_0123456789ABCDEFGHIJKLMNOPQRST237eAT"

    private static func asking(
        _ what: String, _ fields: String, _ status: Int = 401, _ problem: String = "unauthorized",
        at target: String = "/v1/images/a.png"
    ) -> HostileRequest {
        HostileRequest(what, HostileRequest.get(target, fields), status, problem)
    }

    static let keys: [HostileRequest] = [
        asking("no key", ""), asking("a key nobody has", "X-API-Key: \(unknown)\r\n"),
        asking("a key nobody has, as a bearer", "Authorization: Bearer \(unknown)\r\n"),
        asking("an empty key", "X-API-Key: \r\n"), asking("a word", "X-API-Key: admin\r\n"),
        asking("a key with a letter changed", "X-API-Key: \(unknown.dropLast())a\r\n"),
        asking("a key in capitals", "X-API-Key: \(unknown.uppercased())\r\n"),
        asking("a key in small letters", "X-API-Key: \(unknown.lowercased())\r\n"),
        asking("only the beginning of a key", "X-API-Key: gbx_live_\r\n"),
        asking("a key of another kind", "X-API-Key: gbx_test_\(unknown.dropFirst(9))\r\n"),
        asking("a key and more", "X-API-Key: \(unknown) a\r\n"),
        asking("two keys in one field", "X-API-Key: \(unknown), \(unknown)\r\n"),
        asking("two fields", "X-API-Key: \(unknown)\r\nX-API-Key: \(unknown)\r\n"),
        asking(
            "a key in each place", "X-API-Key: \(unknown)\r\nAuthorization: Bearer \(unknown)\r\n"),
        asking("a key in quotes", "X-API-Key: \"\(unknown)\"\r\n"),
        asking("a key in other letters", "X-API-Key: gbx_live_\u{ff10}\u{ff11}\r\n"),
        asking("a long key", "X-API-Key: gbx_live_\(String(repeating: "a", count: 8_000))\r\n"),
        asking(
            "a longer key", "X-API-Key: \(String(repeating: "a", count: 8_200))\r\n", 431,
            "headers-too-large"),
        asking("a key with a NUL", "X-API-Key: \(unknown)\u{0}\r\n", 400, "malformed-request"),
        asking("a bearer of nothing", "Authorization: Bearer\r\n"),
        asking("a bearer twice", "Authorization: Bearer Bearer \(unknown)\r\n"),
        asking("two bearers", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"),
        asking("a key without a scheme", "Authorization: \(unknown)\r\n"),
        asking("a name and a password", "Authorization: Basic YWRtaW46YWRtaW4=\r\n"),
        asking("a digest", "Authorization: Digest username=\"a\", realm=\"b\"\r\n"),
        asking(
            "a token that anybody can make (RFC 7519 section 6)",
            "Authorization: Bearer eyJhbGciOiJub25lIn0.e30.\r\n"),
        asking("a key in a cookie", "Cookie: key=\(unknown); X-API-Key=\(unknown)\r\n"),
        asking("a key in the query", "", at: "/v1/images/a.png?key=\(unknown)&api_key=\(unknown)"),
        asking("a key of a proxy", "Proxy-Authorization: Bearer \(unknown)\r\n"),
        asking(
            "this machine's address", "X-Forwarded-For: 127.0.0.1\r\nForwarded: for=127.0.0.1\r\n"),
        asking(
            "an address that says it is inside", "X-Real-IP: 10.0.0.1\r\nX-Client-IP: 10.0.0.1\r\n"),
        asking(
            "very many addresses",
            "X-Forwarded-For: \((0..<700).map { "10.0.0.\($0 % 256)" }.joined(separator: ","))\r\n"),
        asking(
            "a user that a proxy has let in", "X-Remote-User: admin\r\nX-Forwarded-User: admin\r\n"),
        asking("a missing image, which is not told from one", "", at: "/v1/images/none.png"),
        asking("facts", "", at: "/v1/images/a.png/info"),
        HostileRequest(
            "an upload, whose body nobody reads",
            HostileRequest.post("/v1/process", "Content-Length: 99\r\nExpect: 100-continue\r\n"),
            401,
            "unauthorized"),
        HostileRequest(
            "several results", HostileRequest.post("/v1/batch", "Content-Length: 0\r\n"), 401,
            "unauthorized"),
    ]

    private static func signed(_ what: String, _ target: String, _ status: Int) -> HostileRequest {
        HostileRequest(what, HostileRequest.get(target), status, nil)
    }

    private static let path = "/w:8/plain/local:///a.png"
    private static let signature = URLSigner.standard.signature(of: path)
    /// Ten years after the published vectors' time, and long ago.
    private static let past = "/w:8/exp:1577836800/plain/local:///a.png"

    static let signatures: [HostileRequest] = [
        signed("a signature that is right", "/\(signature)\(path)", 200),
        signed("one with a letter in the other case", "/\(swapped(signature))\(path)", 403),
        signed("one that is cut", "/\(signature.dropLast())\(path)", 403),
        signed("half of one", "/\(signature.prefix(22))\(path)", 403),
        signed("one with padding", "/\(signature)%3D\(path)", 403),
        signed("one with a NUL", "/\(signature)%00\(path)", 403),
        signed("one of another path", "/\(signature)/w:9/plain/local:///a.png", 403),
        signed("one with an option more", "/\(signature)/q:9\(path)", 403),
        signed("one with another source", "/\(signature)/w:8/plain/local:///b.png", 403),
        signed("one of another key", URLSigner(key: "00ff", salt: "ff00").signed(path), 403),
        signed("no signature", "/\(path)", 404), signed("a word", "/unsafe\(path)", 403),
        signed("one without end", "/\(String(repeating: "a", count: 4_000))\(path)", 403),
        signed("one that has expired", URLSigner.standard.signed(past), 404),
        signed(
            "one that has expired, whose time was changed",
            URLSigner.standard.signed(past).replacing("exp:1577836800", with: "exp:4102444800"), 403
        ),
    ]

    /// With the case of the first letter changed.
    private static func swapped(_ text: String) -> String {
        guard let index = text.firstIndex(where: \.isLetter) else { return text }
        let letter = String(text[index])
        let other = letter == letter.uppercased() ? letter.lowercased() : letter.uppercased()
        return text.replacingCharacters(in: index...index, with: other)
    }

    @Test("a key", arguments: keys)
    func key(_ request: HostileRequest) async throws { try await request.check(Served.service) }

    @Test("a signature", arguments: signatures)
    func signature(_ request: HostileRequest) async throws {
        try await request.check(Served.service)
    }

    @Test("no key and a key nobody has get the same answer, byte by byte but for its ids")
    func same() async throws {
        let service = try Served.service
        let fields = [
            "", "X-API-Key: \(Self.unknown)\r\n", "Authorization: Bearer \(Self.unknown)\r\n",
        ]
        var texts: [String] = []
        for field in fields {
            let request = HostileRequest.get(
                "/v1/images/a.png", "X-Request-ID: same-id\r\n\(field)")
            let answer = try #require(
                try await HostileRequest.answers(to: Array(request.utf8), service).first)
            let lines = answer.head.split(separator: "\r\n").filter {
                !$0.lowercased().hasPrefix("date:")
            }
            texts.append(lines.joined(separator: "\n") + "\n" + answer.body)
        }
        #expect(Set(texts).count == 1, "\(texts)")
    }
}
