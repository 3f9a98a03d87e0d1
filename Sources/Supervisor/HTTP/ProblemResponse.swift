import HTTPTypes
import Hummingbird
import ImageVocabulary
import NIOCore
import RequestSyntax

extension Problem {
    /// The members of the problem details object (RFC 9457 section 3.1), `type` first.
    func json(requestID: RequestID) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("type", .string("urn:glovebox:problem:\(name)")),
            ("title", .string(title)),
            ("status", .integer(Int64(status.code))),
            ("detail", .string(detail)),
            ("request_id", .string(requestID.text)),
        ]
        switch self {
        case .overLimit(let limit, _): members.append(("limit", .string(limit.rawValue)))
        case .invalidOption(let error), .forbiddenOption(let error):
            members.append(("option", .string(error.option)))
        case .missingScope(let scope): members.append(("scope", .string(scope.rawValue)))
        case .reloadRefused(let reasons):
            members.append(("reasons", .array(reasons.map { .string($0) })))
        default: break
        }
        return .object(members)
    }

    /// The whole answer.
    func response(requestID: RequestID) -> Response {
        var headers: HTTPFields = [
            .contentType: "application/problem+json",
            .cacheControl: "no-store",
        ]
        addFields(to: &headers)
        let body = ByteBuffer(string: json(requestID: requestID).text + "\n")
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// The fields that go with some problems, however they are shown.
    func addFields(to headers: inout HTTPFields) {
        if let seconds = retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        if case .methodNotAllowed(let allowed) = self {
            headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
        }
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
    }
}
