import TestSupport
import Testing

/// The limits of the policy, lowered so that they are soon reached, and a deadline that is far away.
@Suite("A child ends at its policy's limits", .ownProcess, .serialized)
enum LimitTests {
    static let lowered: @Sendable (String) throws -> String = { policy in
        try policy.mustReplace(/cpu: \d+/, with: "cpu: 1")
            .mustReplace(/memory: \d+/, with: "memory: 134217728")
    }

    @Suite(
        "in a service started as root",
        RunsHostileService(identity: .root, timeout: 60, changePolicy: lowered),
        .enabled(if: Identity.testsRunAsRoot, "only root can start a service as root"))
    struct StartedAsRoot {
        @Test("the act ends there", arguments: Act.atLimits)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }

    @Suite(
        "in a service started by an ordinary user",
        RunsHostileService(identity: .ordinaryUser, timeout: 60, changePolicy: lowered))
    struct StartedByOrdinaryUser {
        @Test("the act ends there", arguments: Act.atLimits)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }
}
