import CoreMetrics
import FoundationEssentials
import Synchronization
import WireProtocol

/// Counts everything for Prometheus.
///
/// Values of labels come from closed lists: routes, formats, status codes, problems, outcomes,
/// classes and reasons of our own, and the names of policy files.
final class PrometheusMetrics: ServiceMetrics {
    private let registry = PrometheusRegistry(CountedMetrics.all)
    private let announced = Mutex<Set<String>>([])
    private let reloads = Mutex(Reloads())
    private let change = Mutex<(policy: String, reason: GenerationReason, at: Date)?>(nil)

    private struct Reloads {
        var last: (outcome: ReloadOutcome, at: Date)?
        /// The start counts as the first.
        var applied = Date()
    }

    init() {
        for outcome in StatusReport.Reload.Outcome.allCases {
            count(CountedMetrics.reloads, [outcome.rawValue], by: 0)
        }
        for family in [CountedMetrics.poisonRefused, CountedMetrics.requestsSlowed] {
            count(family, [], by: 0)
        }
        for outcome in RecordStore.Outcome.allCases {
            count(CountedMetrics.crashRecords, [outcome.rawValue], by: 0)
        }
        for name in Quarantine.Outcome.names {
            count(CountedMetrics.quarantined, [name], by: 0)
        }
    }

    /// All metrics, those of this moment included. Blocks on small files under /proc.
    func text(_ status: RunnerStatus) -> String {
        for pool in status.pools { announce(pool.policy) }
        var text = PrometheusText()
        StatusMetrics.append(status, to: &text)
        let applied = reloads.withLock { $0.applied.timeIntervalSince1970 }
        StatusMetrics.append(
            reload: lastReload?.outcome != .refused, applied: applied, to: &text)
        registry.append(to: &text)
        ProcessMetrics.append(to: &text)
        return text.text
    }

    /// The counts for `GET /cmd/status`.
    var counters: StatusReport.Counters {
        func sum(_ family: MetricFamily, _ isCounted: ([String]) -> Bool) -> Int {
            registry.series(of: family).reduce(0) { sum, series in
                guard case .number(let value) = series.value, isCounted(series.labels) else {
                    return sum
                }
                return sum + Int(value)
            }
        }
        func requests(_ statusClass: String) -> Int {
            // Labels are route, format, status, outcome.
            sum(CountedMetrics.requests) {
                !AdminRoute.names.contains($0[0]) && $0[2].hasPrefix(statusClass)
            }
        }
        return StatusReport.Counters(
            requests: requests(""), clientErrors: requests("4"), serverErrors: requests("5"),
            jobs: sum(CountedMetrics.jobs) { _ in true })
    }

    /// The last time that a zygote took over from another.
    var lastChange: StatusReport.GenerationChange? {
        change.withLock { $0 }.map { change in
            StatusReport.GenerationChange(
                policy: change.policy, reason: change.reason, at: Timestamp.text(change.at),
                age: Self.age(of: change.at))
        }
    }

    /// What the last reload came to; nil before the first.
    var lastReload: StatusReport.Reload? {
        reloads.withLock { $0.last }.map { last in
            StatusReport.Reload(
                outcome: last.outcome.name, at: Timestamp.text(last.at), age: Self.age(of: last.at),
                reasons: last.outcome.reasons)
        }
    }

    /// Seconds, rounded to milliseconds.
    private static func age(of date: Date) -> Double {
        max(0, (Date().timeIntervalSince(date) * 1_000).rounded() / 1_000)
    }

    func reloadEnded(_ outcome: ReloadOutcome) {
        let now = Date()
        reloads.withLock { reloads in
            reloads.last = (outcome, now)
            if outcome.name == .applied { reloads.applied = now }
        }
        count(CountedMetrics.reloads, [outcome.name.rawValue])
    }

    func requestEnded(_ request: EndedRequest) {
        let format = request.format ?? "none"
        let status = (100...599).contains(request.status) ? request.status : 0
        count(
            CountedMetrics.requests,
            [request.route, format, String(status), request.problem ?? "ok"])
        time(
            CountedMetrics.requestTime, [request.route, format, "\(status / 100)xx"],
            request.duration)
        record(CountedMetrics.requestSize, [request.route, format], Double(request.bytesIn))
        record(CountedMetrics.responseSize, [request.route, format], Double(request.bytesOut))
    }

    func childEnded(policy: String, ending: ChildEnding?, hadJob: Bool, exit: ChildExit?) {
        let ended = ending?.name ?? (hadJob ? "completed" : "dismissed")
        count(CountedMetrics.childrenEnded, [policy, ended])
        guard hadJob, let exit else { return }
        // Microseconds and KiB, by the kernel's word.
        record(
            CountedMetrics.childTime, [policy],
            (Double(exit.userTime) + Double(exit.systemTime)) / 1e6)
        record(CountedMetrics.childMemory, [policy], Double(exit.peakResident) * 1_024)
        record(CountedMetrics.childFaults, [policy], Double(exit.minorFaults))
    }

    func callsRecorded(policy: String, count: Int) {
        self.count(CountedMetrics.callsRecorded, [policy], by: Int64(count))
    }

    func crashRecorded(_ outcome: RecordStore.Outcome, count: Int) {
        self.count(CountedMetrics.crashRecords, [outcome.rawValue], by: Int64(count))
    }

    func jobEnded(policy: String, outcome: String, waited: Duration, worked: Duration) {
        count(CountedMetrics.jobs, [policy, outcome])
        time(CountedMetrics.jobWait, [policy], waited)
        time(CountedMetrics.jobWork, [policy], worked)
    }

    func poisonRefused() { count(CountedMetrics.poisonRefused, []) }

    func requestSlowed() { count(CountedMetrics.requestsSlowed, []) }

    func inputQuarantined(_ outcome: Quarantine.Outcome) {
        count(CountedMetrics.quarantined, [outcome.name])
    }

    func jobRestarted(policy: String) { count(CountedMetrics.jobsRestarted, [policy]) }

    func jobCoalesced(policy: String) { count(CountedMetrics.jobsCoalesced, [policy]) }

    func generationStarted(policy: String, reason: GenerationReason) {
        count(CountedMetrics.generations, [policy, reason.rawValue])
        // At the start nothing was taken over.
        if reason != .start { change.withLock { $0 = (policy, reason, Date()) } }
    }

    func rotationHeldBack(policy: String) { count(CountedMetrics.rotationsHeldBack, [policy]) }

    func zygoteReady(policy: String, after: Duration) {
        time(CountedMetrics.zygoteStart, [policy], after)
    }

    /// Shows what can happen to a policy's children as 0 before it has happened: of a series that
    /// begins at 1 Prometheus cannot tell that it grew, and the first violation would raise no
    /// alarm.
    private func announce(_ policy: String) {
        guard announced.withLock({ $0.insert(policy).inserted }) else { return }
        let classes = ["completed", "dismissed"] + ChildEnding.names
        for name in classes { count(CountedMetrics.childrenEnded, [policy, name], by: 0) }
        for reason in GenerationReason.allCases {
            count(CountedMetrics.generations, [policy, reason.rawValue], by: 0)
        }
        count(CountedMetrics.callsRecorded, [policy], by: 0)
        count(CountedMetrics.jobsRestarted, [policy], by: 0)
        count(CountedMetrics.jobsCoalesced, [policy], by: 0)
        count(CountedMetrics.rotationsHeldBack, [policy], by: 0)
    }

    private func count(_ family: MetricFamily, _ labels: [String], by amount: Int64 = 1) {
        Counter(
            label: family.name, dimensions: Array(zip(family.labels, labels)), factory: registry
        )
        .increment(by: amount)
    }

    private func record(_ family: MetricFamily, _ labels: [String], _ value: Double) {
        Recorder(
            label: family.name, dimensions: Array(zip(family.labels, labels)), factory: registry
        )
        .record(value)
    }

    private func time(_ family: MetricFamily, _ labels: [String], _ duration: Duration) {
        record(family, labels, duration / .seconds(1))
    }
}

extension ChildEnding {
    /// The names of all classes.
    static let names: [String] = [
        Self.violation, .crash(signal: 0), .memory(signal: 0), .cpu, .deadline, .output,
        .protocolError, .setup, .abandoned, .lost,
    ].map(\.name)
}
