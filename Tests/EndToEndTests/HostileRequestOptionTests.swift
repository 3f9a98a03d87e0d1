import TestSupport
import Testing

@Suite(
    "Hostile requests: options", .ownProcess,
    Served(
        configuration: """
            options: {presets: [a=pr:b, b=pr:c, c=w:8]}
            """
    ) { try $0.write(SampleFormat.png.file, to: "images/a.png") })
struct HostileRequestOptionTests {
    private static func query(
        _ what: String, _ query: String, _ status: Int = 400, _ problem: String? = "invalid-option"
    ) -> HostileRequest {
        HostileRequest(
            what, HostileRequest.get("/v1/images/a.png?\(query)"), status, problem)
    }

    static let queries: [HostileRequest] = [
        query("a name that is very long", String(repeating: "a", count: 7_000) + "=1"),
        query("a value that is very long", "w=" + String(repeating: "1", count: 7_000)),
        query(
            "more options than there may be", (0..<500).map { _ in "w=8" }.joined(separator: "&")),
        query(
            "very many empty options, which are none", String(repeating: "&", count: 5_000), 200,
            nil),
        query("very many arguments", "w=" + String(repeating: "8:", count: 3_000)),
        query("a number beyond 64 bits", "w=18446744073709551617"),
        query("a number with a sign", "w=%2B8"), query("a number in other digits", "w=%D9%A8"),
        query("no number", "dpr=nan"), query("a number without end", "dpr=inf"),
        query("a number with an exponent", "dpr=1e9"), query("a hexadecimal number", "w=0x8"),
        query("a NUL", "w=8%00"), query("a line's end", "w=8%0d%0aX-Injected:%20a"),
        query("a byte that is no UTF-8", "f=%ff"), query("an escape that is none", "w=%zz"),
        query("a cut escape", "w=%"), query("an option escaped twice", "%2577=8"),
        query("a preset that is none", "pr=none"), query("a preset with a path", "pr=../a"),
        query("a format with a path", "f=../../png"),
        query("an option of an object's beginnings", "__proto__=1"),
        query("an option in capitals", "W=8"), query("an option in brackets", "w[]=8"),
        query("a command", "w=8;id"), query("a command in quotes", "w=%60id%60"),
        query("a template", "w=%7B%7B7*7%7D%7D"), query("another question mark", "w=8?h=8"),
        query("a script", "%3Cscript%3E=1"),
        query(
            "a watermark within the machine", "wm=0.5&wmu=ZmlsZTovLy9ldGMvcGFzc3dk", 400,
            "invalid-option"),
    ]

    /// A file name with this text, answered with an image whose header has one line more and no other.
    private static let names = [
        "a%0d%0aX-Injected:%20b", "a%00b", "a%22;%20filename=%22b", "..%2f..%2fa", "a%5cb",
        "%e2%80%ae", "%c3%a9%f0%9f%98%80", "a%0aSet-Cookie:%20b", "a%25%30%64", "%c2%85a",
    ]

    @Test("a query", arguments: queries)
    func query(_ request: HostileRequest) async throws { try await request.check(Served.service) }

    @Test("a file name adds no field and no second parameter", arguments: names)
    func name(_ name: String) async throws {
        let request = HostileRequest.get("/v1/images/a.png?w=8&fn=\(name)")
        let answers = try await HostileRequest.answers(to: Array(request.utf8), Served.service)
        let answer = try #require(answers.first)
        #expect(answers.count == 1)
        if answer.status != 200 { #expect(answer.problem == "invalid-option", "\(answer)") }
        let lines = answer.head.split(separator: "\r\n").map { $0.lowercased() }
        #expect(!lines.contains { $0.hasPrefix("x-injected") || $0.hasPrefix("set-cookie") })
        let field = lines.first { $0.hasPrefix("content-disposition:") } ?? ""
        #expect(field.allSatisfy { $0.isASCII })
        // One value in quotes, and perhaps the same in the form that needs none (RFC 8187).
        #expect(field.count { $0 == "\"" } == (answer.status == 200 ? 2 : 0), "\(field)")
        #expect(!field.contains("/") && !field.contains("\\"), "\(field)")
    }
}
