import TestSupport
import Testing

/// A request as no proper client sends it, byte by byte, and what the standards have a server say.
///
/// To add one, write a row in the table of its group, with the status and the problem's name, or
/// `.silence` where the connection is closed without an answer.
struct HostileRequest: Sendable, CustomTestStringConvertible {
    enum Expected: Sendable, Equatable {
        /// One answer with this status; the problem of its JSON body, nil for an answer without one.
        case answer(Int, String?)
        case silence
    }

    let testDescription: String
    let bytes: [UInt8]
    let expected: Expected

    init(_ what: String, _ bytes: [UInt8], _ expected: Expected) {
        testDescription = what
        self.bytes = bytes
        self.expected = expected
    }

    init(_ what: String, _ text: String, _ status: Int, _ problem: String?) {
        self.init(what, Array(text.utf8), .answer(status, problem))
    }

    /// A request that is no valid message (RFC 9112).
    static func malformed(_ what: String, _ text: String) -> HostileRequest {
        HostileRequest(what, text, 400, "malformed-request")
    }

    static func malformed(_ what: String, _ bytes: [UInt8]) -> HostileRequest {
        HostileRequest(what, bytes, .answer(400, "malformed-request"))
    }

    static let host = "Host: localhost\r\n"
    static let close = "Connection: close\r\n"

    /// A whole GET after which the client wants the end.
    static func get(_ target: String, _ fields: String = "") -> String {
        "GET \(target) HTTP/1.1\r\n\(host)\(close)\(fields)\r\n"
    }

    /// A POST of a body, with the fields of its framing.
    static func post(_ target: String, _ fields: String, _ body: String = "") -> String {
        "POST \(target) HTTP/1.1\r\n\(host)\(close)\(fields)\r\n\(body)"
    }

    /// A POST of a body with its length.
    static func post(_ target: String, _ fields: String, bytes body: [UInt8]) -> [UInt8] {
        Array(post(target, "Content-Length: \(body.count)\r\n\(fields)").utf8) + body
    }

    /// Sends it, reads all that comes, and asks for something proper on a new connection.
    func check(
        _ service: Service, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answers = try await Self.answers(to: bytes, service)
        switch expected {
        case .silence:
            #expect(answers.isEmpty, "\(answers)", sourceLocation: sourceLocation)
        case .answer(let status, let problem):
            #expect(answers.count == 1, "\(answers)", sourceLocation: sourceLocation)
            let answer = try #require(answers.first, sourceLocation: sourceLocation)
            #expect(answer.status == status, "\(answer)", sourceLocation: sourceLocation)
            #expect(answer.problem == problem, "\(answer)", sourceLocation: sourceLocation)
        }
        let after = try await Self.answers(to: Array(Self.get("/health").utf8), service)
        #expect(after.map(\.status) == [200], sourceLocation: sourceLocation)
    }

    /// One answer, read without an HTTP library.
    struct Answer: CustomStringConvertible {
        let head: String
        let body: String

        var description: String { "\(head)\n\n\(body.prefix(500))" }

        var status: Int { Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0 }

        /// The problem that a body of problem details names.
        var problem: String? {
            let json = JSON(parsing: Array(body.utf8)) ?? .null
            let name = "urn:glovebox:problem:"
            return json["type"].text.flatMap { $0.hasPrefix(name) ? $0.dropFirst(name.count) : nil }
                .map { String($0) }
        }
    }

    /// Everything that a connection answers until it is closed: more than one answer where a second
    /// request was seen in the bytes of the first.
    static func answers(to bytes: [UInt8], _ service: Service) async throws -> [Answer] {
        let connection = try RawConnection(port: service.port)
        // It may hang up before it has everything.
        _ = await onThread { connection.send(bytes) }
        let received = try await within(.seconds(30), "the end of the connection") {
            await connection.readToEnd()
        }
        var rest = received[...]
        var answers: [Answer] = []
        while !rest.isEmpty {
            let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) ?? rest.endIndex..<rest.endIndex
            let head = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
            let length = head.lowercased().firstMatch(of: /\ncontent-length: ([0-9]+)/)
                .flatMap { Int($0.output.1) }
            let body = rest[end.upperBound...].prefix(length ?? .max)
            answers.append(Answer(head: head, body: String(decoding: body, as: UTF8.self)))
            rest = rest[body.endIndex...]
        }
        return answers
    }
}
