import Synchronization

/// Which hosts are left alone for a while, and which addresses have failed a moment ago: so that a
/// server that is down holds no request for its whole deadline, and is not asked by everybody at once.
///
/// A pure value generic over a clock.
struct HostRest<C: Clock>: Sendable where C.Instant: Sendable, C.Duration == Duration {
    private struct Host {
        var failures = 0
        var restsUntil: C.Instant?
    }

    var limits: HostRestLimits
    private var hosts: [String: Host] = [:]
    private var failed: [String: (failure: SourceFailure, until: C.Instant)] = [:]

    init(_ limits: HostRestLimits = HostRestLimits()) { self.limits = limits }

    /// Why an address is not asked now; nil where it is.
    mutating func refusal(host: String, address: String, at now: C.Instant) -> SourceFailure? {
        if let known = failed[address] {
            if now < known.until { return known.failure }
            failed[address] = nil
        }
        guard let until = hosts[host]?.restsUntil else { return nil }
        guard now >= until else { return .resting }
        // One tries, and the others wait for what it finds.
        hosts[host]?.restsUntil = now.advanced(by: limits.rest)
        return nil
    }

    mutating func succeeded(host: String) { hosts[host] = nil }

    /// - Parameter failure: counts against the host where it is the host's.
    mutating func failed(
        host: String, address: String, _ failure: SourceFailure, at now: C.Instant
    ) {
        makeRoom(at: now)
        if failure.isRemembered { failed[address] = (failure, now.advanced(by: limits.memory)) }
        guard failure.isOfHost else { return }
        var entry = hosts[host] ?? Host()
        entry.failures += 1
        if entry.failures >= limits.failures { entry.restsUntil = now.advanced(by: limits.rest) }
        hosts[host] = entry
    }

    private mutating func makeRoom(at now: C.Instant) {
        if failed.count >= limits.most { failed = failed.filter { $0.value.until > now } }
        if failed.count >= limits.most { failed = [:] }
        if hosts.count >= limits.most {
            hosts = hosts.filter { ($0.value.restsUntil ?? now) > now }
        }
        if hosts.count >= limits.most { hosts = [:] }
    }
}

/// When a host is left alone, and for how long.
struct HostRestLimits: Equatable, Sendable {
    /// Failures in a row after which a host rests.
    var failures = 5
    /// For how long; one request is let through afterwards.
    var rest = Duration.seconds(10)
    /// How long a failed address is remembered.
    var memory = Duration.seconds(3)
    /// Hosts and addresses that are remembered at the most.
    var most = 1_024
}

extension SourceFailure {
    /// Whether the host is to blame, and not this one address or us.
    fileprivate var isOfHost: Bool {
        switch self {
        case .noSuchHost, .unreachable, .broken, .timeout, .incomplete: true
        default: false
        }
    }

    /// Whether asking again at once would find the same.
    fileprivate var isRemembered: Bool {
        switch self {
        case .noMemory, .resting, .tooLarge: false
        default: true
        }
    }
}
