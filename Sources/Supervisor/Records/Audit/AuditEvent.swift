import Logging

/// Something that somebody will want to know of later: who did what to which thing.
struct AuditEvent: Sendable {
    /// What was done. The names are stable, for programs.
    enum Action: String, CaseIterable, Sendable {
        case started = "service.started"
        case stopped = "service.stopped"
        /// Configuration and policies were read anew, and are in force or were refused.
        case reloaded = "service.reloaded"
        case policyChanged = "policy.changed"
        case rotated = "policy.rotated"
        case keyCreated = "key.created"
        case keyRotated = "key.rotated"
        case keyRevoked = "key.revoked"
        /// A reload brought a key of the configuration, changed it, or took it away.
        case keyDeclared = "key.declared"
        case keyChanged = "key.changed"
        case keyUndeclared = "key.undeclared"
        /// A key or a signature was wrong, or permits something else.
        case refusedCredential = "credential.refused"
        case crashesPurged = "crashes.purged"
        case quarantineRead = "quarantine.read"
        case logLevelChanged = "log-level.changed"
        case forgotten = "data.forgotten"
        /// The audit log's own: lines that were cut off when the machine went down were moved aside.
        case auditRepaired = "audit.repaired"
        /// What the log should have and has not was found at a start.
        case auditDamaged = "audit.damaged"
        /// Events that could not be written, by their number.
        case auditLost = "audit.lost"
        /// Old files of the log were removed.
        case auditExpired = "audit.expired"
    }

    /// Who did it.
    enum Actor: Equatable, Sendable {
        /// The service by itself.
        case service
        /// Somebody with the operator key of the state directory.
        case `operator`
        /// Somebody with the configured admin key.
        case adminKey
        /// Somebody with this API key, by its id.
        case key(String)
        /// A command on this machine, by the number of its account.
        case account(UInt32)
        /// Whoever may send this process signals, by the signal's name without SIG.
        case signal(String)
        /// Somebody unknown, by the address.
        case client(String)

        var text: String {
            switch self {
            case .service: "service"
            case .operator: "operator"
            case .adminKey: "admin-key"
            case .key(let id): "key:\(id)"
            case .account(let uid): "account:\(uid)"
            case .signal(let name): "signal:\(name)"
            case .client(let address): "client:\(address)"
            }
        }
    }

    let action: Action
    let actor: Actor
    /// What it was done to; nil where the action says so.
    let subject: String?
    let fields: [(name: String, value: JSONValue)]

    init(
        _ action: Action, by actor: Actor, on subject: String? = nil,
        fields: [(name: String, value: JSONValue)] = []
    ) {
        self.action = action
        self.actor = actor
        self.subject = subject
        self.fields = fields
    }
}

/// Where events are kept. Recording never blocks, and never fails for whoever records.
protocol AuditTrail: Sendable {
    func record(_ event: AuditEvent)
}

/// Events as lines of the service's log: all there is without a state directory.
struct LoggedAudit: AuditTrail {
    let logger: Logger

    func record(_ event: AuditEvent) {
        var fields: Logger.Metadata = [
            "action": "\(event.action.rawValue)", "actor": "\(event.actor.text)",
        ]
        if let subject = event.subject { fields["subject"] = "\(subject)" }
        for (name, value) in event.fields { fields[name] = "\(value.text)" }
        logger.notice("audit", metadata: fields)
    }
}
