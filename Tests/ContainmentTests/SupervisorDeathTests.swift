import Glibc
import TestSupport
import Testing

/// kill -9 of the supervisor: nobody is left who could clean up.
@Suite("The death of the supervisor", .ownProcess, .serialized)
struct SupervisorDeathTests {
    /// What its children do at that moment.
    enum Moment: CaseIterable {
        case waiting, working, dying

        var acts: [String] {
            switch self {
            case .waiting: []
            case .working: ["27-infinite-loop", "27-futex-forever", "24-half-a-frame"]
            case .dying: ["04-socket-inet", "crash-abort", "crash-null", "35-exit-42", "33-flood"]
            }
        }
    }

    @Test(
        "ends its zygotes, their launchers and every child, whatever they do",
        arguments: Identity.available, Moment.allCases)
    func killed(_ identity: Identity, _ moment: Moment) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let service = try await Service.start(
            as: identity, in: workspace, sandbox: .hostileSandbox,
            options: ["--workers", "5", "--timeout", "60"])
        defer { service.program.signal(SIGKILL) }
        let connections = try moment.acts.map { act in
            let connection = try RawConnection(port: service.port)
            connection.send(HostileRequest(Act(act, .deadline)).onTheWire)
            return connection
        }
        if moment == .working { _ = try await service.spinningChild() }
        let all = ProcessTable.descendants(of: service.program.id)
        #expect(all.count >= 3)
        let ends = ProcessEnds(of: all)
        service.program.signal(SIGKILL)
        try await within(.seconds(20), "the end of every process") { await ends.all() }
        // Those too that were born in the meantime.
        try await service.isGone(.hostileSandbox)
        #expect(await service.program.end == .signal(SIGKILL))
        for connection in connections { connection.drop() }
    }
}
