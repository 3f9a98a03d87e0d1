import TestSupport
import Testing

@Suite(
    "A deadline and a queue hold", .ownProcess,
    Served(["--timeout", "5", "--workers", "1", "--queue", "1"], sandbox: .hostileSandbox))
struct DeadlineTests {
    /// An image whose child works without end, whatever the machine's speed.
    private static let endless =
        SampleFormat.png.file + Array("GLOVEBOX-ACT:27-infinite-loop\n".utf8)

    @Test(
        "a child that never answers is ended and answered with 504, and so is who waited for it; one more is turned away with 503 and told when to come again"
    )
    func full() async throws {
        let service = try Served.service
        let first = Task {
            try await service.http.post(
                "/v1/process?f=avif", headers: [("X-Request-ID", "slow")], body: Self.endless)
        }
        _ = try await service.spinningChild()
        // The one worker is taken: of these two one waits in the queue, and the other finds it full.
        async let one = service.http.post("/v1/process?f=avif", body: Self.endless)
        async let other = service.http.post("/v1/process?f=avif", body: Self.endless)
        let answers = try await [one, other].sorted { $0.status < $1.status }
        expect(answers[0], isProblem: "unavailable", 503)
        let wait = answers[0].header("Retry-After").flatMap { Int($0) }
        #expect(wait.map { $0 > 0 } == true)
        expect(answers[1], isProblem: "deadline", 504)

        expect(try await first.value, isProblem: "deadline", 504)
        let line = try await service.logLine("child ended", request: "slow")
        #expect(line["class"].text == "deadline")
        #expect(line["exit_signal"].text == "SIGKILL")
        let after = try await service.http.post("/v1/process?w=8", body: SampleFormat.png.file)
        #expect(after.status == 200)
    }
}
