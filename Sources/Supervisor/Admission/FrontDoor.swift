import Crypto
import HTTPTypes
import RequestSyntax

/// Who may ask for what: decided by the head of a request alone, before its body is read.
final class FrontDoor: Sendable {
    private let keys: KeyRing
    private let audit: any AuditTrail

    init(keys: KeyRing, audit: any AuditTrail) {
        self.keys = keys
        self.audit = audit
    }

    /// Lets a request in. The steps stand in the order of what they tell whoever is refused: nothing
    /// about keys to who has none, nothing about a key to who sends it from elsewhere.
    ///
    /// - Parameter now: seconds since 1970.
    func pass(
        _ head: HTTPRequest, _ route: Route, _ client: Client, _ settings: LiveSettings.Values,
        now: Int64
    ) throws(Problem) -> Caller {
        // Whose request it is: limits, records and the log all go by it.
        let sender = Sender(client, head.headerFields, settings.proxies)
        client.note(address: sender.text)
        // Routes that tell nothing, or verify by themselves.
        guard let scope = route.scope else { return Caller(sender: sender, right: .open) }
        let right = try right(head, client, sender, settings, now)
        let caller = Caller(sender: sender, right: right)
        guard let key = caller.key else { return caller }
        client.note(key: key.id)
        // From where before what: a key that was stolen says nothing to the thief.
        guard key.admits(sender.address) else {
            throw refused(.addressNotPermitted, client, key)
        }
        if let expires = key.expires, expires <= now { throw refused(.keyExpired, client, key) }
        guard key.permits(scope) else { throw refused(.missingScope(scope), client, key) }
        keys.use(key.id, now: now)
        return caller
    }

    private func right(
        _ head: HTTPRequest, _ client: Client, _ sender: Sender, _ settings: LiveSettings.Values,
        _ now: Int64
    ) throws(Problem) -> Caller.Right {
        if let sent = Self.key(head.headerFields) {
            let key: APIKey?
            do throws(APIKeyText.Failure) {
                key = keys.key(try APIKeyText(sent), now: now)
            } catch {
                keys.pretend()
                key = nil
                if error == .typo, !settings.isDevelopment {
                    throw refused(.mistypedKey, client, nil)
                }
            }
            if let key { return .key(key) }
        } else {
            keys.pretend()
        }
        if settings.isDevelopment { return .development }
        throw refused(.unauthorized, client, nil)
    }

    private func refused(_ problem: Problem, _ client: Client, _ key: APIKey?) -> Problem {
        audit.record(
            AuditEvent(
                .refusedCredential, by: key.map { .key($0.id) } ?? .client(client.shownAddress),
                fields: [
                    ("problem", .string(problem.name)), ("route", .string(client.notes.route)),
                    ("request_id", .string(client.requestID.text)),
                    ("address", .string(client.shownAddress)),
                ]))
        return problem
    }

    /// The key as `Authorization: Bearer KEY` (RFC 6750 section 2.1) or as `X-API-Key`.
    static func key(_ headers: HTTPFields) -> String? {
        guard let authorization = headers[.authorization] else { return headers[.apiKey] }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}

extension HTTPField.Name {
    static let apiKey = Self("X-API-Key")!
}
