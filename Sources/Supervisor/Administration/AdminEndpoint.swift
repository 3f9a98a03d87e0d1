import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
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
    private let keys: KeyDesk?
    private let audit: any AuditTrail
    private let auditLog: AuditLog?

    init(
        sandbox: any SandboxView, health: HealthCheck, metrics: PrometheusMetrics, log: LogOutput,
        reloader: Reloader, door: AdminDoor, facts: Facts, crashes: CrashDesk = CrashDesk(),
        keys: KeyDesk? = nil, audit: AuditLog? = nil
    ) {
        self.sandbox = sandbox
        self.health = health
        self.metrics = metrics
        self.log = log
        self.reloader = reloader
        self.door = door
        self.facts = facts
        self.crashes = crashes
        self.keys = keys
        auditLog = audit
        self.audit = audit ?? LoggedAudit(logger: log.logger)
    }

    func answer(_ request: Request, from client: Client) async throws(Problem) -> Response {
        client.note(route: AdminRoute.name(of: request.head.path ?? ""))
        let actor = try pass(request.head, client)
        if request.method == .options {
            return OptionsResponse.make(
                try AdminRoute.methods(at: request.head.path ?? ""), CrossOrigin(),
                to: request.headers)
        }
        let route = try AdminRoute(method: request.method, target: request.head.path ?? "")
        let body =
            switch route {
            case .setLogLevel: try await SmallBody.read(request, from: client)
            case .changeKeys:
                try await SmallBody.read(request, from: client, largest: Self.largestOrder)
            default: [UInt8]()
            }
        return try await answer(route, body: body, by: actor)
    }

    private func pass(
        _ head: HTTPRequest, _ client: Client
    ) throws(Problem) -> AuditEvent.Actor {
        do throws(Problem) {
            return try door.pass(head, from: client.address) { client.note($0) }
        } catch {
            audit.record(.refusal(error, of: client))
            throw error
        }
    }

    /// Bytes of an order about keys, which may name a hundred networks.
    private static let largestOrder = 16 << 10

    /// Who has mistaken the listener may have sent a signed URL.
    func logged(path: String) -> String { Route.mayBeSigned(path) ? "/-" : path }

    /// The answer for one who was let in.
    func answer(
        _ route: AdminRoute, body: [UInt8] = [], by actor: AuditEvent.Actor = .operator
    ) async throws(Problem) -> Response {
        switch route {
        case .status: Self.json(await status().json)
        case .children: Self.json(ChildrenReport(await sandbox.status()).json)
        case .posture:
            Self.json(
                PostureReport(posture: facts.posture, pools: await sandbox.status().pools).json)
        case .metrics:
            Self.response(metrics.text(await sandbox.status()), type: PrometheusText.mediaType)
        case .reload: Self.json(try await reload(actor))
        case .rotate(let policy): Self.json(try await rotate(policy, actor))
        case .logLevel: Self.json(.object([("level", .string(log.level.rawValue))]))
        case .setLogLevel: Self.json(change(to: try LogLevelBody.level(body), actor))
        case .crashes(let filter): Self.answer(try await crashes.list(filter))
        case .crash(let id): Self.answer(try await crashes.record(id))
        case .crashStats(let filter): Self.answer(try await crashes.stats(filter))
        case .purgeCrashes(let order): Self.answer(try await crashes.purge(order, actor, audit))
        case .quarantine: Self.answer(try await inputs(actor))
        case .keys(let id): Self.json(try await keys { try $0.list(id, now: $1) })
        case .changeKeys(let action):
            try await change(keys: KeyOrder(action, body: body, now: RequestPath.now), by: actor)
        case .audit(let filter): Self.answer(try await lines(filter))
        case .forget(let order):
            Self.answer(try await crashes.forget(try await resolved(order), actor, audit))
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

    private func inputs(_ actor: AuditEvent.Actor) async throws(Problem) -> ByteBuffer {
        let inputs = try await crashes.inputs()
        audit.record(AuditEvent(.quarantineRead, by: actor))
        return inputs
    }

    private func lines(_ filter: AuditFilter) async throws(Problem) -> ByteBuffer {
        guard let auditLog else { throw .notFound }
        do {
            return ByteBuffer(bytes: try await auditLog.lines(filter).answer)
        } catch is OneReader.Busy {
            throw .unavailable
        } catch {
            log.logger.error(
                "the audit log cannot be read", metadata: ["reason": "\(error)"])
            throw .unavailable
        }
    }

    private func reload(_ actor: AuditEvent.Actor) async throws(Problem) -> JSONValue {
        switch await reloader.reload(by: actor) {
        case .applied(let changed):
            return .object([("changed", .array(changed.map { .string($0) }))])
        case .refused(let reasons): throw .reloadRefused(reasons)
        }
    }

    private func rotate(
        _ policy: String?, _ actor: AuditEvent.Actor
    ) async throws(Problem) -> JSONValue {
        if let policy, await !sandbox.status().pools.contains(where: { $0.policy == policy }) {
            throw .malformedRequest(
                "There is no policy of this name. GET /cmd/status lists them.")
        }
        let changed = await sandbox.rotate(policy: policy)
        audit.record(
            AuditEvent(
                .rotated, by: actor, on: policy,
                fields: [("rotated", .array(changed.map { .string($0) }))]))
        return .object([("rotated", .array(changed.map { .string($0) }))])
    }

    private func change(
        keys order: KeyOrder, by actor: AuditEvent.Actor
    ) async throws(Problem) -> Response {
        Self.json(try await keys { try $0.carryOut(order, by: actor, now: $1) })
    }

    private func resolved(_ order: ForgetOrder) async throws(Problem) -> ForgetOrder {
        guard case .key = order.what else { return order }
        return try await asking { desk, now in
            let keys = try desk.list(nil, now: now).keys
            return try order.resolved(among: keys.map { ($0.id, $0.name) })
        }
    }

    private func keys(
        _ work: @escaping @Sendable (KeyDesk, _ now: Int64) throws -> KeyAnswer
    ) async throws(Problem) -> JSONValue {
        try await asking(work).json
    }

    /// Asks about keys, on a thread that may wait for the disk.
    private func asking<Answer: Sendable>(
        _ work: @escaping @Sendable (KeyDesk, _ now: Int64) throws -> Answer
    ) async throws(Problem) -> Answer {
        do {
            guard let keys else { throw Problem.notFound }
            return try await NIOThreadPool.singleton.runIfActive {
                try work(keys, RequestPath.now)
            }
        } catch let problem as Problem {
            throw problem
        } catch KeyDesk.Refusal.impossible(let why) {
            throw .malformedRequest(why)
        } catch {
            log.logger.error("an order about keys failed", metadata: ["reason": "\(error)"])
            throw .unavailable
        }
    }

    private func change(to level: Logger.Level, _ actor: AuditEvent.Actor) -> JSONValue {
        let old = log.change(to: level)
        if old != level {
            audit.record(
                AuditEvent(
                    .logLevelChanged, by: actor,
                    fields: [("old", .string("\(old)")), ("new", .string("\(level)"))]))
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
