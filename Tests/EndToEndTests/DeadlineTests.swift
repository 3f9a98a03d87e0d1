import TestSupport
import Testing

@Suite("A deadline holds", Served(["--timeout", "0.05"]))
struct DeadlineTests {
    @Test("work that takes longer is ended and answered with 504")
    func passed() async throws {
        // Noise, so that no encoder gets away with it quickly.
        var state: UInt32 = 1
        let noise = ReferenceImage(width: 1500, height: 1500) { _, _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return ReferenceImage.Pixel(
                UInt8(truncatingIfNeeded: state >> 24), UInt8(truncatingIfNeeded: state >> 16),
                UInt8(truncatingIfNeeded: state >> 8))
        }
        let answer = try await Served.http.post(
            "/v1/process?f=avif", headers: [("X-Request-ID", "slow")],
            body: noise.encoded(".jpg"))
        expect(answer, isProblem: "deadline", 504)
        let line = try await Served.service.logLine("child ended", request: "slow")
        #expect(line["class"].text == "deadline")
        #expect(line["exit_signal"].text == "SIGKILL")
    }
}
