import SandboxPolicy
import WireProtocol

/// Everything that is counted, by name. Callable from any thread.
protocol ServiceMetrics: Sendable {
    /// A request was answered, on the public listener or the admin listener.
    func requestEnded(_ request: EndedRequest)
    /// A child was reaped.
    ///
    /// - Parameters:
    ///   - ending: the class of a death; nil for a child that did all that was asked of it.
    ///   - hadJob: whether it was ever given one.
    func childEnded(policy: String, ending: ChildEnding?, hadJob: Bool, exit: ChildExit?)
    /// Calls beyond a policy were recorded and carried out.
    func callsRecorded(policy: String, count: Int)
    /// Crashes were recorded, or only counted.
    func crashRecorded(_ outcome: RecordStore.Outcome, count: Int)
    /// A job came to an end.
    ///
    /// - Parameters:
    ///   - outcome: `completed`, `refused`, or the name of the ``JobFailure``.
    ///   - waited: until it had a child.
    ///   - worked: from then on.
    func jobEnded(policy: String, outcome: String, waited: Duration, worked: Duration)
    /// A job whose child died before it had sent anything was given to another.
    func jobRestarted(policy: String)
    /// A request waits for the child of an equal one.
    func jobCoalesced(policy: String)
    /// A zygote became the one that forks.
    func generationStarted(policy: String, reason: GenerationReason)
    /// A crash would have ended a generation, but the last change was too short ago.
    func rotationHeldBack(policy: String)
    /// From the start of a zygote's program to its greeting.
    func zygoteReady(policy: String, after: Duration)
    /// A reload of configuration and policies was applied or refused.
    func reloadEnded(_ outcome: ReloadOutcome)
    /// An input was refused because it had killed children.
    func poisonRefused()
    /// A request was refused because its client has to wait.
    func requestSlowed()
    /// An input of which a child died was to be kept.
    func inputQuarantined(_ outcome: Quarantine.Outcome)
}

/// Why a zygote took over.
enum GenerationReason: String, CaseIterable, Sendable {
    case start
    case crash
    case violation
    /// What a child said was no conversation.
    case protocolError = "protocol"
    /// It had forked as many children as one zygote may.
    case forks
    /// It was as old as one zygote may be.
    case age
    /// The zygote died.
    case died
    /// It no longer answered.
    case unresponsive
    /// An operator asked.
    case demand
    /// The policy, or the configuration, was changed.
    case reload
}

/// What is counted of one request.
struct EndedRequest: Sendable {
    /// The route's name: from a closed list, never text of the request.
    var route: String
    /// The status code.
    var status: Int
    /// The problem's name; nil for a request that was served.
    var problem: String?
    /// The result's format by name; nil without one.
    var format: String?
    var duration: Duration
    /// Input and output in bytes.
    var bytesIn: Int
    var bytesOut: Int
}

/// Counts nothing: for commands that end after one job.
struct NoMetrics: ServiceMetrics {
    func requestEnded(_ request: EndedRequest) {}
    func childEnded(policy: String, ending: ChildEnding?, hadJob: Bool, exit: ChildExit?) {}
    func callsRecorded(policy: String, count: Int) {}
    func crashRecorded(_ outcome: RecordStore.Outcome, count: Int) {}
    func jobEnded(policy: String, outcome: String, waited: Duration, worked: Duration) {}
    func jobRestarted(policy: String) {}
    func jobCoalesced(policy: String) {}
    func generationStarted(policy: String, reason: GenerationReason) {}
    func rotationHeldBack(policy: String) {}
    func zygoteReady(policy: String, after: Duration) {}
    func reloadEnded(_ outcome: ReloadOutcome) {}
    func poisonRefused() {}
    func requestSlowed() {}
    func inputQuarantined(_ outcome: Quarantine.Outcome) {}
}
