import Logging

/// What a reload of configuration and policies came to.
enum ReloadOutcome: Equatable, Sendable {
    /// All of it is in force; `changed` names the settings and policies that are different now.
    case applied(changed: [String])
    /// Nothing was changed. Each reason says where, what is wrong and what to write.
    case refused([String])

    /// The name in metrics and reports.
    var name: StatusReport.Reload.Outcome {
        switch self {
        case .applied: .applied
        case .refused: .refused
        }
    }

    var reasons: [String] {
        switch self {
        case .applied: []
        case .refused(let reasons): reasons
        }
    }
}

/// Reloads, one time after the other, whoever asks: an operator by HTTP or by SIGHUP.
actor Reloader {
    private let operation: @Sendable ([AuditEvent.Actor]) async -> ReloadOutcome
    private let logger: Logger
    private var running: Task<ReloadOutcome, Never>?
    /// Asked for while another runs. It begins after that, so it sees what all who share it wrote.
    private var next: Task<ReloadOutcome, Never>?
    /// Who asked for that one.
    private var askers: [AuditEvent.Actor] = []

    /// - Parameter operation: is told who asked for it.
    init(
        logger: Logger,
        _ operation: @escaping @Sendable ([AuditEvent.Actor]) async -> ReloadOutcome
    ) {
        self.operation = operation
        self.logger = logger
    }

    /// Reloads what is there now.
    func reload(by actor: AuditEvent.Actor = .service) async -> ReloadOutcome {
        if !askers.contains(actor) { askers.append(actor) }
        if let next { return await next.value }
        let before = running
        let task = Task {
            _ = await before?.value
            running = next
            next = nil
            let askers = askers
            self.askers = []
            let outcome = await operation(askers)
            log(outcome)
            return outcome
        }
        next = task
        return await task.value
    }

    private func log(_ outcome: ReloadOutcome) {
        switch outcome {
        case .applied(let changed):
            logger.notice(
                "reloaded",
                metadata: ["changed": .array(changed.map { .string($0) })])
        case .refused(let reasons):
            logger.error(
                "reload refused", metadata: ["reasons": .array(reasons.map { .string($0) })])
        }
    }
}
