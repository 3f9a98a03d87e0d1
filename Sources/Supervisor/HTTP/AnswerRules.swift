import HTTPTypes
import Hummingbird

/// What every answer of a listener gets, whatever it is.
struct AnswerRules: Sendable {
    /// Whether a proxy in front speaks TLS with clients.
    var isEncrypted = false
    /// Which pages may read answers: none on the admin listener.
    var crossOrigin = CrossOrigin()

    func complete(_ response: inout Response, to request: Request) {
        // The image that is in a cache stays one; so does a drawing.
        let isUnchanged = response.status == .notModified
        let kind: SecurityHeaders.Kind? =
            isUnchanged && SecurityHeaders.Kind(response) == .other ? .image : nil
        SecurityHeaders.add(to: &response, as: kind, isEncrypted: isEncrypted)
        crossOrigin.add(to: &response.headers, of: request.headers)
        // RFC 9110 section 8.6: neither has a body, nor a length of one.
        if response.status == .noContent || isUnchanged { response.headers[.contentLength] = nil }
    }
}

/// The answer to OPTIONS (RFC 9110 section 9.3.7): it asks nobody for a key, since browsers send none
/// with their questions, and tells no more than the methods of a path.
enum OptionsResponse {
    static func make(
        _ methods: [HTTPRequest.Method], _ crossOrigin: CrossOrigin, to request: HTTPFields
    ) -> Response {
        var headers: HTTPFields = [.allow: methods.map(\.rawValue).joined(separator: ", ")]
        crossOrigin.addPreflight(to: &headers, of: request, methods: methods)
        return Response(status: .noContent, headers: headers)
    }
}
