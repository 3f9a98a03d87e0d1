import HTTPTypes
import Hummingbird
import RequestSyntax

/// What a request asks for: the closed table of everything the public listener answers.
///
/// Paths are compared as they came, byte by byte. A router that decodes or collapses slashes would
/// let one path have many names, and a path is what gets signed and cached.
enum Route: Equatable, Sendable {
    /// An uploaded image to be processed.
    case process
    /// An uploaded image to be processed in several ways.
    case batch
    /// The processing options that there are.
    case options
    /// Facts about an uploaded image.
    case uploadInfo
    /// A file below the image root, processed.
    case image(ImagePath)
    /// Facts about a file below the image root.
    case imageInfo(ImagePath)
    /// A signed URL's path, as it came.
    case signed(String)
    case health
    case live
    case ready

    private static let imagePrefix = "/v1/images/"
    private static let infoSuffix = "/info"

    /// Reads method and path.
    ///
    /// - Parameters:
    ///   - target: the request target as it came (RFC 9112 section 3.2), in origin form.
    init(method: HTTPRequest.Method, target: some StringProtocol) throws(Problem) {
        self = try Self(target: target)
        try MethodCheck.check(method, among: methods)
    }

    /// Reads a path, whatever is to be done with it.
    private init(target: some StringProtocol) throws(Problem) {
        guard target.utf8.first == UInt8(ascii: "/"),
            target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw .malformedRequest(
                "The request target must begin with a slash and be plain ASCII. Percent-encode "
                    + "other characters.")
        }
        let path = target.prefix { $0 != "?" }
        switch path {
        case "/v1/process": self = .process
        case "/v1/batch": self = .batch
        case "/v1/options": self = .options
        case "/v1/info": self = .uploadInfo
        case "/health": self = .health
        case "/health/live": self = .live
        case "/health/ready": self = .ready
        default: self = try Self.other(path)
        }
    }

    /// What may be done with any of the routes.
    static let allMethods: [HTTPRequest.Method] = [.get, .head, .post, .options]

    /// What may be done at a target; `*` stands for the service as a whole (RFC 9110 section 9.3.7).
    static func methods(at target: String) throws(Problem) -> [HTTPRequest.Method] {
        target == "*" ? allMethods : try Route(target: target).methods
    }

    /// Whether it is asked whether the service is well, in whatever way.
    static func isOfHealth(_ target: String) -> Bool {
        ["/health", "/health/live", "/health/ready"].contains(target.prefix { $0 != "?" })
    }

    /// The name in logs and metrics, from a closed list.
    var label: String {
        switch self {
        case .process: "process"
        case .batch: "batch"
        case .options: "options"
        case .uploadInfo: "info"
        case .image: "image"
        case .imageInfo: "image-info"
        case .signed: "signed"
        case .health: "health"
        case .live: "health-live"
        case .ready: "health-ready"
        }
    }

    /// What may be done with the route.
    private var methods: [HTTPRequest.Method] {
        switch self {
        case .process, .batch, .uploadInfo: [.post, .options]
        case .image, .imageInfo, .signed, .options, .health, .live, .ready:
            [.get, .head, .options]
        }
    }

    /// An image by its name, or a signed URL: whatever lies outside the paths that this service and
    /// browsers have names for.
    private static func other(_ path: some StringProtocol) throws(Problem) -> Route {
        if path.hasPrefix(imagePrefix) {
            let name = path.dropFirst(imagePrefix.count)
            guard name.hasSuffix(infoSuffix) else { return .image(try imagePath(name)) }
            return .imageInfo(try imagePath(name.dropLast(infoSuffix.count)))
        }
        guard !isOwn(path) else { throw .notFound }
        return .signed(String(path))
    }

    /// Whether a path is nobody's to sign.
    private static func isOwn(_ path: some StringProtocol) -> Bool {
        ["/", "/favicon.ico", "/robots.txt"].contains(String(path))
            || ["/v1", "/health", "/cmd", "/metrics", "/.well-known"].contains {
                path == $0 || path.hasPrefix("\($0)/")
            }
    }

    /// Whether a path may hold a signature and an address, although it was never read.
    static func mayBeSigned(_ path: some StringProtocol) -> Bool {
        path.hasPrefix("/") && !isOwn(path)
    }

    /// How errors are shown at a target, whatever is wrong with it.
    static func errors(at target: String) -> ErrorFace {
        (try? Route(target: target))?.errors ?? .details
    }

    /// How errors are shown on the route.
    var errors: ErrorFace {
        if case .signed = self { .plain } else { .details }
    }

    /// What a key has to permit; nil where the route verifies who asks by itself, or tells nothing that
    /// needs it.
    var scope: KeyScope? {
        switch self {
        case .health, .live, .ready, .options, .signed: nil
        case .process, .batch, .image: .process
        case .uploadInfo, .imageInfo: .info
        }
    }

    /// A path that cannot name an image is not there, whatever is wrong with it.
    private static func imagePath(_ encoded: some StringProtocol) throws(Problem) -> ImagePath {
        do throws(ImagePathError) {
            return try ImagePath(percentEncoded: encoded)
        } catch {
            throw .notFound
        }
    }

    /// What stands behind the first question mark of a target, as it came.
    static func query(of target: some StringProtocol) -> String {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return "" }
        return String(target[target.utf8.index(after: mark)...])
    }
}
