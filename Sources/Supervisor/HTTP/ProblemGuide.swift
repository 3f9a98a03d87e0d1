import HTTPTypes
import ImageVocabulary
import RequestSyntax

extension Problem {
    /// One of each kind, by status and name: what `docs/errors.md` is made from. A test holds the
    /// list against the cases there are.
    static let kinds: [Problem] = [
        .emptyBody, .invalidOption(OptionError(option: "option", reason: "reason")),
        .malformedRequest("reason"), .unauthorized, .foreignPage,
        .forbiddenOption(OptionError(option: "option", reason: "reason", isForbidden: true)),
        .missingScope(.process), .addressNotPermitted, .keyExpired, .wrongSignature,
        .signatureExpired,
        .notFound, .expired, .invalidURL(.noSource), .source(.notAllowed), .source(.noSuchHost),
        .methodNotAllowed(allowed: []), .bodyTimeout, .headerTimeout, .reloadRefused([]),
        .overLimit(.inputBytes, 0), .targetTooLong, .typeContradiction("reason"),
        .unsupportedType("reason"), .brokenImage, .couldNotProcess, .notADrawing,
        .overLimit(.pixels, 0), .source(.incomplete), .source(.encoded),
        .unusableSize, .tooManyAttempts(seconds: 1),
        .tooManyFailures(seconds: 1), .rateLimited(seconds: 1), .tooManyAtOnce,
        .dailyLimit(seconds: 1), .tooManyErrors(seconds: 1), .headersTooLarge, .clientGone,
        .unknownMethod, .unavailable,
        .deadline, .source(.timeout),
    ]

    /// When the problem occurs, and what to do: for the reader of the documentation, who has no
    /// occurrence in front of him.
    var guide: (when: String, remedy: String) {
        switch self {
        case .emptyBody:
            ("An upload has no body.", "Send an image as the body, or as the form field `file`.")
        case .invalidOption:
            (
                "An option is unknown, or its value cannot be read. `option` names it.",
                "Correct the option as `detail` says."
            )
        case .forbiddenOption:
            (
                "An option names a limit, and requests may not do that here. `option` names it.",
                "Leave it out, or ask the operator."
            )
        case .missingScope:
            (
                "The key is right, and permits something else. `scope` names what is missing.",
                "Use another key, or have the scope added."
            )
        case .addressNotPermitted:
            (
                "The service (`ip_allow`) or the key names the addresses to ask from, and the client's "
                    + "is none of them.", "Ask from there, or have the address added."
            )
        case .keyExpired:
            ("The key was good until a time that has passed.", "Ask the operator for another key.")
        case .wrongSignature, .optionForSignature:
            (
                "The signature of a URL or of a query, or the bearer text beside it, is not right.",
                "Sign the URL with a key and a salt of this service."
            )
        case .signatureExpired:
            (
                "The time `exp` of a signed query has passed.",
                "Ask for a request that is signed anew."
            )
        case .invalidURL:
            (
                "A signed URL cannot be read. Why is in the operator's log.",
                "Look at the options and the source of the URL."
            )
        case .source(let failure): Self.guide(to: failure.kind)
        case .expired:
            ("The time that the option `expires` names has passed.", "Ask for a new address.")
        case .malformedRequest:
            (
                "The message is not valid HTTP/1.1, or a form in it is not valid.",
                "Correct the request as `detail` says."
            )
        case .notFound:
            (
                "There is no such route, or no such image.",
                "Check the path. Files that are links, folders or unreadable sound the same."
            )
        case .methodNotAllowed:
            ("The path has no such method.", "Use one of the methods in the `Allow` field.")
        case .unknownMethod:
            (
                "The method is none of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE and CONNECT, "
                    + "and no path has it.", "Use `GET`, `HEAD` or `POST`."
            )
        case .bodyTimeout:
            ("The body did not arrive in time.", "Send it faster, or send a smaller image.")
        case .headerTimeout:
            ("The head of the request did not arrive in time.", "Send the whole request at once.")
        case .overLimit(.inputBytes, _):
            (
                "The input has more bytes than it may. `limit` is `input-bytes`.",
                "Send a smaller one."
            )
        case .overLimit:
            (
                "The image, or the result asked for, exceeds a limit. `limit` is one of "
                    + LimitName.allCases.filter { $0 != .inputBytes }.map { "`\($0.rawValue)`" }
                    .joined(separator: ", ") + ".",
                "Send a smaller image or ask for less."
            )
        case .targetTooLong:
            ("Path and query are longer than a header field may be.", "Shorten them.")
        case .typeContradiction:
            (
                "The `Content-Type`, or the file name, names another type than the bytes have.",
                "Announce the true type, or none."
            )
        case .unsupportedType, .unsupportedResult:
            (
                "The input is of no format that this service reads, or the result would be of one "
                    + "that it does not make.", "Send, or ask for, one that `detail` names."
            )
        case .brokenImage:
            ("The image cannot be decoded.", "Send one that is whole and undamaged.")
        case .couldNotProcess:
            (
                "The image could not be processed. Why is for the operator's records alone.",
                "Do not repeat it unchanged. Name the request id when you ask the operator."
            )
        case .notADrawing:
            (
                "SVG was asked for, and the image is none.",
                "Send an SVG, or ask for another format."
            )
        case .unusableSize:
            (
                "The result would have a side of no pixels, or one that its format cannot hold.",
                "Ask for another width, height or format."
            )
        case .headersTooLarge:
            (
                "A header field is too large, or all of them are, or there are too many.",
                "Send fewer or smaller ones."
            )
        case .clientGone:
            (
                "The client closed the connection, or its sending side, before there was an "
                    + "answer. Seldom seen but in logs.",
                "Keep the connection open until the answer is there."
            )
        case .unavailable:
            (
                "More is asked of the service than it can queue, or it is not in order.",
                "Wait as long as the `Retry-After` field says, then try again."
            )
        case .deadline:
            ("The work took longer than it may.", "Send a smaller image or ask for less.")
        case .unauthorized, .mistypedKey:
            (
                "There is no key, or a wrong one.",
                "Send a key as `Authorization: Bearer KEY` or as `X-API-Key: KEY`. The admin "
                    + "listener asks for an admin key."
            )
        case .foreignPage:
            (
                "The admin listener was asked by a web page, or under a name that is not its own.",
                "Use an operator command, or ask by address or `localhost`."
            )
        case .reloadRefused:
            (
                "The new configuration or a policy cannot be used. Nothing was changed.",
                "Correct what `reasons` names, then reload again."
            )
        case .tooManyFailures:
            (
                "Image after image from this address could not be processed. The wait doubles each "
                    + "time.",
                "Wait as long as the `Retry-After` field says, and do not repeat those images."
            )
        case .rateLimited:
            (
                "The key, or the address where there is none, has used up its rate of requests. "
                    + "`RateLimit` says when there is more.",
                "Wait as long as the `Retry-After` field says, and ask more slowly."
            )
        case .tooManyAtOnce:
            (
                "The key, or the address where there is none, has as many requests under way as it "
                    + "may.", "Wait for an answer before the next request."
            )
        case .dailyLimit:
            (
                "Inputs and results of today have used up the bytes that the key may. The day is "
                    + "that of UTC.", "Wait as long as the `Retry-After` field says."
            )
        case .tooManyErrors:
            (
                "Request after request of this key, or of this address without one, was wrong. The "
                    + "wait doubles each time.",
                "Wait as long as the `Retry-After` field says, and mend the requests."
            )
        case .tooManyAttempts:
            (
                "Too many wrong keys came from this address.",
                "Wait as long as the `Retry-After` field says."
            )
        }
    }

    private static func guide(to kind: SourceFailure.Kind) -> (when: String, remedy: String) {
        switch kind {
        case .refused:
            (
                "The address of a source is not permitted here. The rule, and the setting that would "
                    + "permit it, are in the operator's log.", "Name an image from another place."
            )
        case .unreachable:
            (
                "A source could not be had. The status is the source's own where that is 4xx, and "
                    + "502 where it is 5xx.", "Ask again when it can be."
            )
        case .timeout:
            ("A source did not arrive in time.", "Ask again when it is faster.")
        case .incomplete:
            ("A source ended before the length that it had announced.", "Ask again.")
        case .unusable:
            ("A source has no bytes, or came compressed, which nobody asked for.", "Mend it.")
        }
    }

    /// The text of `docs/errors.md`.
    static var documentation: String {
        var text = """
            # Errors

            Every error is answered with problem details (RFC 9457), `application/problem+json`:

            ```json
            {"type": "urn:glovebox:problem:invalid-option", "title": "An option cannot be honoured",
             "status": 400, "detail": "The option \\"widht\\": …", "request_id": "…", "option": "widht"}
            ```

            `type` and `status` are for programs and stay as they are; `title` and `detail` are for people.
            `request_id` is also in the `X-Request-ID` field of every answer and in the service's log. Errors
            never say anything about the service's inside: how the processing of an image ended is in its
            operator's records.

            | `urn:glovebox:problem:` | status | title | when | what to do |
            |---|---|---|---|---|

            """
        for problem in kinds {
            let (when, remedy) = problem.guide
            text += "| `\(problem.name)` | \(problem.status.code) | \(problem.title) | \(when) |"
            text += " \(remedy) |\n"
        }
        return text + plainDocumentation
    }
}
