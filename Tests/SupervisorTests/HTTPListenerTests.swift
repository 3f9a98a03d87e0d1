import FoundationEssentials
import NIOCore
import Testing

@testable import Supervisor

@Suite("A listener on a real socket")
struct HTTPListenerTests {
    private static let host = "Host: localhost\r\n"

    /// A message, and what RFC 9110, 9112 and 6585 have a server say to it.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let message: String
        let status: Int
        let problem: String

        init(_ what: String, _ message: String, _ status: Int, _ problem: String) {
            testDescription = what
            self.message = message
            self.status = status
            self.problem = problem
        }

        static func malformed(_ what: String, _ message: String) -> Refusal {
            Refusal(what, message, 400, "malformed-request")
        }
    }

    private static func post(_ fields: String, _ body: String) -> String {
        "POST /upload HTTP/1.1\r\n\(host)\(fields)\r\n\(body)"
    }

    private static func get(_ target: String, _ fields: String = host) -> String {
        "GET \(target) HTTP/1.1\r\n\(fields)\r\n"
    }

    static let refusals: [Refusal] = [
        .malformed("a TLS greeting", "\u{16}\u{3}\u{1} hello\r\n\r\n"),
        .malformed("an unknown method", "FOO / HTTP/1.1\r\n\(host)\r\n"),
        .malformed("HTTP/2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        .malformed("a version there is not", "GET / HTTP/1.7\r\n\(host)\r\n"),
        .malformed("HTTP/0.9", "GET /\r\n\r\n"),
        .malformed("no Host (RFC 9112 section 3.2)", get("/", "")),
        .malformed("two Hosts", get("/", host + host)),
        .malformed("a Host that is none", get("/", "Host: a b\r\n")),
        .malformed("a Host with a user", get("/", "Host: a@b\r\n")),
        .malformed("white space before the colon (section 5.1)", get("/", host + "X : y\r\n")),
        .malformed("a folded field (section 5.2)", get("/", host + "X: y\r\n z\r\n")),
        .malformed("bare line feeds", "GET / HTTP/1.1\nHost: x\n\n"),
        .malformed(
            "both framings, length first (section 6.1)",
            post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        .malformed(
            "both framings, coding first",
            post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")),
        .malformed(
            "two lengths (section 6.3)",
            post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab")),
        .malformed("a negative length", post("Content-Length: -1\r\n", "a")),
        .malformed("a length with a sign", post("Content-Length: +1\r\n", "a")),
        .malformed("a length list", post("Content-Length: 1, 1\r\n", "a")),
        .malformed(
            "a coding that is not known", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")),
        .malformed(
            "a coding beneath chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
        .malformed(
            "chunked twice",
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        .malformed(
            "a coding in HTTP/1.0 (section 6.1)",
            "POST /upload HTTP/1.0\r\n\(host)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        .malformed(
            "a chunk without a size", post("Transfer-Encoding: chunked\r\n", "zz\r\nabc\r\n")),
        .malformed("the server itself as a target of GET (section 3.2.4)", get("*")),
        .malformed("a target without a slash", get("upload")),
        .malformed("an absolute target with a password", get("http://a:s3cret@b/")),
        Refusal(
            "a tunnel (RFC 9110 section 9.3.6)", "CONNECT a.b:443 HTTP/1.1\r\n\(host)\r\n", 405,
            "method-not-allowed"),
        Refusal(
            "a large field (RFC 6585 section 5)",
            get("/", host + "X: " + String(repeating: "a", count: 9_000) + "\r\n"), 431,
            "headers-too-large"),
        Refusal(
            "many large fields",
            get(
                "/",
                host
                    + (0..<6).map { "X\($0): " + String(repeating: "a", count: 4_000) + "\r\n" }
                    .joined()), 431, "headers-too-large"),
        Refusal(
            "many fields", get("/", host + (0..<80).map { "X\($0): a\r\n" }.joined()), 431,
            "headers-too-large"),
        Refusal(
            "a long target (RFC 9112 section 3)", get("/" + String(repeating: "a", count: 9_000)),
            414, "target-too-long"),
    ]

    private struct Details: Decodable {
        var type: String
        var status: Int
        var requestID: String

        enum CodingKeys: String, CodingKey {
            case type, status
            case requestID = "request_id"
        }
    }

    @Test(
        "what is no proper message is answered, logged and counted once, and ends the connection",
        arguments: refusals)
    func refused(_ refusal: Refusal) async throws {
        try await ListenerRun.with { run in
            let answer = try await run.exchange(refusal.message)
            #expect(answer.hasPrefix("HTTP/1.1 \(refusal.status) "), "\(answer)")
            let (head, body) = split(answer)
            #expect(head.contains("connection: close"))
            #expect(head.contains("content-type: application/problem+json"))
            for (name, value) in SecurityHeadersTests.ofProblems {
                #expect(head.contains("\(name): \(value)\r\n".lowercased()), "\(name)")
            }
            let details = try JSONDecoder().decode(Details.self, from: Data(body.utf8))
            #expect(details.type == "urn:glovebox:problem:\(refusal.problem)")
            #expect(details.status == refusal.status)
            #expect(head.contains("x-request-id: \(details.requestID)"))
            let lines = run.lines.requests
            #expect(lines.map(\.requestID) == [details.requestID])
            #expect(lines.first?.problem == refusal.problem)
            #expect(run.metrics.all.map(\.problem) == [refusal.problem])
            #expect(!run.lines.all.joined().contains("s3cret"))
        }
    }

    private func split(_ answer: String) -> (head: String, body: String) {
        guard let end = answer.firstRange(of: "\r\n\r\n") else { return (answer, "") }
        return (answer[..<end.lowerBound].lowercased(), String(answer[end.upperBound...]))
    }

    @Test("a request that is whole is answered before the broken one behind it")
    func order() async throws {
        try await ListenerRun.with { run in
            let answer = try await run.exchange(Self.get("/one") + "broken\r\n\r\n")
            #expect(answer.firstRange(of: "/one") != nil)
            #expect(answer.contains("HTTP/1.1 400 Bad Request"))
            #expect(run.lines.requests.map(\.status) == [200, 400])
        }
    }

    @Test("HTTP/1.0 needs no Host, and its connection ends with the answer")
    func oldVersion() async throws {
        try await ListenerRun.with { run in
            let answer = try await run.exchange("GET /old HTTP/1.0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("/old"))
        }
    }

    @Test("an absolute target is accepted, whomever it names (RFC 9112 section 3.2.2)")
    func absolute() async throws {
        try await ListenerRun.with { run in
            let answer = try await run.exchange(
                Self.get("http://else.where:80/a?b", Self.host + "Connection: close\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n/a?b"))
            #expect(run.lines.requests.map(\.path) == ["/a"])
        }
    }

    @Test("a client that offers another protocol is answered in this one")
    func upgrade() async throws {
        try await ListenerRun.with { run in
            let answer = try await run.exchange(
                Self.get("/a", Self.host + "Connection: Upgrade\r\nUpgrade: h2c\r\n"))
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("/a"))
        }
    }

    @Test("a head that does not become whole is answered with 408")
    func slowHead() async throws {
        var limits = HTTPLimits()
        // Its first bytes have to be there by then, on a machine that does much else.
        limits.header = .seconds(3)
        try await ListenerRun.with(limits) { run in
            let answer = try await run.exchange("GET / HTTP/1.1\r\nHo")
            #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            #expect(run.lines.requests.map(\.problem) == ["header-timeout"])
        }
    }

    @Test("a connection without a request is closed without a word")
    func silent() async throws {
        var limits = HTTPLimits()
        limits.header = .milliseconds(50)
        try await ListenerRun.with(limits) { run in
            let answer = try await run.exchange("")
            #expect(answer == "")
            #expect(run.lines.requests.isEmpty)
        }
    }

    @Test("a body that stops is answered with 408, and the log says how much arrived")
    func stalledBody() async throws {
        var limits = HTTPLimits()
        limits.body = .milliseconds(50)
        try await ListenerRun.with(limits) { run in
            let answer = try await run.exchange(Self.post("Content-Length: 50\r\n", "abc"))
            #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            #expect(answer.lowercased().contains("connection: close"))
            let line = try #require(run.lines.requests.first)
            #expect(line.problem == "body-timeout" && line.bytesIn == 3)
            #expect(run.metrics.all.map(\.bytesIn) == [3])
        }
    }

    @Test("a body over the limit is counted as far as it came")
    func tooLarge() async throws {
        try await ListenerRun.with(largest: 4) { run in
            let answer = try await run.exchange(
                Self.post("Transfer-Encoding: chunked\r\n", "5\r\nabcde\r\n"))
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(run.lines.requests.map(\.bytesIn) == [5])
        }
    }

    @Test("one client may have so many connections, and another one when it closes one")
    func perAddress() async throws {
        var limits = HTTPLimits()
        limits.connectionsPerAddress = 1
        try await ListenerRun.with(limits) { run in
            let first = try await run.connect()
            try await first.send(Self.get("/first"))
            #expect(await first.read(until: "/first").hasPrefix("HTTP/1.1 200 OK"))
            let second = try await run.exchange(Self.get("/second"))
            #expect(second == "")
            #expect(run.lines.all.contains { $0.contains("connections turned away") })
            try await first.send(Self.get("/last", Self.host + "Connection: close\r\n"))
            _ = await first.readToEnd()
            first.close()
            var answer = ""
            while answer.isEmpty {
                answer = try await run.exchange(
                    Self.get("/third", Self.host + "Connection: close\r\n"))
            }
            #expect(answer.hasSuffix("/third"))
        }
    }

    @Test("the log line has the trace that the client began, and nothing secret")
    func logLine() async throws {
        try await ListenerRun.with { run in
            let fields = """
                Host: localhost\r
                Connection: close\r
                X-Request-ID: seen-1\r
                traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r
                Authorization: Bearer s3cret\r
                Cookie: a=s3cret\r

                """
            let answer = try await run.exchange(Self.get("/absent?key=s3cret", fields))
            #expect(
                answer.contains("x-request-id: seen-1") || answer.contains("X-Request-ID: seen-1"))
            let line = try #require(run.lines.requests.first)
            #expect(line.requestID == "seen-1")
            #expect(line.traceID == "0af7651916cd43dd8448eb211c80319c")
            #expect(line.spanID != "b7ad6b7169203331")
            #expect(line.client == "127.0.0.1")
            #expect(line.method == "GET" && line.path == "/absent")
            #expect(line.route == "rehearsal" && line.status == 404)
            #expect(!run.lines.all.joined().contains("s3cret"))
        }
    }
}
