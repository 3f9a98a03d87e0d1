import HTTPTypes
import HummingbirdCore
import NIOCore
import Testing

@testable import Supervisor

@Suite("Fields that guide browsers")
struct SecurityHeadersTests {
    /// What the specification of this service has for answers that are no image.
    static let ofProblems = [
        ("Content-Security-Policy", "default-src 'none'; sandbox"),
        ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
        ("X-XSS-Protection", "1; mode=block"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    private func completed(
        _ status: HTTPResponse.Status, _ type: String?, _ rules: AnswerRules = AnswerRules()
    ) -> HTTPFields {
        var headers = HTTPFields()
        headers[.contentType] = type
        var response = Response(status: status, headers: headers)
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/")
        rules.complete(&response, to: Request(head: head, body: .init(buffer: .init())))
        return response.headers
    }

    private func value(_ name: String, _ headers: HTTPFields) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }

    @Test(
        "every answer has them",
        arguments: [
            (HTTPResponse.Status.ok, "application/json"),
            (.notFound, "application/problem+json"), (.noContent, nil),
            (.ok, "multipart/mixed; boundary=x"), (.forbidden, "text/plain; charset=utf-8"),
        ] as [(HTTPResponse.Status, String?)])
    func every(_ status: HTTPResponse.Status, _ type: String?) {
        let headers = completed(status, type)
        for (name, expected) in Self.ofProblems { #expect(value(name, headers) == expected) }
        #expect(headers[.strictTransportSecurity] == nil)
        #expect((headers[.contentLength] == nil) == (status == .noContent))
    }

    @Test("pages of other sites may show images", arguments: ["image/png", "image/svg+xml"])
    func images(_ type: String) {
        let headers = completed(.ok, type)
        #expect(value("Cross-Origin-Resource-Policy", headers) == "cross-origin")
        #expect(value("X-Frame-Options", headers) == "DENY")
    }

    @Test("only a drawing keeps its styles and the pixels in it")
    func drawings() {
        #expect(
            value("Content-Security-Policy", completed(.ok, "image/svg+xml"))
                == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox")
        #expect(
            value("Content-Security-Policy", completed(.ok, "image/png"))
                == "default-src 'none'; sandbox")
    }

    @Test("an answer without an image leaves the one in a cache an image (RFC 9111 section 3.2)")
    func unchanged() {
        let headers = completed(.notModified, nil)
        #expect(value("Cross-Origin-Resource-Policy", headers) == "cross-origin")
        #expect(headers[.contentLength] == nil)
        let drawing = completed(.notModified, "image/svg+xml")
        #expect(value("Content-Security-Policy", drawing)?.contains("style-src") == true)
    }

    @Test("browsers are told to use TLS alone where a proxy in front speaks it")
    func transport() {
        let headers = completed(.notFound, nil, AnswerRules(isEncrypted: true))
        #expect(headers[.strictTransportSecurity] == "max-age=31536000; includeSubDomains")
    }
}
