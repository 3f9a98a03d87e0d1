import HTTPTypes
import RequestSyntax
import Testing

@testable import Supervisor

@Suite("Routes")
struct RouteTests {
    @Test("what there is")
    func routes() throws {
        #expect(try Route(method: .post, target: "/v1/process?w=1") == .process)
        #expect(try Route(method: .post, target: "/v1/info") == .uploadInfo)
        #expect(try Route(method: .post, target: "/v1/batch?options=w:1") == .batch)
        #expect(try Route(method: .get, target: "/v1/options") == .options)
        #expect(try Route(method: .get, target: "/health") == .health)
        #expect(try Route(method: .head, target: "/health/ready") == .ready)
        let path = try ImagePath(percentEncoded: "a/b.jpg")
        #expect(try Route(method: .get, target: "/v1/images/a/b.jpg?w=1/info") == .image(path))
        #expect(try Route(method: .get, target: "/v1/images/a%2Fb.jpg/info") == .imageInfo(path))
    }

    @Test(
        "paths have one spelling",
        arguments: [
            "/v1//process", "/v1/process/", "/v1", "/favicon.ico", "/health/", "/cmd/status",
            "/v1/%70rocess",
            "/v1/./process", "/v1/images", "/v1/images/", "/v1/images//info", "/",
            "/v1/images/../a.jpg", "/v1/images/%2e%2e/a.jpg", "/v1/images/a%00.jpg",
        ])
    func oneSpelling(_ target: String) {
        #expect(throws: Problem.notFound) { try Route(method: .post, target: target) }
    }

    @Test(
        "everything else is a signed URL, as it came",
        arguments: ["/s/w:1/plain/a", "//v1/process", "/V1/process", "/a", "//", "/v1x/y/z"])
    func signed(_ path: String) throws {
        #expect(try Route(method: .get, target: path + "?v=1") == .signed(path))
        let error = #expect(throws: Problem.self) { try Route(method: .post, target: path) }
        #expect(error == .methodNotAllowed(allowed: [.get, .head, .options]))
    }

    @Test(
        "a target that is no path is refused",
        arguments: ["", "*", "http://x/", "/ä", "/a\u{7F}"])
    func targets(_ target: String) {
        let error = #expect(throws: Problem.self) { try Route(method: .get, target: target) }
        #expect(error?.name == "malformed-request")
    }

    @Test("a method that does not apply is answered with those that do")
    func methods() {
        #expect(throws: Problem.methodNotAllowed(allowed: [.post, .options])) {
            try Route(method: .get, target: "/v1/process")
        }
        #expect(throws: Problem.methodNotAllowed(allowed: [.get, .head, .options])) {
            try Route(method: .delete, target: "/v1/images/a.jpg")
        }
        #expect(throws: Problem.methodNotAllowed(allowed: [.post, .options])) {
            try Route(method: .get, target: "/v1/batch")
        }
        #expect(throws: Problem.methodNotAllowed(allowed: [.get, .head, .options])) {
            try Route(method: .post, target: "/v1/options")
        }
    }

    @Test(
        "a method that HTTP does not define is nobody's, whatever the path (RFC 9110 section 9.1)",
        arguments: ["/v1/process", "/health", "/s/w:1/plain/a"])
    func unknownMethods(_ target: String) {
        for method in ["PROPFIND", "MKCOL", "get", "PRI"].compactMap({ HTTPRequest.Method($0) }) {
            #expect(throws: Problem.unknownMethod) { try Route(method: method, target: target) }
        }
        let known: [HTTPRequest.Method] = [.put, .patch, .delete, .trace, .connect]
        for method in known {
            let error = #expect(throws: Problem.self) { try Route(method: method, target: target) }
            #expect(error?.status == .methodNotAllowed)
        }
    }

    @Test("what may be done at a target is known without doing it")
    func methodsOfTargets() throws {
        #expect(try Route.methods(at: "/v1/process?w=x") == [.post, .options])
        #expect(try Route.methods(at: "/a/plain/b") == [.get, .head, .options])
        #expect(try Route.methods(at: "*") == Route.allMethods)
        #expect(throws: Problem.notFound) { try Route.methods(at: "/v1/nothing") }
        #expect(try AdminRoute.methods(at: "/cmd/log-level") == [.get, .head, .put, .options])
        #expect(throws: Problem.notFound) { try AdminRoute.methods(at: "/v1/process") }
    }

    @Test("the query is what stands behind the first question mark, as it came")
    func query() {
        #expect(Route.query(of: "/a?b=%31?c") == "b=%31?c")
        #expect(Route.query(of: "/a") == "")
    }
}
