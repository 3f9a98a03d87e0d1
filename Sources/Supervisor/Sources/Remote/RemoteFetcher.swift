import RequestSyntax
import Synchronization

/// Fetches images from web servers, without becoming a way into networks that its users cannot reach.
/// One of these lives as long as the service and knows which servers have failed.
///
/// For each address on the way, redirects included: the list of sources and the ports are asked, the
/// name is looked up once, every address that it has is held against the rules, and the connection
/// goes to one that was. The certificate is the name's.
final class RemoteFetcher: Sendable {
    private let lookups: LookupDesk
    private let budget: MemoryBudget
    private let slots = ConnectionSlots(512, ofOneAddress: 128)
    private let rest = Mutex(HostRest<ContinuousClock>())

    init(lookup: any NameLookup = SystemLookup(), budget: MemoryBudget) {
        lookups = LookupDesk(lookup)
        self.budget = budget
    }

    /// What holds for all requests on one way.
    private struct Order: Sendable {
        let conditions: SourceConditions
        let largest: Int
        let rules: RemoteRules
        let named: [RemoteHop.Field]?
        /// When the image has to be there.
        let end: ContinuousClock.Instant
    }

    /// - Parameters:
    ///   - largest: bytes of an image at the most.
    ///   - named: for a server that the operator has named, the fields that go there beside the usual
    ///     ones. No list, no port and no rule of addresses holds for it, and redirects are not
    ///     followed.
    func collect(
        _ address: RemoteAddress, _ conditions: SourceConditions, largest: Int,
        _ rules: RemoteRules, named: [RemoteHop.Field]? = nil
    ) async throws(SourceFailure) -> RemoteAnswer {
        let known = withRest(rules) { $0.known(address.text, at: .now) }
        if let known { throw known }
        let order = Order(
            conditions: conditions, largest: largest, rules: rules, named: named,
            end: .now + rules.timeout)
        do throws(SourceFailure) {
            return try await walk(address, order)
        } catch {
            // Who has gone away says nothing about the address, and what is answered to one client's
            // conditions nothing about an answer without them.
            if !Task.isCancelled, conditions.isEmpty || !error.isOfAnswer {
                withRest(rules) { $0.remember(error, of: address.text, at: .now) }
            }
            throw error
        }
    }

    private func withRest<Value: Sendable>(
        _ rules: RemoteRules, _ work: (inout HostRest<ContinuousClock>) -> Value
    ) -> Value {
        rest.withLock { rest in
            rest.limits = rules.rest
            return work(&rest)
        }
    }

    private func walk(
        _ start: RemoteAddress, _ order: Order
    ) async throws(SourceFailure) -> RemoteAnswer {
        var walk = RedirectWalk(
            from: start, most: order.named == nil ? order.rules.redirects : 0,
            isConditional: !order.conditions.isEmpty)
        while true {
            let outcome = try await hop(walk.address, isStart: walk.isAtStart, order)
            switch walk.answered(status: outcome.status, location: outcome.location) {
            case .image, .unchanged:
                guard let answer = outcome.answer else { throw .incomplete }
                return answer
            case .ask: continue
            case .fail(let failure): throw failure
            }
        }
    }

    /// Asks one server, where the rules permit it, and learns from what it does.
    private func hop(
        _ address: RemoteAddress, isStart: Bool, _ order: Order
    ) async throws(SourceFailure) -> RemoteHop.Outcome {
        let rules = order.rules
        if order.named == nil {
            let source = SourceAddress.remote(address)
            guard rules.allowed.contain(source) else {
                throw isStart ? .notAllowed : .redirectNotAllowed(String(source.shown.prefix(512)))
            }
            guard [80, 443].contains(address.port) || rules.ports.contains(address.port) else {
                throw .port(address.port)
            }
        }
        let server = "\(address.scheme)://\(address.authority)"
        let turn = withRest(rules) { $0.turn(of: server, at: .now) }
        guard turn != .rest else { throw .resting }
        do throws(SourceFailure) {
            let connected = min(.now + rules.connectTimeout, order.end)
            let addresses = try await vetted(address, order, until: connected)
            let hop = RemoteHop(
                address: address, rules: rules, conditions: order.conditions,
                largest: order.largest, share: budget.share(), slots: slots,
                fields: order.named ?? [])
            let outcome = try await hop.ask(addresses, connected: connected, until: order.end)
            let isOwnDoing = isStart && order.conditions.isEmpty
            learn(ServerSign(status: outcome.status, isStart: isOwnDoing), of: server, turn, rules)
            return outcome
        } catch {
            let sign = Task.isCancelled ? .unknown : ServerSign(error, isStart: isStart)
            learn(sign, of: server, turn, rules)
            throw error
        }
    }

    private func learn(
        _ sign: ServerSign, of server: String, _ turn: HostRest<ContinuousClock>.Turn,
        _ rules: RemoteRules
    ) {
        withRest(rules) { rest in
            if turn == .tryOut, sign == .unknown {
                rest.giveBack(server, at: .now)
            } else {
                rest.learn(sign, of: server, at: .now)
            }
        }
    }

    /// The addresses that may be connected to: all that the name has, or it is refused.
    private func vetted(
        _ address: RemoteAddress, _ order: Order, until deadline: ContinuousClock.Instant
    ) async throws(SourceFailure) -> [NetworkAddress] {
        let addresses: [NetworkAddress]
        if address.isLiteral {
            guard let literal = NetworkAddress(address.host) else { throw .noSuchHost }
            addresses = [literal]
        } else {
            addresses = try await lookups.addresses(of: address.host, until: deadline)
        }
        guard order.named == nil else { return addresses }
        // A name with a public and a private address may be meant to be looked up twice.
        do throws(AddressRules.Refusal) {
            for address in addresses { try order.rules.addresses.check(address) }
        } catch {
            throw .address(error)
        }
        return addresses
    }
}
