import HTTPTypes
import Hummingbird
import NIOCore
import SandboxPolicy

/// Whether the service works, found out by sending an image through every policy's zygote.
actor HealthCheck {
    typealias Health = StatusReport.Health

    private let sandbox: any SandboxView
    private let posture: NamedPosture
    /// How long a canary may take.
    private let jobTime: @Sendable () -> Duration
    /// An answer is good for this long, so that asking often costs no children.
    private let freshness: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private var last: (health: Health, at: ContinuousClock.Instant)?
    private var running: Task<Health, Never>?

    /// - Parameter posture: the one that the operator chose; a weaker one than strict is degraded.
    init(
        sandbox: any SandboxView, posture: NamedPosture,
        jobTime: @escaping @Sendable () -> Duration,
        freshness: Duration = .seconds(2),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.sandbox = sandbox
        self.posture = posture
        self.jobTime = jobTime
        self.freshness = freshness
        self.now = now
    }

    /// The answer to one of the health routes. It discloses the posture's name and no more: what is
    /// wrong is for operators, at `/cmd/status`.
    func answer(_ route: Route) async -> Response {
        let health = route == .live ? .ok : await current()
        var members = [("status", JSONValue.string(health.rawValue))]
        if route == .health { members.append(("posture", .string(posture.rawValue))) }
        return Response(
            status: health == .unavailable ? .serviceUnavailable : .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(
                byteBuffer: ByteBuffer(string: JSONValue.object(members).text + "\n")))
    }

    /// The health now, or as it was a moment ago. Many askers share one canary.
    func current() async -> Health {
        if let last, now() - last.at < freshness { return last.health }
        if let running { return await running.value }
        let task = Task { await probe() }
        running = task
        let health = await task.value
        last = (health, now())
        running = nil
        return health
    }

    private func probe() async -> Health {
        let pools = await sandbox.status().pools
        // All at once: each waits for a child of its own policy.
        let checks = pools.map { pool in Task { await serves(pool) } }
        var serving = 0
        for check in checks where await check.value { serving += 1 }
        if serving == 0 { return .unavailable }
        return serving == pools.count && posture == .strict ? .ok : .degraded
    }

    /// Whether an image went through one of the policy's children.
    private func serves(_ pool: PoolStatus) async -> Bool {
        guard pool.state == .serving else { return false }
        guard let canary = Canary.first(of: pool.formats),
            let limits = sandbox.limits(for: canary.format)
        else { return true }
        let job = canary.job(limits: limits, deadline: now() + jobTime())
        do throws(JobFailure) {
            return canary.isShown(by: try await sandbox.check(policy: pool.policy, job))
        } catch .unavailable, .deadline {
            return await isBusy(pool.policy)
        } catch {
            return false
        }
    }

    /// Whether images are in work on every worker, so that one more found no place. Calling that
    /// unhealthy would take a service that is merely busy out of a load balancer.
    private func isBusy(_ policy: String) async -> Bool {
        let status = await sandbox.status()
        return status.running >= status.workers && status.workers > 0
            && status.pools.contains { $0.policy == policy && $0.state == .serving }
    }
}
