import HTTPTypes
import Hummingbird
import NIOCore
import RequestSyntax

/// How errors are shown.
enum ErrorFace: Sendable {
    /// Problem details (RFC 9457).
    case details
    /// One line of text with the statuses of imgproxy, for signed URLs.
    case plain
}

extension Problem {
    /// The status and the line that clients of signed URLs know.
    var plain: (status: HTTPResponse.Status, text: String) {
        switch self {
        case .wrongSignature: (.forbidden, "Forbidden")
        case .optionForSignature:
            (.forbidden, "Forbidden. It looks as if an option stood where the signature belongs.")
        case .forbiddenOption: (.forbidden, "Invalid URL")
        case .invalidURL, .invalidOption, .expired: (.notFound, "Invalid URL")
        case .source(.empty): (.unprocessableContent, "Failed to detect source image type")
        case .source(let failure):
            switch failure.kind {
            case .refused: (failure.status, "Invalid source URL")
            case .unreachable, .timeout: (failure.status, "Source is unreachable")
            case .incomplete: (failure.status, "Source response is incomplete")
            case .unusable: (failure.status, "Invalid source image")
            }
        case .emptyBody: (.unprocessableContent, "Failed to detect source image type")
        case .unsupportedType, .typeContradiction, .overLimit:
            (.unprocessableContent, "Invalid source image")
        case .unsupportedResult, .notADrawing, .unusableSize:
            (.unprocessableContent, "Invalid URL")
        case .brokenImage, .couldNotProcess:
            (.unprocessableContent, "Broken or unsupported image")
        case .unavailable, .tooManyFailures, .rateLimited, .tooManyAtOnce, .tooManyErrors:
            (.tooManyRequests, "Too many requests")
        case .deadline: (.serviceUnavailable, "Timeout")
        case .clientGone: (status, "Cancelled")
        case .notFound: (.notFound, "Source is unreachable")
        default: (status, title)
        }
    }

    /// What the operator's log says of it.
    var reason: String {
        switch self {
        case .invalidURL(let error): error.reason
        case .source(let failure): failure.reason
        default: detail
        }
    }

    /// The whole answer as one line.
    var plainResponse: Response {
        let (status, text) = plain
        var headers: HTTPFields = [
            .contentType: "text/plain; charset=utf-8", .cacheControl: "no-store",
        ]
        addFields(to: &headers)
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// The part of `docs/errors.md` about signed URLs.
    static var plainDocumentation: String {
        var text = """

            ## Signed URLs

            Errors of signed URLs are one line of plain text with the status that imgproxy has for them. The
            names of the table above stand in the log line of the request.

            | `urn:glovebox:problem:` | status | line |
            |---|---|---|

            """
        for problem in kinds where problem.isOfSignedURLs {
            let (status, line) = problem.plain
            text += "| `\(problem.name)` | \(status.code) | \(line) |\n"
        }
        return text
    }

    private var isOfSignedURLs: Bool {
        switch self {
        case .emptyBody, .malformedRequest, .unauthorized, .foreignPage, .missingScope,
            .addressNotPermitted, .keyExpired, .mistypedKey, .signatureExpired, .reloadRefused,
            .bodyTimeout, .headerTimeout, .targetTooLong, .headersTooLarge, .tooManyAttempts,
            .dailyLimit:
            false
        default: true
        }
    }
}
