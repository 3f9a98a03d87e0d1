import Glibc
import SandboxPolicy

extension AuditEvent {
    /// The service begins, by these policies.
    static func started(
        _ configuration: ServiceConfiguration, _ policies: [PolicyIdentity]
    ) -> AuditEvent {
        AuditEvent(
            .started, by: .service,
            fields: [
                ("version", .string(Version.current)), ("pid", .integer(Int64(getpid()))),
                ("posture", .string(configuration.posture.rawValue)),
                ("development", .bool(configuration.dev)),
                (
                    "policies",
                    .object(policies.map { ($0.name, ReloadTrail.hashes($0)) })
                ),
            ])
    }
}
