import RequestSyntax
import Synchronization

/// Fetches images from web servers, without becoming a way into networks that its users cannot reach.
/// One of these lives as long as the service and knows which hosts have failed.
///
/// For each address on the way, redirects included: the list of sources and the ports are asked, the
/// name is looked up once, every address that it has is held against the rules, and the connection
/// goes to the one that was. The certificate is the name's.
final class RemoteFetcher: Sendable {
    private let lookup: any NameLookup
    private let budget: MemoryBudget
    private let rest = Mutex(HostRest<ContinuousClock>())

    init(lookup: any NameLookup = SystemLookup(), budget: MemoryBudget) {
        self.lookup = lookup
        self.budget = budget
    }

    /// - Parameter largest: bytes of an image at the most.
    func collect(
        _ address: RemoteAddress, _ conditions: SourceConditions, largest: Int,
        _ rules: RemoteRules
    ) async throws(SourceFailure) -> RemoteAnswer {
        let known = withRest(rules) {
            $0.refusal(host: address.host, address: address.text, at: .now)
        }
        if let known { throw known }
        let result: Result<RemoteAnswer, SourceFailure>? = await withDeadline(
            .now + rules.timeout
        ) {
            do throws(SourceFailure) {
                return .success(try await self.walk(address, conditions, largest, rules))
            } catch {
                return .failure(error)
            }
        }
        // Who has gone away says nothing about the host.
        guard !Task.isCancelled else { throw .timeout }
        do throws(SourceFailure) {
            let answer = try (result ?? .failure(.timeout)).get()
            withRest(rules) { $0.succeeded(host: address.host) }
            return answer
        } catch {
            withRest(rules) {
                $0.failed(host: address.host, address: address.text, error, at: .now)
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
        _ start: RemoteAddress, _ conditions: SourceConditions, _ largest: Int,
        _ rules: RemoteRules
    ) async throws(SourceFailure) -> RemoteAnswer {
        var walk = RedirectWalk(from: start, most: rules.redirects)
        while true {
            let address = try await vetted(walk.address, rules)
            let hop = RemoteHop(
                address: walk.address, pinned: address, rules: rules, conditions: conditions,
                largest: largest, share: budget.share())
            let (status, location, answer) = try await hop.ask()
            switch walk.answered(status: status, location: location) {
            case .image, .unchanged:
                guard let answer else { throw .incomplete }
                return answer
            case .ask: continue
            case .fail(let failure): throw failure
            }
        }
    }

    /// The address to connect to.
    private func vetted(
        _ address: RemoteAddress, _ rules: RemoteRules
    ) async throws(SourceFailure) -> NetworkAddress {
        guard rules.allowed.contain(.remote(address)) else { throw .notAllowed }
        guard [80, 443].contains(address.port) || rules.ports.contains(address.port) else {
            throw .port(address.port)
        }
        let addresses =
            if address.isLiteral {
                [NetworkAddress(address.host)].compactMap { $0 }
            } else {
                await lookup.addresses(of: address.host)
            }
        guard let first = addresses.first else { throw .noSuchHost }
        // A name with a public and a private address may be meant to be looked up twice.
        do throws(AddressRules.Refusal) {
            for address in addresses { try rules.addresses.check(address) }
        } catch {
            throw .address(error)
        }
        return first
    }
}
