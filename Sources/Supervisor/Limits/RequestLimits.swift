import HTTPTypes
import Logging
import Synchronization

/// How much each client may ask for, and who has to wait for making errors.
///
/// A request with a key counts for the key, any other for the client's address. A proxy that nobody
/// has declared never counts: anybody may be behind it.
final class RequestLimits: Sendable {
    private let counters: any LimitCounters
    private let penalties: Mutex<ErrorPenalties<ContinuousClock>>
    private let logger: Logger

    init(_ counters: any LimitCounters, logger: Logger) {
        self.counters = counters
        penalties = Mutex(ErrorPenalties(PenaltySettings(), clock: ContinuousClock()))
        self.logger = logger
    }

    /// A request that was let in. Its places are given back when this ends.
    struct Visit: ~Copyable, Sendable {
        fileprivate let counters: any LimitCounters
        fileprivate let parties: [LimitParty]
        /// Whose bytes of the day are counted.
        fileprivate let charged: LimitParty?

        /// Counts bytes of its input and its result.
        func charge(_ bytes: Int) {
            guard let charged else { return }
            counters.charge(bytes, to: charged, at: .now)
        }

        deinit { counters.leave(parties) }
    }

    /// Lets a request in, or says when it may come again.
    func enter(
        _ caller: Caller, _ route: Route, _ client: Client, _ settings: LiveSettings.Values
    ) throws(Problem) -> Visit {
        // A signature says more about a request than where it comes from: whoever has one does not
        // wait for those who guess at it from the same address.
        if route.isJudgedWhole(caller), let wait = wait(for: parties(of: caller), settings) {
            throw .tooManyErrors(seconds: wait.secondsToWait)
        }
        let wants = wants(of: caller, route, settings)
        guard !wants.isEmpty else { return Visit(counters: counters, parties: [], charged: nil) }
        let now = WallTime.now
        let (accounts, refusal) = counters.enter(wants, at: now)
        client.note(limits: RateLimitFields(wants, accounts, at: now))
        switch refusal {
        case nil:
            return Visit(
                counters: counters, parties: wants.map(\.party),
                charged: wants.first { $0.limits.dailyBytes != nil }?.party)
        case .rate(let wait): throw .rateLimited(seconds: wait.secondsToWait)
        case .concurrent: throw .tooManyAtOnce
        case .dailyBytes: throw .dailyLimit(seconds: now.secondsToMidnight)
        }
    }

    /// What the sender of a request that was let in hears of a problem with it.
    func judge(
        _ problem: Problem, _ caller: Caller, _ route: Route, _ settings: LiveSettings.Values
    ) -> Problem {
        guard problem.isOfTheSender else { return problem }
        if case .notFound = problem, route.isOfAnImage { return problem }
        if route.isJudgedWhole(caller) {
            // What its users upload is not the doing of who holds a key.
            guard caller.key == nil || problem.isOfTheHolder else { return problem }
            // It was let in before a wait began, if one did.
            _ = failed(parties(of: caller), problem, settings)
            return problem
        }
        switch problem {
        case .wrongSignature, .optionForSignature:
            return failed(parties(of: caller.sender), problem, settings)
        default: return problem
        }
    }

    /// What the sender of a request hears that was not let in for what it has or lacks, or that asks
    /// for nothing there is.
    func judge(
        _ problem: Problem, _ request: HTTPFields, _ client: Client,
        _ settings: LiveSettings.Values
    ) -> Problem {
        guard problem.isOfTheSender else { return problem }
        let sender = Sender(client, request, settings.proxies)
        if case .missingScope = problem, let key = client.notes.key {
            return failed([.key(key)], problem, settings)
        }
        return failed(parties(of: sender), problem, settings)
    }

    private func failed(
        _ parties: [LimitParty], _ problem: Problem, _ settings: LiveSettings.Values
    ) -> Problem {
        let (waits, begins) = withPenalties(settings) { penalties in
            (penalties.wait(for: parties), penalties.failed(parties))
        }
        if let begins {
            logger.warning(
                "a client has to wait: its requests keep being wrong",
                metadata: [
                    "client": "\(parties.first?.text ?? "")", "problem": "\(problem.name)",
                    "wait_ms": .stringConvertible(begins.milliseconds),
                ])
        }
        return waits.map { .tooManyErrors(seconds: $0.secondsToWait) } ?? problem
    }

    private func wait(
        for parties: [LimitParty], _ settings: LiveSettings.Values
    ) -> Duration? {
        withPenalties(settings) { $0.wait(for: parties) }
    }

    private func withPenalties<Value: Sendable>(
        _ settings: LiveSettings.Values,
        _ work: (inout ErrorPenalties<ContinuousClock>) -> Value
    ) -> Value {
        let penalty = settings.penalty
        return penalties.withLock { penalties in
            penalties.change(to: penalty)
            return work(&penalties)
        }
    }

    /// Whom a request counts for.
    private func parties(of caller: Caller) -> [LimitParty] {
        caller.key.map { [.key($0.id)] } ?? parties(of: caller.sender)
    }

    private func parties(of sender: Sender) -> [LimitParty] {
        sender.isProxy ? [] : sender.block.map(LimitParty.all) ?? []
    }

    private func wants(
        of caller: Caller, _ route: Route, _ settings: LiveSettings.Values
    ) -> [LimitWant] {
        let isSigned = route.isSigned(caller)
        let clients = settings.clients
        let own = caller.key?.limits ?? (isSigned ? clients.signedLimits : clients.limits)
        guard !own.isNone else { return [] }
        return parties(of: caller).map { party in
            switch party {
            case .key, .signer: LimitWant(party: party, limits: own)
            case .address(let block):
                LimitWant(party: isSigned ? .signer(block) : party, limits: own)
            case .site(let block):
                LimitWant(party: isSigned ? .signer(block) : party, limits: own.ofSite)
            }
        }
    }
}

extension Route {
    /// Whether all that is wrong with a request is its sender's doing, and he waits for it. Who made a
    /// signed request is not known by where it comes from.
    fileprivate func isJudgedWhole(_ caller: Caller) -> Bool {
        switch caller.right {
        case .key: true
        case .development: scope != nil
        case .signature, .open: false
        }
    }

    /// Whether what is asked for was signed, or is to be.
    fileprivate func isSigned(_ caller: Caller) -> Bool {
        if case .signature = caller.right { return true }
        if case .signed = self { return caller.key == nil }
        return false
    }

    /// Whether it names an image, which may have been there once.
    fileprivate var isOfAnImage: Bool {
        switch self {
        case .image, .imageInfo: true
        default: false
        }
    }
}
