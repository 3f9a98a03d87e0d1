import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SandboxPolicy

/// Answers the requests of the admin listener: a key always, `--dev` included.
final class AdminEndpoint: RequestAnswerer {
    /// What the service as a whole knows about itself.
    struct Facts: Sendable {
        let posture: NamedPosture
        /// The time of day at the start.
        let started: Date
        /// The same by a clock that nobody sets.
        let since: ContinuousClock.Instant
        /// The listeners that are bound, asked for each time.
        let listeners: @Sendable () -> [StatusReport.Listener]
    }

    private let sandbox: any SandboxView
    private let health: HealthCheck
    private let metrics: PrometheusMetrics
    private let log: LogOutput
    private let reloader: Reloader
    private let door: AdminDoor
    private let facts: Facts
    private let crashes: CrashDesk

    init(
        sandbox: any SandboxView, health: HealthCheck, metrics: PrometheusMetrics, log: LogOutput,
        reloader: Reloader, door: AdminDoor, facts: Facts, crashes: CrashDesk = CrashDesk()
    ) {
        self.sandbox = sandbox
        self.health = health
        self.metrics = metrics
        self.log = log
        self.reloader = reloader
        self.door = door
        self.facts = facts
        self.crashes = crashes
    }

    func answer(_ request: Request, from client: Client) async throws(Problem) -> Response {
        client.note(route: AdminRoute.name(of: request.head.path ?? ""))
        try door.pass(request.head, from: client.address)
        let route = try AdminRoute(method: request.method, target: request.head.path ?? "")
        let body = route == .setLogLevel ? try await SmallBody.read(request, from: client) : []
        return try await answer(route, body: body)
    }

    /// The answer for one who was let in.
    func answer(_ route: AdminRoute, body: [UInt8] = []) async throws(Problem) -> Response {
        switch route {
        case .status: Self.json(await status().json)
        case .children: Self.json(ChildrenReport(await sandbox.status()).json)
        case .posture:
            Self.json(
                PostureReport(posture: facts.posture, pools: await sandbox.status().pools).json)
        case .metrics:
            Self.response(metrics.text(await sandbox.status()), type: PrometheusText.mediaType)
        case .reload: Self.json(try await reload())
        case .rotate(let policy): Self.json(try await rotate(policy))
        case .logLevel: Self.json(.object([("level", .string(log.level.rawValue))]))
        case .setLogLevel: Self.json(change(to: try LogLevelBody.level(body)))
        case .crashes(let filter): Self.answer(try await crashes.list(filter))
        case .crash(let id): Self.answer(try await crashes.record(id))
        case .crashStats(let filter): Self.answer(try await crashes.stats(filter))
        case .purgeCrashes(let order): Self.answer(try await crashes.purge(order))
        case .quarantine: Self.answer(try await crashes.inputs())
        }
    }

    private func status() async -> StatusReport {
        let health = await health.current()
        return StatusReport(
            await sandbox.status(), started: facts.started, uptime: .now - facts.since,
            posture: facts.posture.rawValue, health: health, listeners: facts.listeners(),
            counters: metrics.counters, lastChange: metrics.lastChange,
            lastReload: metrics.lastReload)
    }

    private func reload() async throws(Problem) -> JSONValue {
        switch await reloader.reload() {
        case .applied(let changed):
            return .object([("changed", .array(changed.map { .string($0) }))])
        case .refused(let reasons): throw .reloadRefused(reasons)
        }
    }

    private func rotate(_ policy: String?) async throws(Problem) -> JSONValue {
        if let policy, await !sandbox.status().pools.contains(where: { $0.policy == policy }) {
            throw .malformedRequest(
                "There is no policy of this name. GET /cmd/status lists them.")
        }
        let changed = await sandbox.rotate(policy: policy)
        return .object([("rotated", .array(changed.map { .string($0) }))])
    }

    private func change(to level: Logger.Level) -> JSONValue {
        let old = log.change(to: level)
        if old != level {
            // Written whatever the level is: whoever reads the log must see why it falls silent.
            log.write(
                time: Timestamp.now(), level: .notice, message: "log level changed",
                fields: ["old": "\(old)", "new": "\(level)"])
        }
        return .object([("old", .string(old.rawValue)), ("new", .string(level.rawValue))])
    }

    private static func json(_ value: JSONValue) -> Response {
        response(value.text + "\n", type: "application/json")
    }

    private static func answer(_ json: ByteBuffer) -> Response {
        response(json, type: "application/json")
    }

    private static func response(_ text: String, type: String) -> Response {
        response(ByteBuffer(string: text), type: type)
    }

    private static func response(_ body: ByteBuffer, type: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: body))
    }
}
