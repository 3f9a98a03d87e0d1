import Crypto
import HTTPTypes
import RequestSyntax

/// Who may ask for what: decided by the head of a request alone, before its body is read.
final class FrontDoor: Sendable {
    private let keys: KeyRing
    private let audit: any AuditTrail
    private let notice: ProxyNotice

    init(keys: KeyRing, audit: any AuditTrail, notice: ProxyNotice) {
        self.keys = keys
        self.audit = audit
        self.notice = notice
    }

    /// Refuses who may ask for nothing at all from where he is. The first step, for whatever is asked.
    func admit(
        _ fields: HTTPFields, _ client: Client, _ settings: LiveSettings.Values
    ) throws(Problem) {
        guard !settings.allowed.isEmpty else { return }
        let sender = Sender(client, fields, settings.proxies)
        // One that is not known is none of those that may.
        guard let address = sender.address, settings.allowed.cover(address) else {
            client.note(address: sender.text)
            notice.look(at: sender, settings)
            throw refused(.addressNotPermitted, client)
        }
    }

    /// Lets a request in. The steps stand in the order of what they tell whoever is refused: nothing
    /// about keys to who has none, nothing about a key to who sends it from elsewhere.
    ///
    /// - Parameters:
    ///   - signed: the request as its signature has it, where it has one.
    ///   - now: seconds since 1970.
    func pass(
        _ head: HTTPRequest, _ route: Route, _ signed: SignedQuery? = nil, _ client: Client,
        _ settings: LiveSettings.Values, now: Int64
    ) throws(Problem) -> Caller {
        // Whose request it is: limits, records and the log all go by it.
        let sender = Sender(client, head.headerFields, settings.proxies)
        client.note(address: sender.text)
        notice.look(at: sender, settings)
        // Routes that tell nothing, or verify by themselves.
        guard let scope = route.scope else { return Caller(sender: sender, right: .open) }
        let right = try right(head, signed, client, sender, settings, now)
        let caller = Caller(sender: sender, right: right)
        guard let key = caller.key else { return caller }
        client.note(key: key.id)
        // From where before what: a key that was stolen says nothing to the thief.
        guard key.admits(sender.address) else {
            throw refused(.addressNotPermitted, client)
        }
        if let expires = key.expires, expires <= now { throw refused(.keyExpired, client) }
        guard key.permits(scope) else { throw refused(.missingScope(scope), client) }
        keys.use(key.id, now: now)
        return caller
    }

    private func right(
        _ head: HTTPRequest, _ signed: SignedQuery?, _ client: Client, _ sender: Sender,
        _ settings: LiveSettings.Values,
        _ now: Int64
    ) throws(Problem) -> Caller.Right {
        // Whoever signed the request named everything in it, and no key makes a wrong signature
        // right.
        if let signed {
            do throws(Problem) {
                try signed.verify(settings, now: now)
            } catch {
                throw refused(error, client)
            }
            return .signature
        }
        let found = keys.find(Self.key(head.headerFields), now: now)
        if case .key(let key) = found { return .key(key) }
        if settings.isDevelopment { return .development }
        client.note(found)
        throw refused(found == .mistyped ? .mistypedKey : .unauthorized, client)
    }

    private func refused(_ problem: Problem, _ client: Client) -> Problem {
        audit.record(.refusal(problem, of: client))
        return problem
    }

    /// Signed URLs verify by themselves: hears what came of it.
    func hear(_ problem: Problem, of client: Client) {
        switch problem {
        case .wrongSignature, .optionForSignature: _ = refused(problem, client)
        default: break
        }
    }

    /// The key as `Authorization: Bearer KEY` (RFC 6750 section 2.1) or as `X-API-Key`. Another scheme
    /// may be meant for a proxy in front.
    static func key(_ headers: HTTPFields) -> String? {
        let parts = headers[.authorization]?.split(separator: " ", maxSplits: 1) ?? []
        guard parts.first?.lowercased() == "bearer" else { return headers[.apiKey] }
        return parts.count == 2 ? String(parts[1]) : nil
    }
}

extension HTTPField.Name {
    static let apiKey = Self("X-API-Key")!
}
