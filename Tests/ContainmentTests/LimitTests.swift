import TestSupport
import Testing

/// The limits of the policy, lowered so that they are soon reached, but for the threads, of which
/// some acts need more; and a deadline that is far away.
@Suite("A child ends at its policy's limits", .ownProcess, .serialized)
enum LimitTests {
    static let settings = HostileService.Settings(timeout: 60) { policy in
        try policy.mustReplace(/cpu: \d+/, with: "cpu: 1")
            .mustReplace(/memory: \d+/, with: "memory: 134217728")
            .mustReplace(/threads: \d+/, with: "threads: 128")
    }

    @Suite(
        "in a service started as root",
        RunsHostileService(.root, settings),
        .enabled(if: Identity.testsRunAsRoot, "only root can start a service as root"))
    struct StartedAsRoot {
        @Test("the act ends there", arguments: Act.atLimits)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }

    @Suite(
        "in a service started by an ordinary user",
        RunsHostileService(.ordinaryUser, settings))
    struct StartedByOrdinaryUser {
        @Test("the act ends there", arguments: Act.atLimits)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }
}
