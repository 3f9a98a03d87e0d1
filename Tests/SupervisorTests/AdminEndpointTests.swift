import Foundation
import HTTPTypes
import HummingbirdCore
import ImageVocabulary
import Logging
import RequestSyntax
import SandboxPolicy
import Synchronization
import Testing

@testable import Supervisor

@Suite("What the admin listener answers")
struct AdminEndpointTests {
    private let sandbox = SandboxInState([("a", .serving, .image), ("b", .failed("x"), .image)])
    private let metrics = PrometheusMetrics()
    private let log = LogOutput(
        level: .info, format: .json, isTerminal: false, allowsColour: false, write: { _ in })

    private func endpoint(
        _ outcome: ReloadOutcome = .applied(changed: [])
    ) -> AdminEndpoint {
        AdminEndpoint(
            sandbox: sandbox,
            health: HealthCheck(sandbox: sandbox, posture: .container, jobTime: { .seconds(10) }),
            metrics: metrics, log: log, reloader: Reloader(logger: log.logger) { _ in outcome },
            door: AdminDoor(keys: AdminKeys(operatorKey: OperatorKey.make(), configured: [])),
            facts: AdminEndpoint.Facts(
                posture: .container, started: Date(timeIntervalSince1970: 1_700_000_000),
                since: .now, listeners: { [.init(name: "public", address: "127.0.0.1:1")] }))
    }

    private func json(_ response: Response) async throws -> [String: Any] {
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "application/json")
        #expect(response.headers[.cacheControl] == "no-store")
        let data = Data(await bodyText(response).utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test("status is the whole state, with the health that the canaries found")
    func status() async throws {
        metrics.requestEnded(.example(route: "process", status: 200))
        metrics.requestEnded(.example(route: "process", status: 415))
        metrics.requestEnded(.example(route: "info", status: 503))
        metrics.requestEnded(.example(route: "cmd-status", status: 401))
        metrics.jobEnded(policy: "a", outcome: "completed", waited: .zero, worked: .zero)
        metrics.generationStarted(policy: "a", reason: .crash)
        let status = try await json(try await endpoint().answer(.status))
        #expect(status["health"] as? String == "degraded")
        #expect(status["posture"] as? String == "container")
        #expect(status["started"] as? String == "2023-11-14T22:13:20.000Z")
        let counters = try #require(status["counters"] as? [String: Int])
        #expect(
            counters == [
                "requests_total": 3, "errors_4xx_total": 1, "errors_5xx_total": 1, "jobs_total": 1,
            ])
        let change = try #require(status["last_change"] as? [String: Any])
        #expect(change["policy"] as? String == "a" && change["reason"] as? String == "crash")
        let policies = try #require(status["policies"] as? [[String: Any]])
        #expect(policies.map { $0["state"] as? String } == ["serving", "failed"])
    }

    @Test("posture names every layer of every policy; nothing is claimed before a child was ready")
    func posture() async throws {
        sandbox.state.withLock { $0.pools[0].posture = StatusReportTests.status().pools[0].posture }
        let report = try await json(try await endpoint().answer(.posture))
        #expect(report["posture"] as? String == "container")
        let policies = try #require(report["policies"] as? [[String: Any]])
        let layers = policies.map { $0["layers"] as? [[String: Any]] ?? [] }
        let seccomp = layers.map { $0.first { $0["layer"] as? String == "seccomp" } }
        #expect(seccomp[0]?["state"] as? String == "enforced")
        #expect(seccomp[1]?["state"] is NSNull)
        let cgroup = layers[0].first { $0["layer"] as? String == "cgroup" }
        #expect(cgroup?["state"] as? String == "unsupported")
    }

    @Test("rotation names the policies that changed, and refuses a name there is none of")
    func rotation() async throws {
        let endpoint = endpoint()
        let all = try await json(try await endpoint.answer(.rotate(policy: nil)))
        #expect(all["rotated"] as? [String] == ["a", "b"])
        let one = try await json(try await endpoint.answer(.rotate(policy: "b")))
        #expect(one["rotated"] as? [String] == ["b"])
        await #expect(throws: Problem.self) { try await endpoint.answer(.rotate(policy: "c")) }
    }

    @Test("a reload says what changed; one that is refused says why, as 409")
    func reload() async throws {
        let done = try await json(
            try await endpoint(.applied(changed: ["timeout"]))
                .answer(.reload))
        #expect(done["changed"] as? [String] == ["timeout"])
        let reasons = ["glovebox.yaml: timeuot: there is no such key. Write timeout."]
        let refusing = endpoint(.refused(reasons))
        await #expect(throws: Problem.reloadRefused(reasons)) {
            try await refusing.answer(.reload)
        }
        let problem = Problem.reloadRefused(reasons)
        #expect(problem.status == .conflict)
        #expect(problem.json(requestID: RequestID()).text.contains("\"reasons\":[\"glovebox.yaml"))
    }

    @Test("the log level is read, changed and answered old and new, as JSON or as text")
    func logLevel() async throws {
        let endpoint = endpoint()
        let logger = log.logger
        #expect(try await json(try await endpoint.answer(.logLevel))["level"] as? String == "info")
        let body = Array("{\"level\":\"debug\"}".utf8)
        let changed = try await json(try await endpoint.answer(.setLogLevel, body: body))
        #expect(changed as? [String: String] == ["old": "info", "new": "debug"])
        #expect(logger.logLevel == .debug)
        let text = Array("warning\n".utf8)
        let again = try await json(try await endpoint.answer(.setLogLevel, body: text))
        #expect(again as? [String: String] == ["old": "debug", "new": "warning"])
        for wrong in ["", "loud", "{\"level\":1}", "{}", "{\"level\":\"loud\"}", "\u{FF}"] {
            await #expect(throws: Problem.self) {
                try await endpoint.answer(.setLogLevel, body: Array(wrong.utf8))
            }
        }
        #expect(log.level == .warning)
    }

    @Test("metrics come as the text format of Prometheus")
    func metricsText() async throws {
        let response = try await endpoint().answer(.metrics)
        #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(response.headers[.cacheControl] == "no-store")
        let text = await bodyText(response)
        #expect(text.contains("glovebox_pool_serving{policy=\"b\"} 0\n"))
    }

    @Test(
        "the table of routes is closed, by method too",
        arguments: [
            (.get, "/cmd/status", .status), (.head, "/cmd/children", .children),
            (.get, "/cmd/posture", .posture), (.get, "/metrics", .metrics),
            (.post, "/cmd/reload", .reload), (.post, "/cmd/rotate", .rotate(policy: nil)),
            (.post, "/cmd/rotate?policy=raster", .rotate(policy: "raster")),
            (.get, "/cmd/log-level", .logLevel), (.put, "/cmd/log-level", .setLogLevel),
            (.get, "/cmd/reload", nil), (.post, "/metrics", nil), (.get, "/cmd/status/", nil),
            (.get, "//metrics", nil), (.get, "/cmd/status?x=1", nil), (.get, "/health", nil),
            (.post, "/cmd/rotate?x=1", nil), (.post, "/cmd/rotate?policy=a&policy=b", nil),
            (.get, "/cmd/keys", .keys(id: nil)), (.get, "/cmd/keys?id=a%20b", .keys(id: "a b")),
            (.post, "/cmd/keys", .changeKeys(.create)),
            (.post, "/cmd/keys/rotate", .changeKeys(.rotate)),
            (.post, "/cmd/keys/revoke", .changeKeys(.revoke)),
            (.get, "/cmd/keys/rotate", nil), (.post, "/cmd/keys?id=a", nil),
            (.get, "/cmd/keys?name=a", nil), (.get, "/cmd/keys?id=", nil),
            (.delete, "/cmd/keys", nil), (.delete, "/cmd/status", nil), (.get, "*", nil),
            (.get, "", nil),
        ] as [(HTTPRequest.Method, String, AdminRoute?)])
    func routes(_ method: HTTPRequest.Method, _ target: String, _ route: AdminRoute?) {
        #expect((try? AdminRoute(method: method, target: target)) == route)
    }

    @Test("a route's name in metrics and logs is never text of the request")
    func names() {
        #expect(AdminRoute.name(of: "/metrics?x=y") == "metrics")
        #expect(AdminRoute.name(of: "/cmd/evil\u{1B}") == "unknown")
        #expect(AdminRoute.names.allSatisfy { $0 != "unknown" })
    }
}

extension EndedRequest {
    static func example(
        route: String, status: Int, problem: String? = nil, format: String? = nil
    ) -> EndedRequest {
        EndedRequest(
            route: route, status: status, problem: problem, format: format,
            duration: .milliseconds(30), bytesIn: 5_000, bytesOut: 700)
    }
}
