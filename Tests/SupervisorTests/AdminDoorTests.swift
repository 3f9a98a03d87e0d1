import HTTPTypes
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("Who may ask the admin listener")
struct AdminDoorTests {
    private static let key = "0123456789abcdef"
    private let clock = MovedClock()
    private let keys = AdminKeys(operatorKey: "operator-of-this-start", configured: [key])
    private let door: AdminDoor

    init() { door = AdminDoor(keys: keys, clock: clock) }

    private func pass(
        _ headers: HTTPFields, authority: String? = "127.0.0.1:8081",
        from address: String = "192.0.2.9"
    ) -> Problem? {
        let request = HTTPRequest(
            method: .get, scheme: "http", authority: authority, path: "/metrics",
            headerFields: headers)
        do throws(Problem) {
            try door.pass(request, from: address)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a configured key and the operator key open, as a bearer token and as X-API-Key",
        arguments: [
            [.authorization: "Bearer \(key)"], [.authorization: "bearer \(key)"],
            [.apiKey: key], [.authorization: "Bearer operator-of-this-start"],
        ] as [HTTPFields])
    func opens(_ headers: HTTPFields) {
        #expect(pass(headers) == nil)
    }

    @Test(
        "anything else does not",
        arguments: [
            [:], [.authorization: key], [.authorization: "Basic \(key)"],
            [.authorization: "Bearer"], [.authorization: "Bearer "], [.apiKey: ""],
            [.authorization: "Bearer \(key.dropLast())"],
            [.authorization: "Bearer \(key)x"], [.apiKey: key.uppercased()],
            // A wrong one beside the right one is no key either.
            [.authorization: "Bearer wrong", .apiKey: key],
        ] as [HTTPFields])
    func staysShut(_ headers: HTTPFields) {
        #expect(pass(headers) == .unauthorized)
    }

    @Test("a reload changes the configured keys and leaves the operator key")
    func replaced() {
        keys.replace(configured: ["another-key-of-some-length"])
        #expect(keys.actor(of: Self.key) == nil)
        #expect(keys.actor(of: "another-key-of-some-length") == .adminKey)
        #expect(keys.actor(of: "operator-of-this-start") == .operator)
        keys.replace(configured: [])
        #expect(keys.actor(of: "another-key-of-some-length") == nil && keys.actor(of: "") == nil)
    }

    @Test(
        "thirty wrong keys from one address, then one every two seconds; others are not disturbed")
    func guessing() {
        let wrong: HTTPFields = [.authorization: "Bearer wrong"]
        let right: HTTPFields = [.apiKey: Self.key]
        for _ in 0..<30 { #expect(pass(wrong) == .unauthorized) }
        #expect(pass(wrong) == .tooManyAttempts(seconds: 2))
        // Else a right guess would show all the same.
        #expect(pass(right) == .tooManyAttempts(seconds: 2))
        #expect(pass(right, from: "192.0.2.1") == nil)
        #expect(pass(right, from: "::1") == nil)
        clock.advance(by: .seconds(2))
        #expect(pass(right) == nil)
        #expect(pass(wrong) == .unauthorized)
        #expect(pass(wrong) == .tooManyAttempts(seconds: 2))
    }

    @Test(
        "it may be asked by address, as localhost, and under no other name",
        arguments: [
            ("127.0.0.1", true), ("127.0.0.1:8081", true), ("[::1]:8081", true), ("[::1]", true),
            ("localhost:8081", true), ("LocalHost", true), ("192.0.2.7:80", true),
            ("evil.example", false), ("evil.example:8081", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example:8081", false), ("", false), (":8081", false),
            ("::1", false), ("[127.0.0.1]", false), ("localhost:80x", false),
            ("localhost@evil.example", false), ("evil.example@127.0.0.1", false),
        ])
    func names(_ authority: String, _ isOurs: Bool) {
        #expect(pass([.apiKey: Self.key], authority: authority) == (isOurs ? nil : .foreignPage))
    }

    @Test("a name that was configured is ours too")
    func configuredName() throws {
        let pages = PageGuard(names: ["glovebox.internal"])
        try pages.check(authority: "Glovebox.Internal:8081", headers: [:])
        #expect(throws: Problem.foreignPage) {
            try pages.check(authority: "evil.internal", headers: [:])
        }
        #expect(throws: Problem.foreignPage) { try pages.check(authority: nil, headers: [:]) }
    }

    @Test("what a web page sends is turned away whatever key it has, and costs no attempt")
    func webPages() throws {
        let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
        for _ in 0..<100 {
            #expect(pass([.apiKey: Self.key, .origin: "http://127.0.0.1:3000"]) == .foreignPage)
            #expect(pass([.apiKey: Self.key, .origin: "null"]) == .foreignPage)
            #expect(pass([.apiKey: Self.key, site: "cross-site"]) == .foreignPage)
        }
        #expect(pass([.apiKey: Self.key, site: "none"]) == nil)
    }
}
