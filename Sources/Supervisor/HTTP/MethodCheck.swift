import HTTPTypes

/// Which methods are refused in which way.
///
/// RFC 9110 section 9.1 has 405 for methods that a server knows and a path has not, and 501 for those
/// that it does not know. Known are those of section 9.3 and PATCH (RFC 5789), whether or not any path
/// has them. TRACE, which shows a client what it has sent, and CONNECT have none.
enum MethodCheck {
    private static let known: Set<HTTPRequest.Method> = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]

    static func check(
        _ method: HTTPRequest.Method, among allowed: [HTTPRequest.Method]
    ) throws(Problem) {
        guard known.contains(method) else { throw .unknownMethod }
        guard allowed.contains(method) else { throw .methodNotAllowed(allowed: allowed) }
    }
}
