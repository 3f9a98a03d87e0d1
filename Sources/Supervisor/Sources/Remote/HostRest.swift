/// Which servers are left alone for a while, and which addresses have failed a moment ago: so that a
/// server that is down holds no request for its whole deadline, and is not asked by everybody at once.
///
/// A pure value generic over a clock.
struct HostRest<C: Clock>: Sendable where C.Instant: Sendable, C.Duration == Duration {
    private struct Server {
        var failures = 0
        var restsUntil: C.Instant?
    }

    var limits: HostRestLimits
    /// By scheme, host and port: a closed port says nothing about another one.
    private var servers: [String: Server] = [:]
    private var failed: [String: (failure: SourceFailure, until: C.Instant)] = [:]

    init(_ limits: HostRestLimits = HostRestLimits()) { self.limits = limits }

    /// How an address has failed a moment ago; nil where it has not.
    mutating func known(_ address: String, at now: C.Instant) -> SourceFailure? {
        guard let known = failed[address] else { return nil }
        if now < known.until { return known.failure }
        failed[address] = nil
        return nil
    }

    mutating func remember(_ failure: SourceFailure, of address: String, at now: C.Instant) {
        guard failure.isRemembered, limits.memory > .zero else { return }
        if failed.count >= limits.most { failed = failed.filter { $0.value.until > now } }
        if failed.count >= limits.most { failed = [:] }
        failed[address] = (failure, now.advanced(by: limits.memory))
    }

    /// Whether a server is asked now.
    enum Turn: Equatable, Sendable {
        case ask
        /// After its rest one request is let through, and the others wait for what it finds. Who is
        /// let through says what that was: ``learn(_:of:at:)``, or ``giveBack(_:at:)``.
        case tryOut
        case rest
    }

    mutating func turn(of server: String, at now: C.Instant) -> Turn {
        guard let until = servers[server]?.restsUntil else { return .ask }
        guard now >= until else { return .rest }
        servers[server]?.restsUntil = now.advanced(by: limits.rest)
        return .tryOut
    }

    /// The one request that was let through has found nothing out: the next one is.
    mutating func giveBack(_ server: String, at now: C.Instant) {
        servers[server]?.restsUntil = now
    }

    mutating func learn(_ sign: ServerSign, of server: String, at now: C.Instant) {
        switch sign {
        case .unknown: break
        case .up: servers[server] = nil
        case .down:
            makeRoom(at: now)
            var entry = servers[server] ?? Server()
            entry.failures = min(entry.failures + 1, limits.failures)
            if entry.failures >= limits.failures {
                entry.restsUntil = now.advanced(by: limits.rest)
            }
            servers[server] = entry
        }
    }

    private mutating func makeRoom(at now: C.Instant) {
        guard servers.count >= limits.most else { return }
        servers = servers.filter { ($0.value.restsUntil ?? now) > now }
        if servers.count >= limits.most { servers = [:] }
    }
}

/// When a server is left alone, and for how long.
struct HostRestLimits: Equatable, Sendable {
    /// Failures in a row after which a server rests.
    var failures = 5
    /// For how long; one request is let through afterwards.
    var rest = Duration.seconds(10)
    /// How long a failed address is remembered.
    var memory = Duration.seconds(3)
    /// Servers and addresses that are remembered at the most.
    var most = 1_024
}

/// What one request tells about a server.
enum ServerSign: Equatable, Sendable {
    case up
    case down
    /// Nothing that is certain.
    case unknown

    /// - Parameters:
    ///   - status: what the server has answered.
    ///   - isStart: whether a request named the server itself. Where a redirect leads, another server
    ///     has chosen the path, and could choose one that is slow or broken, to have the server left
    ///     alone: then only what no path can bring about counts, a connection that cannot be made.
    init(status: Int, isStart: Bool) {
        self = status < 500 ? .up : isStart ? .down : .unknown
    }

    init(_ failure: SourceFailure, isStart: Bool) {
        switch failure {
        case .noSuchHost, .unreachable: self = .down
        case .timeout, .noAnswer: self = isStart ? .down : .unknown
        case .tooLarge, .encoded: self = .up
        default: self = .unknown
        }
    }
}

extension SourceFailure {
    /// Whether asking again at once would find the same, at some cost. What a rule forbids costs
    /// nothing to find out, and the rule may have changed.
    fileprivate var isRemembered: Bool {
        switch self {
        case .noSuchHost, .unreachable, .noAnswer, .clientError, .serverError, .unexpected,
            .incomplete,
            .encoded, .empty, .timeout, .badRedirect, .insecureRedirect:
            true
        case .notPermitted, .notAllowed, .redirectNotAllowed, .malformed, .scheme, .port, .address,
            .tooLarge, .tooManyRedirects, .busy, .resting, .noMemory:
            false
        }
    }
}
