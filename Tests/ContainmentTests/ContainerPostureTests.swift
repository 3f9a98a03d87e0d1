import Foundation
import TestSupport
import Testing

/// Machines that give a sandbox no namespaces, by a switch of the kernel and by a filter as Docker
/// sets one; and a kernel without seccomp.
@Suite("Where namespaces cannot be had", .ownProcess, .serialized)
enum ContainerPostureTests {
    /// One of each kind of try that a namespace would have stood behind.
    static let acts = Act.all.filter {
        [
            "01-execve", "02-openat-passwd", "04-socket-inet", "07-unshare-user",
            "13-ptrace-sibling", "14-kill-all", "14-tgkill-zygote", "26-close-and-wait",
            "crash-abort",
        ].contains($0.name)
    }

    /// A filter around the service that answers a call by itself comes before ours, which would have
    /// it recorded (seccomp(2), on the precedence of actions).
    static let actsUnderFilter = acts.map { act in
        act.name == "07-unshare-user" ? Act(act.name, .denied(errno: 1)) : act
    }

    private static let poorer = [Surroundings.noUserNamespaces, .refusedNamespaces]

    @Suite(
        "the posture container contains a child of a service started as root, by the switch",
        RunsHostileService(.root, .init(surroundings: .noUserNamespaces)),
        .enabled(if: Identity.testsRunAsRoot, "only root can start a service as root"))
    struct SwitchedOffForRoot {
        @Test("the act is contained and recorded, and nobody else notices", arguments: acts)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }

    @Suite(
        "the posture container contains a child of an ordinary user's service, by the switch",
        RunsHostileService(.ordinaryUser, .init(surroundings: .noUserNamespaces)))
    struct SwitchedOffForUser {
        @Test("the act is contained and recorded, and nobody else notices", arguments: acts)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }

    @Suite(
        "the posture container contains a child of a service started as root, by the filter",
        RunsHostileService(.root, .init(surroundings: .refusedNamespaces)),
        .enabled(if: Identity.testsRunAsRoot, "only root can start a service as root"))
    struct FilteredForRoot {
        @Test(
            "the act is contained and recorded, and nobody else notices", arguments: actsUnderFilter
        )
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }

    @Suite(
        "the posture container contains a child of an ordinary user's service, by the filter",
        RunsHostileService(.ordinaryUser, .init(surroundings: .refusedNamespaces)))
    struct FilteredForUser {
        @Test(
            "the act is contained and recorded, and nobody else notices", arguments: actsUnderFilter
        )
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }

    struct Refusals {
        private func run(
            _ arguments: [String], as identity: Identity, under surroundings: Surroundings,
            in workspace: Workspace
        ) async throws -> (status: RunningProgram.Ending, output: [UInt8], errors: String) {
            _ = try workspace.program(.sandbox)
            var (program, arguments) = try surroundings.command(
                workspace.program(.glovebox), arguments, in: workspace)
            (program, arguments) = identity.command(program, arguments)
            let running = try RunningProgram(
                program, arguments, environment: try workspace.environment())
            let output = await running.allOutput
            let status = try await within(.seconds(60), "the end") { await running.end }
            await running.errors.finished()
            return (status, output, running.errors.lines.joined(separator: "\n"))
        }

        @Test(
            "strict is refused with 3, the line that mends it and the one that does without",
            arguments: Identity.available, poorer)
        func refused(_ identity: Identity, _ surroundings: Surroundings) async throws {
            let workspace = try Workspace()
            defer { workspace.remove() }
            for arguments in [["serve", "--dev", "--listen", "127.0.0.1:0"], ["doctor"]] {
                let done = try await run(
                    arguments, as: identity, under: surroundings, in: workspace)
                #expect(done.status == .status(3), "\(done.errors)")
                #expect(done.errors.contains("user-namespace"))
                if surroundings == .noUserNamespaces {
                    #expect(done.errors.contains("sysctl -w user.max_user_namespaces="))
                }
                #expect(done.errors.contains("\n    --posture container\n"))
                #expect(done.errors.contains("GLOVEBOX_POSTURE=container"))
                #expect(done.errors.contains("Empty root: "))
            }
        }

        @Test(
            "doctor tries every layer all the same, and counts what the posture costs",
            arguments: Identity.available, poorer)
        func doctor(_ identity: Identity, _ surroundings: Surroundings) async throws {
            let workspace = try Workspace()
            defer { workspace.remove() }
            for posture in ["strict", "container"] {
                let done = try await run(
                    ["doctor", "--json", "--posture", posture], as: identity,
                    under: surroundings, in: workspace)
                #expect(done.status == .status(posture == "strict" ? 3 : 0), "\(done.errors)")
                let report = try #require(JSON(parsing: done.output))
                #expect(report["posture"].text == posture)
                for layer in report["layers"].elements {
                    let isLost = try ContainerPostureTests.lost.contains(
                        #require(layer["layer"].text))
                    #expect((layer["lost"].text != nil) == (isLost && posture == "container"))
                    if isLost {
                        #expect(layer["state"].text == "unsupported")
                        #expect(layer["required"] == .bool(posture == "strict"))
                        #expect(layer["note"].text?.isEmpty == false)
                        #expect(layer["remedy"].text?.isEmpty == false)
                    } else if layer["required"] == .bool(true) {
                        #expect(layer["state"].text == "enforced")
                    }
                }
            }
        }

        @Test(
            "no posture does without the filter and its listener", arguments: Identity.available)
        func noFilter(_ identity: Identity) async throws {
            let workspace = try Workspace()
            defer { workspace.remove() }
            let done = try await run(
                ["doctor", "--posture", "container"], as: identity, under: .refusedFilters,
                in: workspace)
            #expect(done.status == .status(3), "\(done.errors)")
            #expect(done.errors.contains("'seccomp'"))
            #expect(done.errors.contains("No posture does without it."))
            #expect(!done.errors.contains("--posture container"))
        }
    }

    private static let lost: Set = [
        "user-namespace", "pid-namespace", "network-namespace", "mount-namespace",
        "ipc-namespace", "uts-namespace", "cgroup-namespace", "empty-root",
        "child-user-namespace",
    ]

    /// What a PID namespace does elsewhere.
    struct Endings {
        /// A service with a child that spins for a client, and with one that waits.
        private struct Busy {
            let service: Service
            let client: RawConnection
            let spinning: CInt
        }

        private func busy(
            _ identity: Identity, _ surroundings: Surroundings, in workspace: Workspace
        ) async throws -> Busy {
            let service = try await Service.start(
                as: identity, in: workspace, sandbox: .hostileSandbox,
                surroundings: surroundings,
                options: ["--workers", "1", "--timeout", "60", "--posture", "container"])
            let connection = try RawConnection(port: service.port)
            // One that has begun is not started again, and leaves its worker to others.
            connection.send(HostileRequest(Act("37-begin-and-spin", .deadline)).onTheWire)
            var spinning: CInt?
            // Whichever process has used this much time is the child.
            try await eventually("a child works on the image, and another waits") {
                let below = ProcessTable.descendants(of: service.program.id)
                spinning = below.first {
                    ProcessTable.processorTime(of: $0) >= .milliseconds(500)
                }
                // Two launchers with their zygotes, and two children of one of them.
                return spinning != nil && below.count == 6
            }
            return Busy(
                service: service, client: connection, spinning: try #require(spinning))
        }

        @Test(
            "the death of the supervisor ends the zygote and every child",
            arguments: Identity.available, poorer)
        func supervisorDies(_ identity: Identity, _ surroundings: Surroundings) async throws {
            let workspace = try Workspace()
            defer { workspace.remove() }
            let busy = try await busy(identity, surroundings, in: workspace)
            defer { busy.client.drop() }
            let service = busy.service
            let below = ProcessTable.descendants(of: service.program.id)
            service.program.signal(SIGKILL)
            #expect(await service.program.end == .signal(SIGKILL))
            try await eventually("nobody is left") { !below.contains(where: ProcessTable.isAlive) }
        }

        @Test(
            "the death of the zygote or of its launcher ends every child, and the service goes on",
            .enabled(if: Identity.testsRunAsRoot, "only root may signal another account"),
            arguments: Identity.available, [true, false])
        func zygoteDies(_ identity: Identity, _ isLauncher: Bool) async throws {
            let workspace = try Workspace()
            defer { workspace.remove() }
            let busy = try await busy(identity, .refusedNamespaces, in: workspace)
            defer { busy.client.drop() }
            let service = busy.service
            let launcher = try #require(
                service.launchers.first { launcher in
                    ProcessTable.descendants(of: launcher.id).contains(busy.spinning)
                })
            let below = [launcher.id] + ProcessTable.descendants(of: launcher.id)
            let zygote = try #require(launcher.children.first)
            #expect(zygote.children.count == 2)
            #expect(zygote.children.contains { $0.id == busy.spinning })
            kill(isLauncher ? launcher.id : zygote.id, SIGKILL)
            try await eventually("nobody of before is left") {
                !below.contains(where: ProcessTable.isAlive)
            }
            _ = try await HealthyRequest(through: service)
            #expect(try await service.stop() == .status(0))
        }

        @Test(
            "a child is held by all that is left, and the log says what is lost",
            .enabled(if: Identity.testsRunAsRoot, "only root may look into another account"),
            arguments: Identity.available, poorer)
        func held(_ identity: Identity, _ surroundings: Surroundings) async throws {
            let workspace = try Workspace()
            defer { workspace.remove() }
            let service = try await Service.start(
                as: identity, in: workspace, surroundings: surroundings,
                options: ["--workers", "1", "--posture", "container"])
            let child = try #require(service.children.first)
            let zygote = try #require(
                service.zygotes.first { zygote in zygote.children.contains { $0.id == child.id } })
            let none = ["0000000000000000"]
            for process in [zygote, child] {
                let status = try process.status
                #expect(status["Uid"] == [String](repeating: "65534", count: 4))
                #expect(status["NoNewPrivs"] == ["1"])
                for set in ["CapEff", "CapPrm", "CapInh", "CapAmb"] {
                    #expect(status[set] == none, "\(set)")
                }
            }
            #expect(try child.status["Seccomp"] == ["2"])
            #expect(try child.descriptors == [0, 1, 2, 3, 4])
            // 256 times the policy's threads, for all children together.
            #expect(try child.limits("Max processes") == ["4096", "4096"])
            let warning = service.program.errors.lines.compactMap { LogLine($0) }
                .first { $0["posture"].text == "container" }
            let named = try #require(warning)["lost"].elements.compactMap(\.text)
            #expect(Set(named) == ContainerPostureTests.lost)
            #expect(warning?["level"].text == "warning")
            #expect(try await service.stop() == .status(0))
        }
    }
}
