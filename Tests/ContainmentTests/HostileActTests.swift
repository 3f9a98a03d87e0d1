import CHostile
import TestSupport
import Testing

/// Every hostile act, from inside a real child, on the real kernel.
@Suite("A hijacked decoder is contained", .serialized)
enum HostileActTests {
    @Test("every act that this release answers for is tried")
    static func complete() {
        let rows = Set(Act.all.compactMap { Int($0.name.prefix(2)) })
        #expect(rows.isSuperset(of: Array(1...10) + [13, 14, 15, 24, 26, 27, 28, 29, 30, 35]))
    }

    @Suite(
        "in a service started as root", RunsHostileService(identity: .root),
        .enabled(if: Identity.testsRunAsRoot, "only root can start a service as root"))
    struct StartedAsRoot {
        @Test("the act is contained and recorded, and nobody else notices", arguments: Act.all)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }

    @Suite(
        "in a service started by an ordinary user", RunsHostileService(identity: .ordinaryUser))
    struct StartedByOrdinaryUser {
        @Test("the act is contained and recorded, and nobody else notices", arguments: Act.all)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }
}
