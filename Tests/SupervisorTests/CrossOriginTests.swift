import HTTPTypes
import HummingbirdCore
import Testing

@testable import Supervisor

@Suite("Web pages of other origins")
struct CrossOriginTests {
    private static let shop = "https://shop.example"

    private static func rules(credentials: Bool = false) throws -> CrossOrigin {
        CrossOrigin(
            pages: .of([try WebOrigin(shop), try WebOrigin("http://[::1]:3000")]),
            credentials: credentials, maxAge: .seconds(90))
    }

    private func answer(
        _ rules: CrossOrigin, to origin: String?, vary: String? = nil
    ) -> HTTPFields {
        var headers = HTTPFields()
        headers[.vary] = vary
        var request = HTTPFields()
        request[.origin] = origin
        rules.add(to: &headers, of: request)
        return headers
    }

    @Test("a page of a listed origin may read an answer, by that origin's very name")
    func listed() throws {
        for origin in [Self.shop, "http://[::1]:3000"] {
            let headers = answer(try Self.rules(), to: origin, vary: "Accept")
            #expect(headers[.accessControlAllowOrigin] == origin)
            #expect(headers[.accessControlAllowCredentials] == nil)
            #expect(headers[.vary] == "Accept, Origin")
            #expect(headers[.accessControlExposeHeaders]?.contains("X-Request-ID") == true)
        }
        let headers = answer(try Self.rules(credentials: true), to: Self.shop)
        #expect(headers[.accessControlAllowCredentials] == "true")
    }

    @Test(
        "no other may, however alike",
        arguments: [
            nil, "null", "", "*", "https://shop.example.evil.example", "https://evil.example",
            "http://shop.example", "https://shop.example:444", "https://SHOP.example",
            "https://shop.example/", "https://shop.example, https://shop.example",
            "https://user@shop.example",
        ])
    func others(_ origin: String?) throws {
        let headers = answer(try Self.rules(credentials: true), to: origin)
        #expect(headers[.accessControlAllowOrigin] == nil)
        #expect(headers[.accessControlAllowCredentials] == nil)
        // A cache must not give this answer to the page that may have it.
        #expect(headers[.vary] == "Origin")
    }

    @Test("a star is for all, never with credentials, and never for null")
    func star() {
        let rules = CrossOrigin(pages: .any, credentials: true)
        let headers = answer(rules, to: "https://anything.example")
        #expect(headers[.accessControlAllowOrigin] == "*")
        #expect(headers[.accessControlAllowCredentials] == nil)
        #expect(answer(rules, to: "null")[.accessControlAllowOrigin] == nil)
    }

    @Test("without any origin nothing is said")
    func off() {
        #expect(answer(CrossOrigin(), to: Self.shop).isEmpty)
    }

    private func preflight(
        _ method: String?, _ fields: String?, origin: String = shop,
        methods: [HTTPRequest.Method] = [.post, .options]
    ) throws -> HTTPFields {
        var request: HTTPFields = [.origin: origin]
        request[.accessControlRequestMethod] = method
        request[.accessControlRequestHeaders] = fields
        return OptionsResponse.make(methods, try Self.rules(), to: request).headers
    }

    @Test("a page may ask before it sends")
    func permitted() throws {
        let headers = try preflight("POST", "content-type,X-Api-Key, if-none-match")
        #expect(headers[.allow] == "POST, OPTIONS")
        #expect(headers[.accessControlAllowMethods] == "POST, OPTIONS")
        #expect(headers[.accessControlMaxAge] == "90")
        let fields = headers[.accessControlAllowHeaders]?.split(separator: ", ") ?? []
        #expect(fields.contains("x-api-key") && fields.contains("authorization"))
        #expect(
            headers[.vary] == "Access-Control-Request-Method, Access-Control-Request-Headers")
    }

    @Test("a method or a field that there is not is not permitted")
    func notPermitted() throws {
        for (method, fields, origin) in [
            ("DELETE", nil, Self.shop), ("post", nil, Self.shop),
            ("POST", "x-forwarded-for", Self.shop), ("POST", "x-api-key,x-evil", Self.shop),
            ("POST", nil, "https://evil.example"), ("POST", nil, "null"), (nil, nil, Self.shop),
        ] as [(String?, String?, String)] {
            let headers = try preflight(method, fields, origin: origin)
            #expect(headers[.accessControlAllowMethods] == nil)
            #expect(headers[.accessControlAllowHeaders] == nil)
            #expect(headers[.allow] == "POST, OPTIONS")
        }
    }

    @Test("names are added to those that an answer depends on once")
    func varying() {
        var headers: HTTPFields = [.vary: "Accept, origin"]
        headers.vary(by: ["Origin", "Accept", "Width"])
        #expect(headers[.vary] == "Accept, origin, Width")
        headers[.vary] = "*"
        headers.vary(by: ["Origin"])
        #expect(headers[.vary] == "*")
    }

    @Test(
        "origins are written as browsers write them",
        arguments: [
            "https://shop.example", "http://localhost:3000", "https://xn--bcher-kva.example:8443",
            "https://192.0.2.1", "http://[2001:db8::1]:8080", "https://a_b.example",
        ])
    func origins(_ text: String) throws {
        #expect(try WebOrigin(text).text == text)
    }

    @Test(
        "whatever else a browser would never send is refused, with what it would send",
        arguments: [
            ("https://Shop.example", "https://shop.example"),
            ("https://shop.example/", "https://shop.example"),
            ("https://shop.example:443", "https://shop.example"),
            ("http://shop.example:80", "http://shop.example"),
            ("HTTPS://shop.example:443/", "https://shop.example"),
            ("https://shop.example/a", nil), ("shop.example", nil), ("https://", nil),
            ("https://*.example", nil), ("null", nil), ("https://a@b.example", nil),
            ("https://a.example:0", nil), ("https://a.example:65536", nil),
            ("https://a..example", nil), ("https://[::1", nil), ("ftp://a.example", nil),
            ("https://bücher.example", nil), ("https://a.example?b", nil),
        ] as [(String, String?)])
    func notOrigins(_ text: String, _ usual: String?) {
        let error = #expect(throws: WebOrigin.Failure.self) { try WebOrigin(text) }
        #expect(error == (usual.map { .otherwise($0) } ?? .malformed))
    }
}
