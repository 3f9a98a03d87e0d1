import Logging
import NIOPosix

/// The keys of a running service: read at its start, and again whenever a command has changed them.
final class ServiceKeys: Sendable {
    let desk: KeyDesk
    private let logger: Logger

    var ring: KeyRing { desk.ring }

    /// How often it is looked whether somebody else has changed the store.
    static let interval = Duration.milliseconds(100)
    /// Of those, from one writing of last uses to the next: ten seconds.
    private static let roundsOfUses = 100
    /// From one removal of what is old to the next: an hour, and at the start.
    private static let roundsOfRemoval = 36_000

    /// Call it when root is dropped: files that are made belong to the account of the service.
    ///
    /// - Parameter state: nil for a service that keeps nothing.
    init(
        _ configuration: ServiceConfiguration, state: StateEntrance?, audit: any AuditTrail,
        logger: Logger
    ) throws(CommandFailure) {
        self.logger = logger
        do throws(KeyStore.Failure) {
            let store: KeyStore? =
                if let state { try KeyStore(in: state.path) } else { nil }
            desk = try KeyDesk(store, rules: .init(configuration), audit: audit)
        } catch {
            throw .failed(error.text)
        }
        warn(now: RequestPath.now)
    }

    /// Refuses a configuration whose keys could not be put in force. Blocks.
    func check(_ configuration: ServiceConfiguration) throws(KeyStore.Failure) {
        try desk.check(configuration.keys)
    }

    /// After a reload.
    func change(_ configuration: ServiceConfiguration) {
        desk.change(.init(configuration))
    }

    /// Says what is too old.
    private func warn(now: Int64) {
        do throws(KeyDesk.Refusal) {
            for warning in try desk.list(nil, now: now).warnings { logger.warning("\(warning)") }
        } catch {
            logger.error("\(error.text)")
        }
    }

    /// Until it is cancelled.
    func watch() async {
        var version: Int?
        var round = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            version = await look(
                since: version, writes: round % Self.roundsOfUses == 0,
                removes: round % Self.roundsOfRemoval == 0)
            round += 1
        }
    }

    /// Writes what is left to be written.
    func stop() async { _ = await look(since: nil, writes: true) }

    private func look(since last: Int?, writes: Bool, removes: Bool = false) async -> Int? {
        let result = try? await NIOThreadPool.singleton.runIfActive { [desk] in
            Result<Int, KeyStore.Failure> { () throws(KeyStore.Failure) in
                if writes { try desk.writeUses() }
                if removes { try desk.removeOld(now: RequestPath.now) }
                let version = try desk.version()
                if version != last || desk.isStale { try desk.load() }
                return version
            }
        }
        switch result {
        case .success(let version): return version
        case .failure(let failure):
            // Said once, until it works again.
            if last != Self.broken { logger.error("\(failure.text)") }
            return Self.broken
        case nil: return last
        }
    }

    /// No version: the next time that it works everything is read anew.
    private static let broken = -1
}
