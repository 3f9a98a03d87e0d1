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
        ("http://a/", 200, nil, .image), ("http://a/", 304, nil, .unchanged),
        ("http://a/", 404, nil, .fail(.refused(404))), ("http://a/", 503, nil, .fail(.broken(503))),
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
        ("?y=1", "http://a.example:81/d/?y=1"),
    ]

    @Test("a reference counts from the address that it came from", arguments: references)
    func resolves(reference: String, expected: String) throws {
        var walk = RedirectWalk(from: try Self.address("http://a.example:81/d/f?q"), most: 1)
        #expect(
            walk.answered(status: 302, location: reference) == .ask(try Self.address(expected)))
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

@Suite("Hosts that fail")
struct HostRestTests {
    @Test("a host rests after five failures in a row, and one request tries it afterwards")
    func rest() {
        let clock = ManualClock()
        var rest = HostRest<ManualClock>()
        for number in 0..<5 {
            #expect(rest.refusal(host: "a", address: "\(number)", at: clock.now) == nil)
            rest.failed(host: "a", address: "\(number)", .timeout, at: clock.now)
        }
        #expect(rest.refusal(host: "a", address: "x", at: clock.now) == .resting)
        #expect(rest.refusal(host: "b", address: "x", at: clock.now) == nil)
        let later = clock.now.advanced(by: .seconds(10))
        #expect(rest.refusal(host: "a", address: "x", at: later) == nil)
        #expect(rest.refusal(host: "a", address: "y", at: later) == .resting)
        rest.succeeded(host: "a")
        #expect(rest.refusal(host: "a", address: "y", at: later) == nil)
    }

    @Test("what failed a moment ago fails at once, and is asked again soon")
    func memory() {
        let clock = ManualClock()
        var rest = HostRest<ManualClock>()
        rest.failed(host: "a", address: "u", .refused(404), at: clock.now)
        #expect(rest.refusal(host: "a", address: "u", at: clock.now) == .refused(404))
        #expect(rest.refusal(host: "a", address: "v", at: clock.now) == nil)
        let later = clock.now.advanced(by: .seconds(3))
        #expect(rest.refusal(host: "a", address: "u", at: later) == nil)
    }

    @Test("what is remembered is bounded, whatever is asked for")
    func bounded() {
        let clock = ManualClock()
        var rest = HostRest<ManualClock>(.init(most: 4))
        for number in 0..<100 {
            rest.failed(host: "\(number)", address: "\(number)", .timeout, at: clock.now)
        }
        #expect(rest.refusal(host: "99", address: "99", at: clock.now) == .timeout)
        #expect(rest.refusal(host: "0", address: "0", at: clock.now) == nil)
    }
}
