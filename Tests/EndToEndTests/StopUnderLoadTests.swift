import Glibc
import TestSupport
import Testing

@Suite("A service that is told to end", .ownProcess, InWorkspace())
struct StopUnderLoadTests {
    @Test("answers every request that it has, cuts none, and leaves nothing")
    func underLoad() async throws {
        let workspace = try InWorkspace.workspace
        let service = try await Service.start(as: .ordinaryUser, in: workspace)
        defer { service.program.signal(SIGKILL) }
        let target = "/v1/process?rs=force:32:24&f=png"
        let image = try await service.http.post(target, body: SampleFormat.png.file)
        let live = try await service.http.get("/health/live")
        try #require(image.status == 200 && live.status == 200)
        // Quick answers as well: their connections are between two requests most of the time.
        let loads = [
            Load(
                clients: 8,
                request: KeepAliveClient.request("POST", target, body: SampleFormat.png.file),
                expecting: 200, image.body),
            Load(
                clients: 8, request: KeepAliveClient.request("GET", "/health/live"),
                expecting: 200, live.body),
        ]
        for load in loads { try load.start(to: service) }
        for load in loads { try await load.moreAnswers(40) }

        #expect(try await service.stop() == .status(0))
        for load in loads {
            try await within(.seconds(20), "the end of every connection") { await load.end() }
            let tally = load.tally
            #expect(tally.lost == 0, "requests were there and got no answer: \(tally)")
            #expect(tally.cut == 0 && tally.wrong == 0, "\(tally)")
            #expect(tally.failures(expecting: 200) == 0, "\(tally)")
        }
        try await service.isGone()
    }
}
