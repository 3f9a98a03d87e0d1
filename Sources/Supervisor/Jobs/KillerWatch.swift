import Logging
import NIOCore
import RequestSyntax
import Synchronization

/// Keeps inputs and clients that killed children from killing more. What it knows lives in memory
/// only, and in the quarantine where that is on.
final class KillerWatch: Sendable {
    typealias Poison = PoisonMemory<String, ContinuousClock>
    typealias Backoff = ClientBackoff<AddressBlock?, ContinuousClock>

    /// Clients whose deaths are remembered.
    private static let mostClients = 4_096

    private let settings: LiveSettings
    private let poison: Mutex<Poison>
    private let backoff: Mutex<Backoff>
    private let quarantine: Quarantine?
    private let metrics: any ServiceMetrics
    private let logger: Logger

    /// - Parameter quarantine: where inputs of which children died are kept; nil for nowhere.
    init(
        settings: LiveSettings, quarantine: Quarantine?, metrics: any ServiceMetrics,
        logger: Logger
    ) {
        self.settings = settings
        poison = Mutex(Poison(limits: settings.current.poison, clock: ContinuousClock()))
        backoff = Mutex(
            Backoff(
                limits: settings.current.slowing, mostKeys: Self.mostClients,
                clock: ContinuousClock()))
        self.quarantine = quarantine
        self.metrics = metrics
        self.logger = logger
    }

    /// Lets a client's request in, before anything of it is read.
    func admit(_ client: Client) throws(Problem) {
        let block = AddressBlock(client.address)
        let wait = withBackoff { $0.wait(for: block) }
        guard let wait else { return }
        metrics.requestSlowed()
        throw .tooManyFailures(seconds: Int((wait / .seconds(1)).rounded(.up)))
    }

    /// Lets an input through to a child. Whoever sent one that is refused hears what he heard when
    /// a child died of it.
    func admit(_ input: SourceBytes, of client: Client) throws(Problem) {
        guard withPoison({ $0.isPoison(input.sha256) }) else { return }
        metrics.poisonRefused()
        logger.info(
            "input refused: it has killed children",
            metadata: [
                "request_id": "\(client.requestID.text)", "trace_id": "\(client.traceID)",
                "sha256": "\(input.sha256)",
            ])
        throw .couldNotProcess
    }

    /// What becomes of it when the job's child dies.
    func charge(for input: CollectedSource, of client: Client) -> JobCharge {
        let block = AddressBlock(client.address)
        let (address, request) = (client.address, client.requestID.text)
        let (sha256, bytes) = (input.source.sha256, input.source.bytes.readableBytes)
        // Without a quarantine nothing holds on to the input longer than its job.
        let kept = quarantine == nil ? nil : input
        return JobCharge { [self] ending in
            note(sha256, bytes: bytes)
            slow(block, address, request)
            if let kept, ending.isWorthQuarantine { store(kept, request) }
        }
    }

    private func note(_ sha256: String, bytes: Int) {
        guard withPoison({ $0.childDied(of: sha256) }) else { return }
        let limits = settings.current.poison
        logger.warning(
            "an input is refused from now on: it has killed children",
            metadata: [
                "sha256": "\(sha256)", "bytes": .stringConvertible(bytes),
                "deaths": .stringConvertible(limits.count),
                "for_seconds": .stringConvertible(limits.duration.components.seconds),
            ])
    }

    private func slow(_ block: AddressBlock?, _ address: String, _ request: String) {
        guard let wait = withBackoff({ $0.childDied(of: block) }) else { return }
        logger.warning(
            "a client has to wait: its requests keep killing children",
            metadata: [
                "client": "\(address)", "request_id": "\(request)",
                "wait_ms": .stringConvertible(wait.milliseconds),
            ])
    }

    private func store(_ input: CollectedSource, _ request: String) {
        guard let quarantine else { return }
        quarantine.storeSoon(input.source.bytes, sha256: input.source.sha256) { [self] outcome in
            // Until here the input counted as memory in use.
            withExtendedLifetime(input.share) {}
            metrics.inputQuarantined(outcome)
            guard case .failed(let reason) = outcome else { return }
            logger.error(
                "an input could not be quarantined",
                metadata: [
                    "request_id": "\(request)", "sha256": "\(input.source.sha256)",
                    "reason": "\(reason)",
                ])
        }
    }

    /// Lets one input, or all, be tried again: an operator has said so, or the policies have changed.
    func forget(_ sha256: String? = nil) {
        poison.withLock { poison in
            if let sha256 { poison.forget(sha256) } else { poison.forgetAll() }
        }
    }

    private func withPoison<Value: Sendable>(_ work: (inout Poison) -> Value) -> Value {
        let limits = settings.current.poison
        return poison.withLock { poison in
            poison.limits = limits
            return work(&poison)
        }
    }

    private func withBackoff<Value: Sendable>(_ work: (inout Backoff) -> Value) -> Value {
        let limits = settings.current.slowing
        return backoff.withLock { backoff in
            backoff.limits = limits
            return work(&backoff)
        }
    }
}
