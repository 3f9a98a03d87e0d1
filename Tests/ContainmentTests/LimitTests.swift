import TestSupport
import Testing

/// Limits of the policy that are reached only where the deadline is far away.
@Suite(
    "A child ends at its policy's limits, however far the deadline is",
    RunsHostileService(identity: .ordinaryUser, timeout: 60) { policy in
        policy.replacing(/cpu: \d+/, with: "cpu: 1")
    })
struct LimitTests {
    @Test(
        "processor time, spent in one thread or in many",
        arguments: ["27-infinite-loop", "27-spinning-threads", "27-yield-storm"])
    func processorTime(_ act: String) async throws {
        let hostile = try #require(HostileService.current)
        try await hostile.contains(Act(act, .processorTime))
    }
}

@Suite(
    "A client that goes away takes its child with it",
    RunsHostileService(identity: .ordinaryUser, timeout: 60))
struct VanishedClientTests {
    @Test("the child is killed at once, and the log says that it was abandoned")
    func vanished() async throws {
        let hostile = try #require(HostileService.current)
        let service = hostile.service
        let request = HostileRequest(Act("27-infinite-loop", .deadline))
        let connection = try RawConnection(port: service.port)
        connection.send(
            Array(
                """
                POST \(HostileRequest.target) HTTP/1.1\r
                Host: localhost\r
                X-Request-ID: \(request.id)\r
                Content-Length: \(request.image.count)\r
                \r

                """.utf8) + request.image)
        // It spins: whichever process has used this much time is the child.
        try await eventually("a child works on the image") {
            ProcessTable.descendants(of: service.program.id)
                .contains { ProcessTable.processorTime(of: $0) >= .milliseconds(500) }
        }
        connection.drop()
        let line = try await service.logLine("child ended", request: request.id)
        #expect(line["class"].text == "abandoned", "\(line)")
        #expect(line["exit_signal"].text == "SIGKILL")
        try await hostile.healthy.succeeds(through: service)
        try await hostile.returnsToBefore()
    }
}
