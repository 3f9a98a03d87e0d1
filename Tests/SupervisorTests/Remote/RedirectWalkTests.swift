import RequestSyntax
import Testing

@testable import Supervisor

@Suite("The way over redirects")
struct RedirectWalkTests {
    private static func address(_ text: String) throws -> RemoteAddress {
        guard case .remote(let address) = try SourceAddress(text) else {
            throw SourceAddressError.unknownScheme
        }
        return address
    }

    static let steps: [(String, Int, String?, RedirectWalk.Step)] = [
        ("http://a/", 200, nil, .image), ("http://a/", 304, nil, .fail(.unexpected(304))),
        ("http://a/", 302, "#b", .fail(.badRedirect)),
        ("http://a/", 302, "b.example:81/x", .fail(.badRedirect)),
        ("http://a/", 302, "/\\b.example/", .fail(.badRedirect)),
        ("http://a/", 302, "///b.example/", .fail(.badRedirect)),
        ("http://a/", 302, "local:///x", .fail(.badRedirect)),
        ("http://a/", 302, "s3://bucket/x", .fail(.badRedirect)),
        ("http://a/", 404, nil, .fail(.clientError(404))),
        ("http://a/", 503, nil, .fail(.serverError(503))),
        ("http://a/", 206, nil, .fail(.unexpected(206))),
        ("http://a/", 204, nil, .fail(.unexpected(204))),
        ("http://a/", 301, nil, .fail(.badRedirect)), ("http://a/", 302, "", .fail(.badRedirect)),
        ("http://a/", 300, "http://b/", .fail(.unexpected(300))),
        ("https://a/", 302, "http://b/", .fail(.insecureRedirect)),
        ("http://a/", 302, "ftp://b/", .fail(.badRedirect)),
        ("http://a/", 302, "http://u:p@b/", .fail(.badRedirect)),
        ("http://a/", 302, "http://2130706433/", .fail(.badRedirect)),
        ("http://a/", 302, "javascript:alert(1)", .fail(.badRedirect)),
    ]

    @Test("an answer is an image, another address, or the end", arguments: steps)
    func step(from: String, status: Int, location: String?, expected: RedirectWalk.Step) throws {
        var walk = RedirectWalk(from: try Self.address(from), most: 3)
        #expect(walk.answered(status: status, location: location) == expected)
    }

    static let references: [(String, String)] = [
        ("https://b.example/x", "https://b.example/x"), ("//b.example/x", "http://b.example/x"),
        ("/x?y", "http://a.example:81/x?y"), ("x", "http://a.example:81/d/x"),
        ("?y=1", "http://a.example:81/d/f?y=1"),
        // RFC 3986 section 5.4, from the base http://a/b/c/d;p?q: here it is http://a.example:81/d/f.
        ("g;x=1/../y", "http://a.example:81/d/y"), ("./g/.", "http://a.example:81/d/g/"),
        ("..", "http://a.example:81/"), ("../../../g", "http://a.example:81/g"),
        ("/./g", "http://a.example:81/g"), ("/../g", "http://a.example:81/g"),
        ("g?y/../x", "http://a.example:81/d/g?y/../x"), ("g#s/../x", "http://a.example:81/d/g"),
        ("//b.example", "http://b.example/"),
    ]

    @Test("a reference counts from the address that it came from", arguments: references)
    func resolves(reference: String, expected: String) throws {
        var walk = RedirectWalk(from: try Self.address("http://a.example:81/d/f?q"), most: 1)
        #expect(
            walk.answered(status: 302, location: reference) == .ask(try Self.address(expected)))
    }

    @Test("304 is an answer to who has asked for it")
    func unchanged() throws {
        var walk = RedirectWalk(from: try Self.address("http://a/"), most: 3, isConditional: true)
        #expect(walk.answered(status: 304, location: nil) == .unchanged)
    }

    @Test("the fourth redirect is one too many")
    func tooMany() throws {
        var walk = RedirectWalk(from: try Self.address("http://a/"), most: 3)
        for _ in 0..<3 {
            guard case .ask = walk.answered(status: 307, location: "http://a/") else {
                Issue.record("not followed")
                return
            }
        }
        #expect(walk.answered(status: 307, location: "http://a/") == .fail(.tooManyRedirects))
    }
}
