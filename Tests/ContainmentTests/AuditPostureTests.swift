import Foundation
import TestSupport
import Testing

/// Calls that a policy denies, carried out: what is left then are the other layers.
@Suite("The posture audit", .ownProcess, .serialized)
struct AuditPostureTests {
    @Test(
        "a denied call is recorded and carried out, and the other layers stop it",
        arguments: Identity.available)
    func acts(_ identity: Identity) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let calls = [
            "01-execve": "execve", "07-chroot": "chroot", "07-mount": "mount",
            "03-open-by-handle": "open_by_handle_at", "13-process-vm-readv": "process_vm_readv",
        ]
        try await Service.during(
            as: identity, in: workspace, sandbox: .hostileSandbox,
            options: ["--posture", "audit", "--workers", "2"]
        ) { service in
            for (name, call) in calls {
                let act = try #require(Act.all.first { $0.name == name })
                let request = HostileRequest(act)
                let answer = try await request.send(to: service)
                #expect(answer.status == 422)
                let line = try await service.logLine("call recorded", request: request.id)
                #expect(line["syscall"].text == call, "\(line)")
                #expect(line["arguments"].elements.count == 6)
                #expect(line["sha256"].text == request.digest)
                // Its own word that the kernel had refused it, and no violation.
                let ended = try await service.logLine("child ended", request: request.id)
                #expect(ended["class"].text == "protocol", "\(ended)")
                #expect(ended["exit_status"].integer == 71, "\(ended)")
            }
            let healthy = try await HealthyRequest(through: service)
            try await healthy.succeeds(through: service)
        }
    }

    @Test("a child that aborts dies of its signal, and leaves no recorded call")
    func abort() async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        try await Service.during(
            as: .ordinaryUser, in: workspace, sandbox: .hostileSandbox,
            options: ["--posture", "audit"]
        ) { service in
            let act = try #require(Act.all.first { $0.name == "crash-abort" })
            let request = HostileRequest(act)
            #expect(try await request.send(to: service).status == 422)
            let ended = try await service.logLine("child ended", request: request.id)
            #expect(ended["class"].text == "crash" && ended["signal"].text == "SIGABRT")
            #expect(!service.log(of: request.id).contains { $0.message == "call recorded" })
        }
    }

    @Test("a child that makes denied calls without end leaves few lines, and the service lives on")
    func flood() async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        try await Service.during(
            as: .ordinaryUser, in: workspace, sandbox: .hostileSandbox,
            options: ["--posture", "audit", "--timeout", "2s", "--admin-listen", "127.0.0.1:0"]
        ) { service in
            let act = try #require(Act.all.first { $0.name.hasPrefix("33-") })
            let request = HostileRequest(act)
            let answer = try await request.send(to: service)
            #expect([422, 504].contains(answer.status))
            let healthy = try await HealthyRequest(through: service)
            try await healthy.succeeds(through: service)
            _ = try await service.logLine("child ended", request: request.id)
            let recorded = service.log(of: request.id).filter { $0.message == "call recorded" }
            #expect((1...256).contains(recorded.count), "\(recorded.count)")
        }
    }
}
