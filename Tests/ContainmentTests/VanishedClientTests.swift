import TestSupport
import Testing

@Suite(
    "A client that goes away takes its child with it", .ownProcess,
    RunsHostileService(identity: .ordinaryUser, timeout: 60))
struct VanishedClientTests {
    @Test("the child is killed at once, and the log says that it was abandoned")
    func vanished() async throws {
        let hostile = try #require(HostileService.current)
        let service = hostile.service
        let request = HostileRequest(Act("27-infinite-loop", .deadline))
        hostile.recorded.note(request)
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
