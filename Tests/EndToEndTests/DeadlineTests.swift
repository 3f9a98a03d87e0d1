import TestSupport
import Testing

@Suite("A deadline holds", .ownProcess, Served(["--timeout", "2"], sandbox: .hostileSandbox))
struct DeadlineTests {
    @Test("a child that never answers is ended and answered with 504")
    func passed() async throws {
        // The child that gets this image waits for ever, whatever the machine's speed.
        let answer = try await Served.http.post(
            "/v1/process?f=avif", headers: [("X-Request-ID", "slow")],
            body: SampleFormat.png.file + Array("GLOVEBOX-ACT:27-futex-forever\n".utf8))
        expect(answer, isProblem: "deadline", 504)
        let line = try await Served.service.logLine("child ended", request: "slow")
        #expect(line["class"].text == "deadline")
        #expect(line["exit_signal"].text == "SIGKILL")
    }
}
