import TestSupport
import Testing

@Suite("A service under the posture audit", .ownProcess, InWorkspace())
struct AuditServiceTests {
    @Test("an image that needs a denied call is served, and the log says which call it needed")
    func benign() async throws {
        let start = OperatedService.Start(
            options: ["--posture", "audit"],
            policies: [OperatedService.policy: withoutInput])
        try await OperatedService.during(start) { operated in
            let answer = try await operated.service.http.post(
                "/v1/process?w=8&f=png", body: SampleFormat.png.file)
            #expect(answer.status == 200)
            #expect(answer.body.starts(with: [0x89, 0x50, 0x4e, 0x47]))
            let id = try #require(answer.header("X-Request-ID"))
            let line = try await operated.service.logLine("call recorded", request: id)
            #expect(line["syscall"].text == "mmap" && line["policy"].text == "raster")
            // Descriptor 3, for reading: the input.
            #expect(line["arguments"].elements.dropFirst(2).first?.text == "0x1")
            #expect(line["arguments"].elements.dropFirst(4).first?.text == "0x3")
            #expect(line["count"].integer == 1)
            #expect(!operated.service.log(of: id).contains { $0.message == "child ended" })

            let posture = try await operated.get("/cmd/posture").json
            #expect(posture["posture"].text == "audit")
            let layers = try #require(posture["policies"].elements.first)["layers"].elements
            let filter = try #require(layers.first { $0["layer"].text == "seccomp" })
            #expect(filter["state"].text == "disabled")
            let health = try await operated.service.http.get("/health").json
            #expect(health["status"].text == "degraded" && health["posture"].text == "audit")
            let metrics = try await operated.get("/metrics").text
            #expect(metrics.contains("glovebox_calls_recorded_total{policy=\"raster\"} "))
            #expect(!metrics.contains("glovebox_calls_recorded_total{policy=\"raster\"} 0"))
        }
    }

    @Test("a policy that ends the child at once is recorded by as well")
    func killing() async throws {
        let start = OperatedService.Start(
            options: ["--posture", "audit"],
            policies: [
                OperatedService.policy: { policy in
                    try withoutInput(policy).mustReplace(
                        "defaultAction: SCMP_ACT_NOTIFY",
                        with: "defaultAction: SCMP_ACT_KILL_PROCESS")
                }
            ])
        try await OperatedService.during(start) { operated in
            let answer = try await operated.service.http.post(
                "/v1/process?w=8&f=png", body: SampleFormat.png.file)
            #expect(answer.status == 200)
            let id = try #require(answer.header("X-Request-ID"))
            let line = try await operated.service.logLine("call recorded", request: id)
            #expect(line["syscall"].text == "mmap")
        }
    }

    @Test("an address that others reach is refused unless the configuration names it")
    func open() async throws {
        let workspace = try InWorkspace.workspace
        let arguments = ["config", "check", "--posture", "audit", "--listen", "0.0.0.0:8080"]
        let refused = try await CommandLine.run(arguments, in: workspace)
        #expect(refused.status != .status(0))
        #expect(refused.errors.contains("audit.listen: 0.0.0.0:8080"), "\(refused.errors)")
        let named = try await CommandLine.run(
            arguments, in: workspace, variables: ["GLOVEBOX_AUDIT_LISTEN": "0.0.0.0:8080"])
        #expect(!named.errors.contains("audit.listen"), "\(named.errors)")
        let other = try await CommandLine.run(
            arguments, in: workspace, variables: ["GLOVEBOX_AUDIT_LISTEN": "0.0.0.0:8081"])
        #expect(other.errors.contains("audit.listen: 0.0.0.0:8080"), "\(other.errors)")
    }
}
