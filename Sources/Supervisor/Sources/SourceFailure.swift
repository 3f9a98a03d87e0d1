import HTTPTypes
import ImageVocabulary

/// Why an image could not be fetched from where it was asked for. What the client hears of it is
/// decided in ``Problem``; the reason and the remedy are for the operator's log.
enum SourceFailure: Error, Equatable, Sendable {
    /// Nobody who does not sign, or nobody at all, may name such an address here.
    case notPermitted
    /// The list of sources does not have it.
    case notAllowed
    /// The list of sources does not have an address that a redirect leads to.
    case redirectNotAllowed(String)
    /// It is no address that images are fetched from.
    case malformed(String)
    /// A scheme that is unknown, or that is not set up.
    case scheme(String)
    /// A port that is not listed.
    case port(UInt16)
    /// An address that may not be reached.
    case address(AddressRules.Refusal)
    /// The name leads nowhere.
    case noSuchHost
    /// No connection, or none that is what its certificate says.
    case unreachable(String)
    /// A connection, but no answer of HTTP.
    case noAnswer(String)
    case tooManyRedirects
    case badRedirect
    case insecureRedirect
    /// The server's 4xx.
    case clientError(Int)
    /// The server's 5xx.
    case serverError(Int)
    case unexpected(Int)
    /// Not all of it came.
    case incomplete
    /// There are no bytes.
    case empty
    /// More bytes than a source may have.
    case tooLarge(Int)
    /// The bytes are packed by the server, which nobody asked for.
    case encoded
    case timeout
    /// The host has failed often of late, and is left alone.
    case resting
    /// So many names are looked up, or so many connections made, that another one has to wait.
    case busy
    /// No memory is left for it.
    case noMemory

    /// What a client may know of it.
    enum Kind: String, Sendable, CaseIterable {
        /// The rules of this service do not permit it.
        case refused
        case unreachable
        case timeout
        case incomplete
        /// What came is no image that could be taken.
        case unusable
    }

    var kind: Kind {
        switch self {
        case .notPermitted, .notAllowed, .redirectNotAllowed, .malformed, .port, .address:
            .refused
        case .scheme, .noSuchHost, .unreachable, .noAnswer, .tooManyRedirects, .badRedirect,
            .insecureRedirect, .clientError, .serverError, .unexpected, .resting, .busy, .noMemory:
            .unreachable
        case .timeout: .timeout
        case .incomplete: .incomplete
        case .tooLarge, .encoded, .empty: .unusable
        }
    }

    /// The status that imgproxy's contract has for it.
    var status: HTTPResponse.Status {
        switch self {
        case .clientError(let status) where (400..<500).contains(status):
            HTTPResponse.Status(code: status)
        case .serverError, .resting, .busy: .badGateway
        case .timeout: .gatewayTimeout
        case .incomplete, .tooLarge, .encoded, .empty: .unprocessableContent
        default: .notFound
        }
    }

    /// Whether it is what a server has answered, which may depend on what it was asked with.
    var isOfAnswer: Bool {
        switch self {
        case .clientError, .serverError, .unexpected: true
        default: false
        }
    }

    /// In words, for operators.
    var reason: String {
        switch self {
        case .notPermitted: "requests that are not signed may name no such source"
        case .notAllowed: "the list of sources does not have it"
        case .redirectNotAllowed(let other):
            "a redirect leads to \(other), which the list of sources does not have"
        case .malformed(let what): "it is no address: \(what)"
        case .scheme(let name): "there are no sources with the scheme \(name)"
        case .port(let port): "port \(port) is not listed"
        case .address(let refusal): "\(refusal.address) is \(refusal.kind)"
        case .noSuchHost: "the name has no address"
        case .unreachable(let why): "no connection: \(why)"
        case .noAnswer(let why): "no answer: \(why)"
        case .tooManyRedirects: "too many redirects"
        case .badRedirect: "a redirect leads to no address"
        case .insecureRedirect: "a redirect leads from https to http"
        case .clientError(let status), .serverError(let status), .unexpected(let status):
            "the server answered \(status)"
        case .incomplete: "the answer ended early"
        case .empty: "it has no bytes"
        case .tooLarge(let largest): "it has more than \(largest) bytes"
        case .encoded: "the answer is compressed"
        case .timeout: "it took too long"
        case .resting: "the host failed too often and is left alone for some seconds"
        case .busy: "too many names are looked up at the moment"
        case .noMemory: "there is no memory for it"
        }
    }

    /// The setting that would permit it, as a configuration file has it where it is a list, to be
    /// written or to be added to; nil where none would.
    ///
    /// - Parameter address: what was asked for.
    func remedy(for address: String) -> String? {
        switch self {
        case .notPermitted, .notAllowed: "sources: {allowed: [\(Self.root(of: address))]}"
        case .redirectNotAllowed(let other): "sources: {allowed: [\(Self.root(of: other))]}"
        case .port(let port): "sources: {ports: [\(port)]}"
        case .address(let refusal): "sources: {addresses: [\(refusal.written)]}"
        case .scheme("s3"): "s3.access_key and s3.secret_key"
        case .scheme("local"): "images"
        case .tooManyRedirects: "sources.redirects"
        case .timeout: "sources.timeout, sources.answer_timeout or sources.connect_timeout"
        case .resting: "sources.breaker_time"
        default: nil
        }
    }

    /// Scheme and host of an address, or its bucket.
    private static func root(of address: String) -> String {
        let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/") + "/"
    }

    /// What the client hears. Memory is the service's affair, and a size has its own answer.
    var problem: Problem {
        switch self {
        case .noMemory: .unavailable
        case .tooLarge(let largest): .overLimit(.inputBytes, UInt64(clamping: largest))
        default: .source(self)
        }
    }
}
