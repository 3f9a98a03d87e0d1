import HTTPTypes
import ImageVocabulary
import RequestSyntax

/// Every way in which a request can fail, with the face it shows to the outside (RFC 9457).
///
/// The table is closed: whatever goes wrong becomes one of these, and none of them tells anything
/// about paths, versions, other clients or how a child ended.
enum Problem: Error, Equatable, Sendable {
    /// The request as a whole cannot be understood. The sentence says what to write.
    case malformedRequest(String)
    case emptyBody
    /// An unknown option, or a value that cannot be read.
    case invalidOption(OptionError)
    /// An option that the configuration permits nobody.
    case forbiddenOption(OptionError)
    case notFound
    /// The key permits something else: what is missing.
    case missingScope(KeyScope)
    /// The key may not be sent from this address.
    case addressNotPermitted
    case keyExpired
    /// A signed URL whose signature is not right, or without the bearer text that goes with it.
    case wrongSignature
    /// A signed query whose time has passed.
    case signatureExpired
    /// Signatures are not verified here, and an option stands where one belongs.
    case optionForSignature
    /// A signed URL that cannot be read.
    case invalidURL(SignedPathError)
    /// The image could not be had from where it is.
    case source(SourceFailure)
    /// The request names a time after which it is not answered, and that has passed.
    case expired
    /// The path exists, but not for this method.
    case methodNotAllowed(allowed: [HTTPRequest.Method])
    /// No path has this method: it is none of those that RFC 9110 and RFC 5789 define.
    case unknownMethod
    /// The body did not arrive in time.
    case bodyTimeout
    /// Nobody is left to answer.
    case clientGone
    /// A limit by name, and its value.
    case overLimit(LimitName, UInt64)
    /// No format this service reads. The sentence names the formats.
    case unsupportedType(String)
    /// No format that results are made in here. The sentence names the formats.
    case unsupportedResult(String)
    /// Announced one type, sent another. The sentence names both.
    case typeContradiction(String)
    case brokenImage
    /// The result would have no pixels, or more to a side than its format can hold.
    case unusableSize
    /// The image was to stay a drawing, and is none.
    case notADrawing
    /// The image could not be processed, whatever the reason.
    case couldNotProcess
    case deadline
    case unavailable
    /// The head did not arrive in time.
    case headerTimeout
    /// A header field, or all of them together, are too large, or there are too many.
    case headersTooLarge
    case targetTooLong
    /// There is no key, or a wrong one.
    case unauthorized
    /// What was sent begins as a key does, and its checksum does not fit.
    case mistypedKey
    /// Too many wrong keys from this address.
    case tooManyAttempts(seconds: Int)
    /// Too many images of this client could not be processed.
    case tooManyFailures(seconds: Int)
    /// Too many requests of this client.
    case rateLimited(seconds: Int)
    /// Too many requests of this client at the same time.
    case tooManyAtOnce
    /// The key's bytes of the day are used up.
    case dailyLimit(seconds: Int)
    /// Too many wrong requests of this client.
    case tooManyErrors(seconds: Int)
    /// The admin listener was asked under a name of somebody else's, or by a web page.
    case foreignPage
    /// The new configuration or a policy cannot be used; nothing was changed.
    case reloadRefused([String])

    /// The last part of the type URI: stable, for programs.
    var name: String {
        switch self {
        case .malformedRequest: "malformed-request"
        case .emptyBody: "empty-body"
        case .invalidOption: "invalid-option"
        case .forbiddenOption: "forbidden-option"
        case .notFound: "not-found"
        case .missingScope: "missing-scope"
        case .addressNotPermitted: "address-not-permitted"
        case .keyExpired: "key-expired"
        case .wrongSignature, .optionForSignature: "wrong-signature"
        case .signatureExpired: "signature-expired"
        case .invalidURL: "invalid-url"
        case .source(let failure): "source-\(failure.kind.rawValue)"
        case .expired: "expired"
        case .methodNotAllowed: "method-not-allowed"
        case .unknownMethod: "unknown-method"
        case .bodyTimeout: "body-timeout"
        case .clientGone: "client-gone"
        case .overLimit: "over-limit"
        case .unsupportedType, .unsupportedResult: "unsupported-type"
        case .typeContradiction: "type-contradiction"
        case .brokenImage: "broken-image"
        case .unusableSize: "unusable-size"
        case .notADrawing: "not-a-drawing"
        case .couldNotProcess: "could-not-process"
        case .deadline: "deadline"
        case .unavailable: "unavailable"
        case .headerTimeout: "header-timeout"
        case .headersTooLarge: "headers-too-large"
        case .targetTooLong: "target-too-long"
        case .unauthorized, .mistypedKey: "unauthorized"
        case .tooManyAttempts: "too-many-attempts"
        case .tooManyFailures: "too-many-failures"
        case .rateLimited: "rate-limited"
        case .tooManyAtOnce: "too-many-at-once"
        case .dailyLimit: "daily-limit"
        case .tooManyErrors: "too-many-errors"
        case .foreignPage: "foreign-page"
        case .reloadRefused: "reload-refused"
        }
    }

    var status: HTTPResponse.Status {
        switch self {
        case .malformedRequest, .emptyBody, .invalidOption: .badRequest
        case .notFound, .expired, .invalidURL: .notFound
        case .source(let failure): failure.status
        case .methodNotAllowed: .methodNotAllowed
        case .unknownMethod: .notImplemented
        case .bodyTimeout: .requestTimeout
        // Not registered, but what access logs have come to use for a client that left.
        case .clientGone: HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request")
        case .overLimit(.inputBytes, _): .contentTooLarge
        case .overLimit, .brokenImage, .unusableSize, .notADrawing, .couldNotProcess:
            .unprocessableContent
        case .unsupportedType, .unsupportedResult, .typeContradiction: .unsupportedMediaType
        case .deadline: .gatewayTimeout
        case .unavailable: .serviceUnavailable
        case .headerTimeout: .requestTimeout
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .targetTooLong: .uriTooLong
        case .unauthorized, .mistypedKey: .unauthorized
        case .tooManyAttempts, .tooManyFailures, .rateLimited, .tooManyAtOnce, .dailyLimit,
            .tooManyErrors:
            .tooManyRequests
        case .foreignPage, .forbiddenOption, .missingScope, .addressNotPermitted, .keyExpired,
            .wrongSignature, .optionForSignature, .signatureExpired:
            .forbidden
        case .reloadRefused: .conflict
        }
    }

    /// What the problem is in general, the same for every occurrence.
    var title: String {
        switch self {
        case .malformedRequest: "The request cannot be understood"
        case .emptyBody: "The body is empty"
        case .invalidOption: "An option cannot be honoured"
        case .forbiddenOption: "An option is not permitted"
        case .notFound: "There is nothing here"
        case .missingScope: "The key does not permit this"
        case .addressNotPermitted: "This is not permitted from here"
        case .keyExpired: "The key has expired"
        case .wrongSignature, .optionForSignature: "The signature is not right"
        case .signatureExpired: "The signature has expired"
        case .invalidURL: "The URL cannot be read"
        case .source(let failure):
            switch failure.kind {
            case .refused: "The source is not permitted"
            case .unreachable: "The source is unreachable"
            case .timeout: "The source is too slow"
            case .incomplete: "The source is incomplete"
            case .unusable: "The source cannot be used"
            }
        case .expired: "The request has expired"
        case .methodNotAllowed: "The method does not apply here"
        case .unknownMethod: "There is no such method"
        case .bodyTimeout: "The body took too long to arrive"
        case .clientGone: "The client went away"
        case .overLimit: "A limit is exceeded"
        case .unsupportedType, .unsupportedResult: "The type is not supported"
        case .typeContradiction: "The announced type is not the type of the bytes"
        case .brokenImage: "The image is broken"
        case .unusableSize: "The result's size cannot be used"
        case .notADrawing: "The image is not a drawing"
        case .couldNotProcess: "The image could not be processed"
        case .deadline: "The deadline passed"
        case .unavailable: "The service cannot take the request now"
        case .headerTimeout: "The request took too long to arrive"
        case .headersTooLarge: "The header is too large"
        case .targetTooLong: "The request target is too long"
        case .unauthorized, .mistypedKey: "A key is needed"
        case .tooManyAttempts: "Too many wrong keys"
        case .tooManyFailures: "Too many images could not be processed"
        case .rateLimited: "Too many requests"
        case .tooManyAtOnce: "Too many requests at the same time"
        case .dailyLimit: "The day's bytes are used up"
        case .tooManyErrors: "Too many wrong requests"
        case .foreignPage: "Web pages are not answered here"
        case .reloadRefused: "The configuration was not reloaded"
        }
    }

    /// What happened here and what to do about it.
    var detail: String {
        switch self {
        case .malformedRequest(let reason), .unsupportedType(let reason),
            .unsupportedResult(let reason), .typeContradiction(let reason):
            reason
        case .emptyBody: "Send an image as the body, or as the form field file."
        case .invalidOption(let error), .forbiddenOption(let error):
            "The option \"\(error.option)\": \(error.reason)"
        case .notFound: "Nothing can be found at this path."
        case .missingScope(let scope):
            "Use a key with the scope \(scope.rawValue), or have it added to this one."
        case .addressNotPermitted:
            "The service, or the key, names the addresses to ask from, and this is none of them."
        case .keyExpired: "Ask the operator for another key."
        case .wrongSignature: "Sign the URL with a key of this service."
        case .signatureExpired: "The time that it was signed for has passed. Ask for a new one."
        case .optionForSignature:
            "The path begins with an option. Put a signature before it, or any text where none is "
                + "verified."
        case .invalidURL: "Look at the options and the source of the URL."
        case .source(let failure):
            switch failure.kind {
            case .refused: "Name an image from another place."
            case .unreachable: "The image cannot be had from where it is."
            case .timeout: "The image did not arrive in time."
            case .incomplete: "The image arrived in part only."
            case .unusable: "What arrived is no image that can be taken."
            }
        case .expired: "The time that the option expires names has passed. Ask for a new address."
        case .methodNotAllowed(let allowed):
            "Use \(allowed.filter { $0 != .options }.map(\.rawValue).joined(separator: " or "))."
        case .unknownMethod: "Use GET, HEAD or POST."
        case .bodyTimeout: "Send the body faster, or send a smaller image."
        case .clientGone: "The connection was closed before there was an answer."
        case .overLimit(let limit, let largest): Self.sentence(for: limit, largest)
        case .brokenImage: "The image cannot be decoded. Send one that is whole and undamaged."
        case .unusableSize:
            "The result would have a side of no pixels, or one that its format cannot hold. Ask "
                + "for another width, height or format."
        case .notADrawing:
            "An image of pixels cannot become SVG. Send an SVG, or ask for another format."
        case .couldNotProcess:
            "This image could not be processed. When you ask the operator about it, name the "
                + "request id."
        case .deadline: "The work took longer than it may. Send a smaller image or ask for less."
        case .unavailable: "Try again in a moment."
        case .headerTimeout: "Send the whole request at once."
        case .headersTooLarge: "Send fewer or smaller header fields."
        case .targetTooLong: "Send a shorter path or a shorter query."
        case .unauthorized:
            "Send a key of this service as Authorization: Bearer KEY, or as X-API-Key: KEY."
        case .mistypedKey:
            "The key was cut off or mistyped: its last characters do not fit the others. Copy it "
                + "again."
        case .tooManyAttempts(let seconds): "Try again in \(seconds) seconds, with the right key."
        case .tooManyFailures(let seconds):
            "Too many images from this address could not be processed. Try again in \(seconds) "
                + "seconds, with other images."
        case .rateLimited(let seconds): "Try again in \(seconds) seconds, and more slowly."
        case .tooManyAtOnce: "Wait for an answer before you send the next request."
        case .dailyLimit(let seconds):
            "The key may be used again in \(seconds) seconds, when the day of UTC ends."
        case .tooManyErrors(let seconds):
            "Mend the requests, and try again in \(seconds) seconds."
        case .foreignPage:
            "Ask by IP address or as localhost, and not from a web page."
        case .reloadRefused:
            "Nothing was changed. Mend what the reasons name, then reload again."
        }
    }
}
