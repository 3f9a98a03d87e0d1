import NIOHTTP1
import RequestSyntax

/// What is wrong with a request as a message, whatever it asks for. The parser has seen to the
/// grammar; this is what RFC 9112 demands beyond it.
enum HeadCheck {
    /// The head as it goes on, its target in origin form, or the reason to refuse it.
    static func check(_ head: HTTPRequestHead) throws(Problem) -> HTTPRequestHead {
        try checkHost(head)
        try checkFraming(head)
        // A tunnel's target is a host (section 3.2.3), and there are no tunnels here.
        guard head.method != .CONNECT else { throw .methodNotAllowed(allowed: Route.allMethods) }
        switch RequestTarget(head.uri) {
        case .origin(let path):
            var head = head
            head.uri = path
            return head
        case .asterisk:
            // Section 3.2.4: for OPTIONS alone.
            guard head.method == .OPTIONS else { break }
            return head
        case nil: break
        }
        throw .malformedRequest(
            "The request target must begin with a slash and be plain ASCII without a number sign. "
                + "Percent-encode other characters.")
    }

    /// Section 3.2: exactly one Host field, with a valid value; HTTP/1.0 may do without.
    private static func checkHost(_ head: HTTPRequestHead) throws(Problem) {
        let hosts = head.headers["host"]
        let isNeeded = head.version != .http1_0
        guard hosts.count == 1 || (hosts.isEmpty && !isNeeded) else {
            throw .malformedRequest(
                hosts.isEmpty
                    ? "The Host field is missing. Send one."
                    : "There is more than one Host field. Send one.")
        }
        guard hosts.allSatisfy({ HostField.isValid($0) }) else {
            throw .malformedRequest(
                "The Host field names no host. Send a name, or a name and port.")
        }
    }

    /// Section 6.1: whatever two readers of a message could disagree about is refused.
    private static func checkFraming(_ head: HTTPRequestHead) throws(Problem) {
        let codings = head.headers["transfer-encoding"]
        guard !codings.isEmpty else { return }
        guard head.version == .http1_1, head.headers["content-length"].isEmpty,
            codings.count == 1, codings[0].lowercased() == "chunked"
        else {
            throw .malformedRequest(
                "The body's length cannot be told. Send either Content-Length, or "
                    + "Transfer-Encoding: chunked over HTTP/1.1.")
        }
    }

    /// Why what the parser stopped at is refused.
    ///
    /// - Parameter lineIsLong: whether it was the request line of which there was too much: the parser
    ///   does not say.
    static func problem(_ error: HTTPParserError, lineIsLong: Bool) -> Problem {
        switch error {
        case .headerOverflow: lineIsLong ? .targetTooLong : .headersTooLarge
        case .invalidEOFState: .clientGone
        default: .malformedRequest("This is no valid HTTP/1.1 request. Send a valid HTTP message.")
        }
    }

    // MARK: What follows from a head

    /// Whether the client waits for `100 Continue`, which HTTP/1.0 does not know.
    static func expectsContinue(_ head: HTTPRequestHead) -> Bool {
        head.version == .http1_1
            && head.headers["expect"].contains { $0.lowercased() == "100-continue" }
    }

    /// Whether no other request follows. The decoder reads no further where another protocol was
    /// asked for.
    static func isLast(_ head: HTTPRequestHead) -> Bool {
        head.version != .http1_1 || !head.isKeepAlive
            || head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    /// What stands for a head that is refused: nothing of it but its ids, and whether an answer to it
    /// has a body.
    static func stub(for head: HTTPRequestHead?) -> HTTPRequestHead {
        var headers = HTTPHeaders()
        for name in ["x-request-id", "traceparent", "origin"] {
            for value in head?.headers[name] ?? [] { headers.add(name: name, value: value) }
        }
        let method: HTTPMethod = head?.method == .HEAD ? .HEAD : .GET
        return HTTPRequestHead(version: .http1_1, method: method, uri: "/", headers: headers)
    }
}
