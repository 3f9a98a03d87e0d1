import Crypto
import Synchronization

/// The keys that open the admin listener: the operator key of this start, and those configured.
///
/// None is kept: only codes of them under a key that nobody knows. So comparing takes the same time
/// whatever is presented, and memory that leaks gives no key away.
final class AdminKeys: Sendable {
    private let secret = SymmetricKey(size: .bits256)
    private let operatorCode: HMAC<SHA256>.MAC
    private let configured: Mutex<[HMAC<SHA256>.MAC]>

    init(operatorKey: String, configured keys: [String]) {
        operatorCode = Self.code(of: operatorKey, under: secret)
        configured = Mutex([])
        replace(configured: keys)
    }

    /// Changes the configured keys; the operator key stays.
    func replace(configured keys: [String]) {
        let codes = keys.map { Self.code(of: $0, under: secret) }
        configured.withLock { $0 = codes }
    }

    /// Who has this key; nil for none of them.
    func actor(of presented: String) -> AuditEvent.Actor? {
        let code = Self.code(of: presented, under: secret)
        var actor: AuditEvent.Actor? = code == operatorCode ? .operator : nil
        // All of them, so that time does not tell which one it was either.
        for known in configured.withLock({ $0 }) where code == known { actor = .adminKey }
        return actor
    }

    private static func code(of key: String, under secret: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(key.utf8), using: secret)
    }
}
