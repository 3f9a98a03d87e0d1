import FoundationEssentials
import ImageVocabulary
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("The report of the status")
struct StatusReportTests {
    /// A service at work: one policy serves, the other cannot be had.
    static func status() -> RunnerStatus {
        var posture = Posture()
        for layer in Layer.allCases { posture.set(layer, .enforced) }
        posture.set(.cgroup, .unsupported)
        let child = { (id: UInt64, state: ChildStatus.State) in
            ChildStatus(
                id: id, generation: 3, state: state, age: .seconds(4),
                requestID: state == .working ? "req-1" : nil,
                working: state == .working ? .milliseconds(1_250) : nil,
                stage: state == .working ? .decoding : nil)
        }
        let raster = PolicyIdentity(
            name: "raster", sha256: String(repeating: "a", count: 64),
            programSHA256: String(repeating: "c", count: 64))
        return RunnerStatus(
            running: 1, workers: 2, waiting: 3, queue: 32,
            pools: [
                PoolStatus(
                    identity: raster, formats: [.jpeg, .avif], state: .serving, posture: posture,
                    libvips: "8.18.7",
                    libmagic: 546,
                    generations: [
                        GenerationStatus(
                            number: 3, role: .current, identity: raster, isReady: true,
                            age: .milliseconds(61_500),
                            forks: 42)
                    ],
                    children: [child(7, .warm), child(8, .working), child(9, .warm)]),
                PoolStatus(
                    identity: PolicyIdentity(
                        name: "extended", sha256: String(repeating: "b", count: 64),
                        baseSHA256: String(repeating: "a", count: 64),
                        programSHA256: String(repeating: "d", count: 64)),
                    formats: [.gif], state: .failed("no libvips\u{1B}[2J"), posture: nil,
                    libvips: nil, libmagic: nil, generations: [], children: []),
            ])
    }

    static func report() -> StatusReport {
        StatusReport(
            status(), started: Date(timeIntervalSince1970: 1_700_000_000), uptime: .seconds(90),
            posture: "strict", health: .degraded,
            listeners: [.init(name: "public", address: "127.0.0.1:8080")],
            counters: .init(requests: 10, clientErrors: 2, serverErrors: 1, jobs: 8),
            lastChange: .init(
                policy: "raster", reason: .protocolError, at: "2026-01-31T12:00:00.000Z", age: 61.5),
            lastReload: nil)
    }

    @Test("its JSON has the documented names, in one order, and null for what is not there")
    func names() throws {
        let expected = """
            {"version":"\(Version.current)","pid":1,"started":"2023-11-14T22:13:20.000Z",\
            "uptime_seconds":90.0,"posture":"strict","health":"degraded",\
            "listeners":[{"name":"public","address":"127.0.0.1:8080"}],\
            "jobs":{"running":1,"workers":2,"waiting":3,"queue":32},\
            "counters":{"requests_total":10,"errors_4xx_total":2,"errors_5xx_total":1,\
            "jobs_total":8},\
            "last_change":{"policy":"raster","reason":"protocol",\
            "at":"2026-01-31T12:00:00.000Z","age_seconds":61.5},\
            "last_reload":{"outcome":"refused","at":"2026-01-31T12:00:00.000Z",\
            "age_seconds":2.0,"reasons":["raster.yaml:1:1: broken"]},\
            "policies":[\
            {"policy":"raster","sha256":"\(String(repeating: "a", count: 64))",\
            "base_sha256":null,"program_sha256":"\(String(repeating: "c", count: 64))",\
            "state":"serving","reason":null,"formats":["jpeg","avif"],"libvips":"8.18.7",\
            "libmagic":546,"layers_missing":["cgroup"],\
            "generations":[{"number":3,"role":"current","ready":true,"age_seconds":61.5,\
            "forks":42,"policy_sha256":"\(String(repeating: "a", count: 64))",\
            "program_sha256":"\(String(repeating: "c", count: 64))"}],\
            "children":{"starting":0,"warm":2,"working":1,"ending":0}},\
            {"policy":"extended","sha256":"\(String(repeating: "b", count: 64))",\
            "base_sha256":"\(String(repeating: "a", count: 64))",\
            "program_sha256":"\(String(repeating: "d", count: 64))",\
            "state":"failed","reason":"no libvips\\\\x1b[2J","formats":["gif"],"libvips":null,\
            "libmagic":null,"layers_missing":[],"generations":[],\
            "children":{"starting":0,"warm":0,"working":0,"ending":0}}]}
            """
        var report = Self.report()
        report.pid = 1
        report.lastReload = .init(
            outcome: .refused, at: "2026-01-31T12:00:00.000Z", age: 2,
            reasons: ["raster.yaml:1:1: broken"])
        #expect(report.json.text == expected)
    }

    @Test("what is written is read back the same")
    func roundTrip() throws {
        var empty = Self.report()
        empty.lastChange = nil
        empty.policies = []
        for report in [Self.report(), empty] {
            let read = try JSONDecoder().decode(
                StatusReport.self, from: Data(report.json.text.utf8))
            #expect(read == report)
        }
    }

    @Test("each child is listed with its policy, and null for what it has not")
    func children() {
        let text = ChildrenReport(Self.status()).json.text
        #expect(
            text.hasPrefix(
                """
                {"children":[{"policy":"raster","id":7,"generation":3,"state":"warm",\
                "age_seconds":4.0,"request_id":null,"working_seconds":null,"stage":null},\
                {"policy":"raster","id":8,"generation":3,"state":"working","age_seconds":4.0,\
                "request_id":"req-1","working_seconds":1.25,"stage":"decoding"},
                """), "\(text)")
    }
}
