import CHostile
import TestSupport
import Testing

/// Every hostile act, from inside a real child, on the real kernel.
@Suite("A hijacked decoder is contained", .ownProcess, .serialized)
enum HostileActTests {
    @Test("every act that this release answers for is tried")
    static func complete() {
        let rows = Set(Act.all.compactMap { Int($0.name.prefix(2)) })
        #expect(rows.isSuperset(of: Array(1...10) + [13, 14, 15] + Array(24...35) + [37]))
    }

    @Test("every act that HostileSandbox knows is tried, and it knows every one")
    static func known() async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let program = try RunningProgram(
            try workspace.program(.hostileSandbox), ["--list"],
            environment: try workspace.environment())
        let listed = String(decoding: await program.allOutput, as: UTF8.self)
            .split(separator: "\n").map(String.init)
        #expect(await program.end == .status(0))
        #expect(Set(listed).count == listed.count, "two acts have one name")
        let tried = Set((Act.all + Act.atLimits).map(\.name))
        #expect(tried.subtracting(listed).isEmpty)
        #expect(Set(listed).subtracting(tried).isEmpty)
    }

    @Suite(
        "in a service started as root", RunsHostileService(.root),
        .enabled(if: Identity.testsRunAsRoot, "only root can start a service as root"))
    struct StartedAsRoot {
        @Test("the act is contained and recorded, and nobody else notices", arguments: Act.all)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }

    @Suite(
        "in a service started by an ordinary user", RunsHostileService(.ordinaryUser))
    struct StartedByOrdinaryUser {
        @Test("the act is contained and recorded, and nobody else notices", arguments: Act.all)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }
}
