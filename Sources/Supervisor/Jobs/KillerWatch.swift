import Logging
import NIOCore
import RequestSyntax
import Synchronization

/// Keeps inputs and clients that killed children from killing more. What it knows lives in memory
/// only, and in the quarantine where that is on.
final class KillerWatch: Sendable {
    typealias Poison = PoisonMemory<PoisonKey, ContinuousClock>
    typealias Backoff = ClientBackoff<AddressBlock?, ContinuousClock>

    /// Clients whose deaths are remembered.
    private static let mostClients = 4_096
    /// How many times as many deaths a whole site may cause as one client of it.
    private static let siteFactor = 4

    private let settings: LiveSettings
    private let poison: Mutex<Poison>
    private let backoff: Mutex<Waits>
    private let quarantine: Quarantine?
    private let metrics: any ServiceMetrics
    private let logger: Logger

    /// Of clients, and of the sites that IPv6 clients are in: who has a /48 has 65,536 blocks to
    /// begin anew with.
    private struct Waits {
        var clients: Backoff
        var sites: Backoff

        init(_ limits: SlowingSettings) {
            let make = { Backoff(limits: limits, mostKeys: mostClients, clock: ContinuousClock()) }
            clients = make()
            sites = make()
        }

        mutating func limit(to limits: SlowingSettings) {
            clients.limits = limits
            sites.limits = limits
            sites.limits.deaths *= siteFactor
        }

        func wait(for sender: Sender) -> Duration? {
            let waits = [clients.wait(for: sender.block), sites.wait(for: sender.block?.site)]
            return waits.compactMap { $0 }.max()
        }

        mutating func childDied(of sender: Sender) -> Duration? {
            let waits = [
                clients.childDied(of: sender.block),
                // An IPv4 address is its own site.
                sender.block?.site == sender.block
                    ? nil : sites.childDied(of: sender.block?.site),
            ]
            return waits.compactMap { $0 }.max()
        }
    }

    /// - Parameter quarantine: where inputs of which children died are kept; nil for nowhere.
    init(
        settings: LiveSettings, quarantine: Quarantine?, metrics: any ServiceMetrics,
        logger: Logger
    ) {
        self.settings = settings
        poison = Mutex(Poison(limits: settings.held.values.poison, clock: ContinuousClock()))
        backoff = Mutex(Waits(settings.held.values.slowing))
        self.quarantine = quarantine.flatMap { $0.isOn ? $0 : nil }
        self.metrics = metrics
        self.logger = logger
    }

    /// Lets a client's request in, before anything of it is read. A proxy never waits: that would
    /// shut out everybody behind it.
    func admit(_ sender: Sender) throws(Problem) {
        guard !sender.isProxy, let wait = withBackoff({ $0.wait(for: sender) }) else { return }
        metrics.requestSlowed()
        throw .tooManyFailures(seconds: Int((wait / .seconds(1)).rounded(.up)))
    }

    /// Lets an input through to a child. Whoever sent one that is refused hears what he heard when
    /// a child died of it.
    func admit(_ use: PoisonKey, of sender: Sender) throws(Problem) {
        guard withPoison({ poison in use.all.contains { poison.isPoison($0) } }) else { return }
        metrics.poisonRefused()
        logger.info(
            "input refused: it has killed children",
            metadata: [
                "request_id": "\(sender.client.requestID.text)",
                "trace_id": "\(sender.client.traceID)", "sha256": "\(use.sha256)",
            ])
        throw .couldNotProcess
    }

    /// What becomes of it when the job's child dies.
    func charge(for input: CollectedSource, _ use: PoisonKey, of sender: Sender) -> JobCharge {
        let bytes = input.source.bytes.readableBytes
        let request = sender.client.requestID.text
        // Without a quarantine nothing holds on to the input longer than its job.
        let keep = quarantine.map { quarantine in
            { @Sendable [self] (origin: QuarantineIndex.Origin) in
                store(input, in: quarantine, origin, request)
            }
        }
        return JobCharge(client: sender.block, keep: keep) { [self] ending in
            note(use.blamed(for: ending), bytes: bytes)
            if !sender.isProxy { slow(sender) }
        }
    }

    private func note(_ key: PoisonKey, bytes: Int) {
        guard withPoison({ $0.childDied(of: key) }) else { return }
        let limits = settings.held.values.poison
        logger.warning(
            "an input is refused from now on: it has killed children",
            metadata: [
                "sha256": "\(key.sha256)", "bytes": .stringConvertible(bytes),
                "asked": "\(key.use ?? "anything")",
                "deaths": .stringConvertible(limits.count),
                "for_seconds": .stringConvertible(limits.duration.components.seconds),
            ])
    }

    private func slow(_ sender: Sender) {
        guard let wait = withBackoff({ $0.childDied(of: sender) }) else { return }
        logger.warning(
            "a client has to wait: its requests keep killing children",
            metadata: [
                "client": "\(sender.client.address)",
                "request_id": "\(sender.client.requestID.text)",
                "wait_ms": .stringConvertible(wait.milliseconds),
            ])
    }

    private func store(
        _ input: CollectedSource, in quarantine: Quarantine, _ origin: QuarantineIndex.Origin,
        _ request: String
    ) {
        let source = input.source
        quarantine.storeSoon(source.bytes, sha256: source.sha256, of: origin) { [self] outcome in
            // Until here the input counted as memory in use.
            withExtendedLifetime(input.share) {}
            metrics.inputQuarantined(outcome)
            guard case .failed(let reason) = outcome else { return }
            logger.error(
                "an input could not be quarantined",
                metadata: [
                    "request_id": "\(request)", "sha256": "\(source.sha256)",
                    "reason": "\(reason)",
                ])
        }
    }

    /// Lets one input, or all, be tried again: an operator has said so, or the policies have changed.
    func forget(_ sha256: String? = nil) {
        poison.withLock { poison in
            if let sha256 {
                poison.forget { $0.sha256 == sha256 }
            } else {
                poison.forgetAll()
            }
        }
    }

    private func withPoison<Value: Sendable>(_ work: (inout Poison) -> Value) -> Value {
        let limits = settings.held.values.poison
        return poison.withLock { poison in
            poison.limits = limits
            return work(&poison)
        }
    }

    private func withBackoff<Value: Sendable>(_ work: (inout Waits) -> Value) -> Value {
        let limits = settings.held.values.slowing
        return backoff.withLock { backoff in
            backoff.limit(to: limits)
            return work(&backoff)
        }
    }
}
