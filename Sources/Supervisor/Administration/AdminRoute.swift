import HTTPTypes
import RequestSyntax

/// What the admin listener is asked for: the closed table of everything it answers.
enum AdminRoute: Equatable, Sendable {
    case status
    case children
    case posture
    case metrics
    case reload
    /// One policy's zygote by the policy's name, or all.
    case rotate(policy: String?)
    case logLevel
    case setLogLevel

    /// Reads method and target as they came (RFC 9112 section 3.2).
    init(method: HTTPRequest.Method, target: some StringProtocol) throws(Problem) {
        guard let path = Path(rawValue: String(target.prefix { $0 != "?" })) else {
            throw .notFound
        }
        let query = Route.query(of: target)
        guard path.methods.contains(method) else {
            throw .methodNotAllowed(allowed: path.methods)
        }
        guard path == .rotate || query.isEmpty else {
            throw .malformedRequest("This path takes no parameters. Leave out what follows the ?.")
        }
        self =
            switch path {
            case .status: .status
            case .children: .children
            case .posture: .posture
            case .metrics: .metrics
            case .reload: .reload
            case .rotate: .rotate(policy: try Self.policy(query))
            case .logLevel: method == .put ? .setLogLevel : .logLevel
            }
    }

    /// The name of a target's route in logs and metrics, whether or not it will be answered.
    static func name(of target: some StringProtocol) -> String {
        Path(rawValue: String(target.prefix { $0 != "?" }))?.name ?? "unknown"
    }

    /// The names of all routes.
    static let names = Path.allCases.map(\.name)

    private enum Path: String, CaseIterable {
        case status = "/cmd/status"
        case children = "/cmd/children"
        case posture = "/cmd/posture"
        case metrics = "/metrics"
        case reload = "/cmd/reload"
        case rotate = "/cmd/rotate"
        case logLevel = "/cmd/log-level"

        var methods: [HTTPRequest.Method] {
            switch self {
            case .status, .children, .posture, .metrics: [.get, .head]
            case .reload, .rotate: [.post]
            case .logLevel: [.get, .head, .put]
            }
        }

        var name: String {
            switch self {
            case .status: "cmd-status"
            case .children: "cmd-children"
            case .posture: "cmd-posture"
            case .metrics: "metrics"
            case .reload: "cmd-reload"
            case .rotate: "cmd-rotate"
            case .logLevel: "cmd-log-level"
            }
        }
    }

    /// The names of policy files need no escapes: what has one names no policy.
    private static func policy(_ query: String) throws(Problem) -> String? {
        if query.isEmpty { return nil }
        guard query.hasPrefix("policy="), !query.contains("&") else {
            throw .malformedRequest("Write policy=NAME, or nothing for all policies.")
        }
        return String(query.dropFirst("policy=".count))
    }
}
