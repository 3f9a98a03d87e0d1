import TestSupport
import Testing

@Suite("A reload with a broken policy", .ownProcess, Operated(), .serialized)
struct BrokenPolicyTests {
    @Test(
        "is refused with file and line, by HTTP and by the command, and everything stays",
        arguments: BrokenPolicy.all)
    func refused(_ policy: BrokenPolicy) async throws {
        let operated = try Operated.service
        let zygotes = try await operated.settled()
        let hash = try await operated.policy()["sha256"].text
        let place = try policy.make(operated)

        let reasons = try await operated.refusedReload()
        #expect(
            reasons.contains { place.isNamed(in: $0) && $0.contains(policy.saying) },
            "\(place) \(reasons)")
        let command = try await operated.reloadCommand()
        #expect(command.status == .status(1) && command.output.isEmpty)
        let lines = command.errors.split(separator: "\n").map { Self.withoutAddresses($0) }
        for reason in reasons {
            #expect(lines.contains(Self.withoutAddresses(reason)), "\(reason) \(lines)")
        }

        #expect(try await operated.settled() == zygotes)
        #expect(try await operated.policy()["sha256"].text == hash)
        let image = try await operated.service.http.post(
            "/v1/process?w=8&f=png", body: SampleFormat.png.file)
        #expect(image.status == 200, "\(image.text)")

        // Put right again, there is nothing to change.
        try operated.resetPolicies()
        let mended = try await operated.reloadCommand()
        #expect(mended.status == .status(0) && mended.text == "Nothing has changed.\n")
    }

    /// Two children have their registers from different places in memory.
    private static func withoutAddresses(_ text: some StringProtocol) -> String {
        String(text).replacing(#/\(.*\), denied/#, with: "")
    }
}
