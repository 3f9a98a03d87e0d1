import Logging
import Synchronization

/// Tells the operator of a reverse proxy on this machine that nobody has declared, and of a trusted one
/// that writes another field than is read: nothing is known of their clients. Once for a start, and
/// once more for what a reload leaves as it is.
final class ProxyNotice: Sendable {
    private let logger: Logger
    /// The settings that it was told of.
    private let told = Mutex<Int?>(nil)

    init(logger: Logger) { self.logger = logger }

    func look(at sender: Sender, _ settings: LiveSettings.Values) {
        guard sender.isProxy || sender.hasOtherField else { return }
        let isNew = told.withLock { told in
            defer { told = settings.revision }
            return told != settings.revision
        }
        guard isNew else { return }
        guard sender.isProxy else {
            let field = settings.proxies.field
            logger.warning(
                """
                A trusted proxy sends no \(field.name) and sends \(field.other.name), which is not \
                read: its clients are not known, and no limit by address holds for them. Write \
                proxies.field: \(field.other.rawValue), or have the proxy write the other field.
                """,
                metadata: ["peer": "\(sender.client.address)"])
            return
        }
        logger.warning(
            """
            A proxy on this machine sends X-Forwarded-For or Forwarded, and no proxy is trusted: all \
            its clients have one address. Name it with proxies.trusted, for example \
            GLOVEBOX_TRUSTED_PROXIES=127.0.0.1,::1, and the field that it writes with proxies.field.
            """,
            metadata: ["peer": "\(sender.client.address)"])
    }
}
