import TestSupport
import Testing

@Suite("A client that goes away takes its child with it", .ownProcess)
struct VanishedClientTests {
    @Test(
        "the child is killed at once, and the log says that it was abandoned",
        arguments: Identity.available)
    func vanished(_ identity: Identity) async throws {
        try await HostileService.during(as: identity, .init(timeout: 60)) { hostile in
            let service = hostile.service
            let request = HostileRequest(Act("27-infinite-loop", .deadline))
            hostile.recorded.note(request)
            let connection = try RawConnection(port: service.port)
            connection.send(request.onTheWire)
            _ = try await service.spinningChild()
            connection.drop()
            let line = try await service.logLine("child ended", request: request.id)
            #expect(line["class"].text == "abandoned", "\(line)")
            #expect(line["exit_signal"].text == "SIGKILL")
            try await hostile.healthy.succeeds(through: service)
        }
    }
}
