import HTTPTypes
import Synchronization

/// Who may ask the admin listener at all.
final class AdminDoor: Sendable {
    /// Wrong keys from one address: so many at once, then one for each interval.
    private static let attempts = 30
    private static let attemptInterval = Duration.seconds(2)
    /// Addresses whose wrong keys are remembered.
    private static let mostAddresses = 4_096

    private let keys: AdminKeys
    private let pages: PageGuard
    private let wrongKeys: Mutex<any Attempts>

    /// - Parameter clock: by which attempts come back.
    init(
        keys: AdminKeys, pages: PageGuard = PageGuard(),
        clock: some Clock<Duration> & Sendable = ContinuousClock()
    ) {
        self.keys = keys
        self.pages = pages
        wrongKeys = Mutex(
            TokenBuckets<AddressBlock?, _>(
                capacity: Self.attempts, interval: Self.attemptInterval,
                mostKeys: Self.mostAddresses, clock: clock))
    }

    /// Lets a request in that comes from no web page and carries a key.
    ///
    /// An address that has used up its attempts is not even heard: a limit that let the right key
    /// through would limit nothing.
    func pass(_ request: HTTPRequest, from address: String) throws(Problem) {
        try pages.check(authority: request.authority, headers: request.headerFields)
        let block = AddressBlock(address)
        if let wait = wrongKeys.withLock({ $0.wait(for: block) }) {
            throw .tooManyAttempts(seconds: Int((wait / .seconds(1)).rounded(.up)))
        }
        if let key = FrontDoor.key(request.headerFields), keys.accept(key) { return }
        wrongKeys.withLock { $0.take(for: block) }
        throw .unauthorized
    }
}

/// ``TokenBuckets`` whatever their clock is.
private protocol Attempts: Sendable {
    func wait(for address: AddressBlock?) -> Duration?
    mutating func take(for address: AddressBlock?)
}

extension TokenBuckets: Attempts where Key == AddressBlock? {}
