import HTTPTypes
import RequestSyntax
import Synchronization

/// Who may ask the admin listener at all.
final class AdminDoor: Sendable {
    /// Wrong keys from one address: so many at once, then one for each interval.
    private static let attempts = 30
    private static let attemptInterval = Duration.seconds(2)
    /// Addresses whose wrong keys are remembered.
    private static let mostAddresses = 4_096

    private let keys: AdminKeys
    private let ring: KeyRing
    private let pages: PageGuard
    private let wrongKeys: Mutex<any Attempts>

    /// - Parameters:
    ///   - ring: keys that open it as far as their scopes say.
    ///   - clock: by which attempts come back.
    init(
        keys: AdminKeys, ring: KeyRing = KeyRing(),
        pages: PageGuard = PageGuard(),
        clock: some Clock<Duration> & Sendable = ContinuousClock()
    ) {
        self.keys = keys
        self.ring = ring
        self.pages = pages
        wrongKeys = Mutex(
            TokenBuckets<AddressBlock?, _>(
                capacity: Self.attempts, interval: Self.attemptInterval,
                mostKeys: Self.mostAddresses, clock: clock))
    }

    /// Lets a request in that comes from no web page and carries a key that permits it.
    ///
    /// An address that has used up its attempts is not even heard: a limit that let the right key
    /// through would limit nothing. The operator key alone always is: nobody guesses 256 bits, and
    /// whoever guesses at others from this machine must not keep its operator from revoking a key.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - onFinding: told whose key was sent, or why it is nobody's.
    /// - Returns: who has sent it.
    @discardableResult
    func pass(
        _ request: HTTPRequest, from address: String, now: Int64 = RequestPath.now,
        onFinding: (KeyFinding) -> Void = { _ in }
    ) throws(Problem) -> AuditEvent.Actor {
        try pages.check(authority: request.authority, headers: request.headerFields)
        let block = AddressBlock(address)
        if let sent = FrontDoor.key(request.headerFields), keys.actor(of: sent) == .operator {
            return .operator
        }
        if let wait = wrongKeys.withLock({ $0.wait(for: block) }) {
            throw .tooManyAttempts(seconds: Int((wait / .seconds(1)).rounded(.up)))
        }
        do throws(Problem) {
            return try actor(request, address, now, onFinding)
        } catch {
            // A key that only permits something else is no guess.
            if error.status == .unauthorized { wrongKeys.withLock { $0.take(for: block) } }
            throw error
        }
    }

    private func actor(
        _ request: HTTPRequest, _ address: String, _ now: Int64,
        _ onFinding: (KeyFinding) -> Void
    ) throws(Problem) -> AuditEvent.Actor {
        let sent = FrontDoor.key(request.headerFields)
        if let actor = sent.flatMap(keys.actor) { return actor }
        let found = ring.find(sent, now: now)
        onFinding(found)
        guard case .key(let key) = found else {
            throw found == .mistyped ? .mistypedKey : .unauthorized
        }
        // The order of the front door.
        guard key.admits(NetworkAddress(address)) else { throw .addressNotPermitted }
        if let expires = key.expires, expires <= now { throw .keyExpired }
        let scope = AdminRoute.scope(of: request.method, request.path ?? "")
        guard key.permits(scope) else { throw .missingScope(scope) }
        ring.use(key.id, now: now)
        return .key(key.id)
    }
}

/// ``TokenBuckets`` whatever their clock is.
private protocol Attempts: Sendable {
    func wait(for address: AddressBlock?) -> Duration?
    mutating func take(for address: AddressBlock?)
}

extension TokenBuckets: Attempts where Key == AddressBlock? {}
