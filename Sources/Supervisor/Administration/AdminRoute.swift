import FoundationEssentials
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
    case crashes(CrashFilter)
    /// One record by the first digits of its id.
    case crash(id: String)
    case crashStats(CrashFilter)
    case purgeCrashes(CrashPurge.Order)
    case quarantine
    /// All keys, or those of an id or a name.
    case keys(id: String?)
    /// A change of keys, whose order is in the body.
    case changeKeys(KeyOrder.Action)
    case audit(AuditFilter)
    /// Removes what belongs to somebody or something.
    case forget(ForgetOrder)

    /// Reads method and target as they came (RFC 9112 section 3.2).
    init(method: HTTPRequest.Method, target: some StringProtocol) throws(Problem) {
        let name = String(target.prefix { $0 != "?" })
        guard let path = Path(target: name) else { throw .notFound }
        let query = Route.query(of: target)
        try MethodCheck.check(method, among: path.methods)
        guard path.takesQuery || query.isEmpty else {
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
            case .crashes: .crashes(try Self.filter(query))
            case .crash: .crash(id: String(name.dropFirst(Path.crash.rawValue.count)))
            case .crashStats: .crashStats(try Self.wholeFilter(query))
            case .crashPurge: .purgeCrashes(try Self.order(query))
            case .quarantine: .quarantine
            case .keys: method == .post ? .changeKeys(.create) : .keys(id: try Self.key(query))
            case .keyRotate: .changeKeys(.rotate)
            case .keyRevoke: .changeKeys(.revoke)
            case .audit: .audit(try Self.auditFilter(query))
            case .forget: .forget(try Self.forgetOrder(query))
            }
        if case .changeKeys = self, !query.isEmpty {
            throw .malformedRequest(
                "Orders about keys are in the body. Leave out what follows the ?.")
        }
    }

    /// What may be done at a target; `*` stands for the listener as a whole.
    static func methods(at target: some StringProtocol) throws(Problem) -> [HTTPRequest.Method] {
        guard target != "*" else { return [.get, .head, .post, .put, .options] }
        guard let path = Path(target: String(target.prefix { $0 != "?" })) else { throw .notFound }
        return path.methods
    }

    /// The name of a target's route in logs and metrics, whether or not it will be answered.
    static func name(of target: some StringProtocol) -> String {
        Path(target: String(target.prefix { $0 != "?" }))?.name ?? "unknown"
    }

    /// What a key has to permit for a request: everything that is no plain question is an admin's.
    static func scope(
        of method: HTTPRequest.Method, _ target: some StringProtocol
    ) -> KeyScope {
        guard [.get, .head].contains(method) else { return .admin }
        return target == Path.metrics.rawValue ? .metrics : .adminRead
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
        case crashes = "/cmd/crashes"
        case crashStats = "/cmd/crashes/stats"
        case crashPurge = "/cmd/crashes/purge"
        case quarantine = "/cmd/crashes/quarantine"
        case keys = "/cmd/keys"
        case keyRotate = "/cmd/keys/rotate"
        case keyRevoke = "/cmd/keys/revoke"
        case audit = "/cmd/audit"
        case forget = "/cmd/forget"
        /// What begins with it, and is an id behind it.
        case crash = "/cmd/crashes/"

        init?(target: String) {
            if let path = Path(rawValue: target), path != .crash {
                self = path
            } else if target.hasPrefix(Path.crash.rawValue),
                CrashID.isPrefix(String(target.dropFirst(Path.crash.rawValue.count)))
            {
                self = .crash
            } else {
                return nil
            }
        }

        var takesQuery: Bool {
            switch self {
            case .rotate, .crashes, .crashStats, .crashPurge, .keys, .audit, .forget: true
            case .status, .children, .posture, .metrics, .reload, .logLevel, .quarantine, .crash,
                .keyRotate, .keyRevoke:
                false
            }
        }

        var methods: [HTTPRequest.Method] {
            switch self {
            case .status, .children, .posture, .metrics, .crashes, .crashStats, .quarantine,
                .crash, .audit:
                [.get, .head, .options]
            case .reload, .rotate, .crashPurge, .keyRotate, .keyRevoke, .forget: [.post, .options]
            case .keys: [.get, .head, .post, .options]
            case .logLevel: [.get, .head, .put, .options]
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
            case .crashes: "cmd-crashes"
            case .crash: "cmd-crash"
            case .crashStats: "cmd-crash-stats"
            case .crashPurge: "cmd-crash-purge"
            case .quarantine: "cmd-quarantine"
            case .keys: "cmd-keys"
            case .keyRotate: "cmd-key-rotate"
            case .keyRevoke: "cmd-key-revoke"
            case .audit: "cmd-audit"
            case .forget: "cmd-forget"
            }
        }
    }

    private static func filter(_ query: String) throws(Problem) -> CrashFilter {
        let parameters = try parameters(query)
        return try reading { () throws(CrashFilter.Failure) in try CrashFilter(parameters) }
    }

    /// One that asks for no page of what there is: numbers are of all of it.
    private static func wholeFilter(_ query: String) throws(Problem) -> CrashFilter {
        let filter = try filter(query)
        let paging = [
            ("before", filter.before != nil), ("after", filter.after != nil),
            ("limit", filter.limit != nil),
        ]
        guard let (option, _) = paging.first(where: { $0.1 }) else { return filter }
        throw .invalidOption(
            OptionError(option: option, reason: "Leave it out: all that match are counted."))
    }

    private static func order(_ query: String) throws(Problem) -> CrashPurge.Order {
        let parameters = try parameters(query)
        return try reading { () throws(CrashFilter.Failure) in try CrashPurge.Order(parameters) }
    }

    private static func auditFilter(_ query: String) throws(Problem) -> AuditFilter {
        let parameters = try parameters(query)
        return try reading { () throws(CrashFilter.Failure) in try AuditFilter(parameters) }
    }

    private static func forgetOrder(_ query: String) throws(Problem) -> ForgetOrder {
        let parameters = try parameters(query)
        return try reading { () throws(CrashFilter.Failure) in try ForgetOrder(parameters) }
    }

    private static func reading<Value>(
        _ read: () throws(CrashFilter.Failure) -> Value
    ) throws(Problem) -> Value {
        do throws(CrashFilter.Failure) {
            return try read()
        } catch {
            if error.option.isEmpty { throw .malformedRequest(error.reason) }
            throw .invalidOption(OptionError(option: error.option, reason: error.reason))
        }
    }

    /// Names and values, percent-decoded.
    private static func parameters(
        _ query: String
    ) throws(Problem) -> [(name: String, value: String)] {
        if query.isEmpty { return [] }
        guard let items = URLComponents(string: "?" + query)?.queryItems else {
            throw .malformedRequest("The query cannot be read. Percent-encode what is in it.")
        }
        return items.map { ($0.name, $0.value ?? "") }
    }

    private static func key(_ query: String) throws(Problem) -> String? {
        let parameters = try parameters(query)
        guard let first = parameters.first else { return nil }
        guard parameters.count == 1, first.name == "id", !first.value.isEmpty else {
            throw .malformedRequest("Write id= and the id or the name of a key, or nothing.")
        }
        return first.value
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
