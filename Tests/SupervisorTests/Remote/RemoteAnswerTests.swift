import NIOCore
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("Answers of web servers")
struct RemoteAnswerTests {
    /// A script, the largest image, and what becomes of it.
    static let broken: [(String, PathServer.Script, SourceFailure)] = [
        (
            "less than announced", cut("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
            .incomplete
        ),
        (
            "a chunk that is cut off",
            cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc"), .incomplete
        ),
        (
            "no last chunk",
            cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"), .incomplete
        ),
        (
            "more announced than may come",
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")], .tooLarge(1_000)
        ),
        (
            "a length beyond all numbers",
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n")],
            .tooLarge(1_000)
        ),
        (
            "chunks without an end",
            [
                .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
                .endless("3E8\r\n\(longText)\r\n"),
            ], .tooLarge(1_000)
        ),
        (
            "a body without a length and an end",
            [.send("HTTP/1.0 200 OK\r\n\r\n"), .endless(longText)],
            .tooLarge(1_000)
        ),
        (
            "gzip that nobody asked for",
            PathServer.answer(fields: "Content-Encoding: gzip\r\n"), .encoded
        ),
        (
            "gzip behind identity",
            PathServer.answer(fields: "Content-Encoding: identity, gzip\r\n"), .encoded
        ),
        (
            "gzip as a transfer coding",
            cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
            .encoded
        ),
        ("a part", PathServer.answer("206 Partial Content"), .unexpected(206)),
        ("what a proxy made of it", PathServer.answer("203 Changed"), .unexpected(203)),
        ("nothing", cut("HTTP/1.1 204 No Content\r\n\r\n"), .unexpected(204)),
        ("unchanged, though nobody asked", cut("HTTP/1.1 304 Not\r\n\r\n"), .unexpected(304)),
        ("gone", PathServer.answer("410 Gone"), .clientError(410)),
        ("broken", PathServer.answer("503 Down"), .serverError(503)),
        ("a redirect nowhere", PathServer.answer("302 Found"), .badRedirect),
        (
            "a redirect to two places",
            PathServer.answer("302 F", "", fields: "Location: /a\r\nLocation: /b\r\n"), .badRedirect
        ),
        ("a redirect to itself", PathServer.redirect("#x"), .badRedirect),
    ]

    private static let longText = String(repeating: "a", count: 1_000)

    private static func cut(_ text: String) -> PathServer.Script { [.send(text), .close] }

    @Test("an answer that lies or is no image fails as what it is", arguments: broken)
    func fails(what: String, script: PathServer.Script, expected: SourceFailure) async throws {
        try await PathServer.with(["/a": script]) { origin in
            var fetch = try Fetch(ports: [origin.port])
            fetch.largest = 1_000
            #expect(
                try await fetch.failure("http://good.example:\(origin.port)/a") == expected,
                "\(what)")
            try await settled("the connection is closed") { origin.open == 0 }
        }
    }

    static let garbled: [(String, PathServer.Script)] = [
        ("nothing at all", [.close]),
        ("no HTTP", cut("SSH-2.0-OpenSSH_9.2\r\n")),
        ("half a head", cut("HTTP/1.1 200 OK\r\nContent-")),
        (
            "two lengths",
            cut("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc")
        ),
        ("a length that is none", cut("HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\nabc")),
        ("a negative length", cut("HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc")),
        (
            "a length and chunks",
            cut(
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n0\r\n\r\n")
        ),
        (
            "a head without an end",
            [.send("HTTP/1.1 200 OK\r\n"), .endless("X: \(longText)\r\n")]
        ),
        (
            "one field without an end",
            [.send("HTTP/1.1 200 OK\r\nX: "), .endless(longText)]
        ),
        ("1xx without an end", [.endless("HTTP/1.1 103 Early Hints\r\nLink: \(longText)\r\n\r\n")]),
    ]

    @Test(
        "what is no answer of HTTP, or has no end before its body, is refused", arguments: garbled)
    func refuses(what: String, script: PathServer.Script) async throws {
        try await PathServer.with(["/a": script]) { origin in
            let fetch = try Fetch(ports: [origin.port])
            let failure = try await fetch.failure("http://good.example:\(origin.port)/a")
            let isNoAnswer = if case .noAnswer = failure { true } else { false }
            #expect(isNoAnswer, "\(what): \(String(describing: failure))")
            try await settled("the connection is closed") { origin.open == 0 }
        }
    }

    static let whole: [(String, PathServer.Script, String)] = [
        ("with its length", PathServer.answer(), "image"),
        (
            "in chunks",
            [
                .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nim\r\n"),
                .send("3\r\nage\r\n0\r\n\r\n"),
            ], "image"
        ),
        ("to the end of the connection", cut("HTTP/1.0 200 OK\r\n\r\nimage"), "image"),
        ("after 103", [.send("HTTP/1.1 103 Early\r\n\r\n")] + PathServer.answer(), "image"),
        ("as identity", PathServer.answer(fields: "Content-Encoding: identity\r\n"), "image"),
        (
            "as much as may come",
            PathServer.answer("200 OK", String(repeating: "a", count: 1_000)),
            String(repeating: "a", count: 1_000)
        ),
    ]

    @Test("an image is taken however HTTP frames it", arguments: whole)
    func takes(what: String, script: PathServer.Script, expected: String) async throws {
        try await PathServer.with(["/a": script]) { origin in
            var fetch = try Fetch(ports: [origin.port])
            fetch.largest = 1_000
            #expect(try await fetch.text("http://good.example:\(origin.port)/a") == expected)
        }
    }

    @Test("a request says what it has to, and nothing else")
    func request() async throws {
        try await PathServer.with(["/a?b=%20c": PathServer.answer()]) { origin in
            var fetch = try Fetch(ports: [origin.port])
            fetch.rules.userAgent = "Test/1"
            _ = try await fetch.text("http://good.example:\(origin.port)/a?b= c#d")
            let lines = origin.requests[0].split(separator: "\r\n").map { $0.lowercased() }
            #expect(
                Set(lines) == [
                    "get /a?b=%20c http/1.1", "host: good.example:\(origin.port)",
                    "accept: image/*,*/*;q=0.5", "accept-encoding: identity", "user-agent: test/1",
                ])
        }
    }

    @Test("a client's conditions go to the server, and 304 is an answer to them")
    func conditions() async throws {
        let script = PathServer.answer("304 Not Modified", "", fields: "ETag: \"new\"\r\n")
        try await PathServer.with(["/a": PathServer.redirect("/b"), "/b": script]) { origin in
            var fetch = try Fetch(ports: [origin.port])
            fetch.conditions = SourceConditions(
                etag: "\"old\"", modified: "Sat, 01 Jan 2000 00:00:00 GMT")
            let answer = try await fetch.answer("http://good.example:\(origin.port)/a")
            guard case .unchanged(let validators) = answer else {
                Issue.record("an image came")
                return
            }
            #expect(validators.etag == "\"new\"")
            #expect(origin.lines == ["GET /a HTTP/1.1", "GET /b HTTP/1.1"])
            let last = origin.requests[1].lowercased()
            #expect(last.contains("\r\nif-none-match: \"old\"\r\n"))
            #expect(last.contains("\r\nif-modified-since: sat, 01 jan 2000 00:00:00 gmt\r\n"))
        }
    }

    @Test("the host of an IPv6 address stands in brackets")
    func hostOfIPv6() async throws {
        try await PathServer.with(["/": PathServer.answer()], host: "::1") { origin in
            var fetch = try Fetch(ports: [origin.port])
            fetch.rules.addresses.permitted = [try #require(NetworkBlock("::1"))]
            #expect(try await fetch.text("http://[::1]:\(origin.port)/") == "image")
            #expect(origin.requests[0].lowercased().contains("\r\nhost: [::1]:\(origin.port)\r\n"))
        }
    }
}
