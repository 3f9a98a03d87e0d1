import HTTPTypes
import Hummingbird
import RequestSyntax

/// Which web pages may read answers (the Fetch standard, "CORS protocol").
struct CrossOrigin: Equatable, Sendable {
    /// Pages of which origins.
    enum Pages: Equatable, Sendable {
        case any
        case of([WebOrigin])
    }

    var pages = Pages.of([])
    /// Whether a browser may send what it keeps for this service. Never with ``Pages/any``.
    var credentials = false
    /// How long a browser may remember what it was permitted.
    var maxAge = Duration.seconds(600)

    /// Fields that pages may send, in lower case: those that requests are read by.
    static let requestFields =
        [
            "accept", "authorization", "content-type", "if-modified-since", "if-none-match",
            "traceparent", "x-api-key", "x-request-id",
        ] + ClientHints.fieldNames.map { $0.lowercased() }

    /// Fields of answers that pages may read, beside those that the standard lists.
    static let exposed = [
        "Content-Disposition", "ETag", "Fallback-Image", "RateLimit", "RateLimit-Policy",
        "Retry-After", "X-Request-ID",
    ]

    /// Whether pages are permitted at all.
    var isOn: Bool { pages != .of([]) }

    /// Adds what an answer says to the page that asked.
    func add(to headers: inout HTTPFields, of request: HTTPFields) {
        guard isOn else { return }
        // Without an Origin too: caches would give that answer to a page.
        headers.vary(by: ["Origin"])
        guard let permitted = permitted(request[.origin]) else { return }
        headers[.accessControlAllowOrigin] = permitted
        if credentials, pages != .any { headers[.accessControlAllowCredentials] = "true" }
        headers[.accessControlExposeHeaders] = Self.exposed.joined(separator: ", ")
    }

    /// Adds the answer to the question that a browser asks before a page's request, where that is
    /// permitted; without it the browser does not send the request.
    ///
    /// - Parameter methods: of the path that was asked about.
    func addPreflight(
        to headers: inout HTTPFields, of request: HTTPFields, methods: [HTTPRequest.Method]
    ) {
        guard isOn, let wanted = request[.accessControlRequestMethod] else { return }
        headers.vary(by: [
            "Access-Control-Request-Method", "Access-Control-Request-Headers",
        ])
        let names = (request[.accessControlRequestHeaders] ?? "").split(separator: ",").map {
            $0.trimmed.lowercased()
        }
        guard permitted(request[.origin]) != nil,
            methods.contains(where: { $0.rawValue == wanted }),
            names.allSatisfy({ $0.isEmpty || Self.requestFields.contains($0) })
        else { return }
        headers[.accessControlAllowMethods] = methods.map(\.rawValue).joined(separator: ", ")
        headers[.accessControlAllowHeaders] = Self.requestFields.joined(separator: ", ")
        headers[.accessControlMaxAge] = "\(maxAge.components.seconds)"
    }

    /// What is said of an origin; nil for one that is not permitted. `null`, which any page can have, is
    /// never one.
    private func permitted(_ origin: String?) -> String? {
        guard let origin, origin != "null" else { return nil }
        switch pages {
        case .any: return "*"
        case .of(let origins): return origins.contains { $0.text == origin } ? origin : nil
        }
    }
}

extension HTTPFields {
    /// Adds names to those of request fields that the answer depends on.
    mutating func vary(by names: [String]) {
        let known = self[.vary]?.split(separator: ",").map { $0.trimmed.lowercased() } ?? []
        guard !known.contains("*") else { return }
        let more = names.filter { !known.contains($0.lowercased()) }
        guard !more.isEmpty else { return }
        self[.vary] = ([self[.vary]].compactMap { $0 } + more).joined(separator: ", ")
    }
}

extension Substring {
    /// Without the white space that HTTP permits around the parts of a list.
    fileprivate var trimmed: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...end]
    }
}
