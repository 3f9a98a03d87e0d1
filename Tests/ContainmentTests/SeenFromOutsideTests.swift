import Foundation
import TestSupport
import Testing

/// The processes of a service, by the word of the kernel and not by their own. Only root may look.
@Suite(
    "Seen from outside", .ownProcess, .serialized,
    .enabled(if: Identity.testsRunAsRoot, "only root can start a service as root and look into it"))
struct SeenFromOutsideTests {
    /// A service with one warm child, which is ready when the service listens.
    private struct Seen {
        let service: Service
        let supervisor: ProcessView
        let launcher: ProcessView
        let zygote: ProcessView
        let child: ProcessView

        init(_ service: Service) throws {
            self.service = service
            supervisor = ProcessView(service.program.id)
            // The next generation stands ready beside it, and has no children.
            let launchers = supervisor.children
            launcher = try Self.only(launchers.filter { !$0.children.flatMap(\.children).isEmpty })
            zygote = try Self.only(launcher.children)
            child = try Self.only(zygote.children)
        }

        private static func only(_ processes: [ProcessView]) throws -> ProcessView {
            try #require(processes.count == 1)
            return processes[0]
        }
    }

    private func withService(
        as identity: Identity, in workspace: Workspace, options: [String] = [],
        _ look: (Seen) async throws -> Void
    ) async throws {
        try await Service.during(
            as: identity, in: workspace, options: ["--workers", "1"] + options
        ) { service in try await look(try Seen(service)) }
    }

    private static let nobody = [String](repeating: "65534", count: 4)
    private static let noCapability = ["0000000000000000"]

    @Test("no thread of a service started as root keeps anything of root, and its zygote neither")
    func rightsAreDropped() async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        try await withService(as: .root, in: workspace, options: ["--user", "65534"]) { seen in
            let threads = try seen.supervisor.threads
            #expect(threads.count > 1)
            for thread in threads {
                for set in ["CapEff", "CapPrm", "CapAmb"] {
                    #expect(thread[set] == Self.noCapability, "\(set) of \(thread)")
                }
            }
            // The zygote and its launcher had all capabilities in a namespace of their own. The
            // zygote keeps one there, CAP_SYS_PTRACE (19 in linux/capability.h).
            let own = try ProcessView(ProcessInfo.processInfo.processIdentifier).userNamespace
            #expect(try seen.supervisor.userNamespace == own)
            for process in [seen.launcher, seen.zygote] {
                #expect(try process.userNamespace != own)
                for thread in try process.threads {
                    for set in ["CapEff", "CapPrm"] {
                        let kept =
                            process.id == seen.zygote.id
                            ? ["0000000000080000"] : Self.noCapability
                        #expect(thread[set] == kept, "\(set) of \(thread)")
                    }
                    for set in ["CapInh", "CapAmb"] {
                        #expect(thread[set] == Self.noCapability, "\(set) of \(thread)")
                    }
                }
            }
            for process in [seen.supervisor, seen.launcher, seen.zygote, seen.child] {
                for thread in try process.threads {
                    #expect(thread["Uid"] == Self.nobody)
                    #expect(thread["Gid"] == Self.nobody)
                    #expect(thread["Groups"] == [])
                }
            }
        }
    }

    @Test("a service started as root serves out of a folder that only root can enter")
    func closedFolder() async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        let file = ReferenceImage.quarters(width: 64, height: 48).encoded(".png")
        try workspace.write(file, to: "images/a.png")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: workspace.folder.path)
        let images = workspace.folder.appending(path: "images").path
        try await withService(as: .root, in: workspace, options: ["--images", images]) { seen in
            #expect(try seen.supervisor.status["Uid"] != ["0", "0", "0", "0"])
            let answer = try await seen.service.http.get("/v1/images/a.png?rs=force:32:24&f=png")
            #expect(answer.status == 200, "\(answer.text)")
            let pixels = try #require(ReferenceImage(decoding: answer.body))
            #expect(pixels.width == 32 && pixels.height == 24)
            #expect(pixels.showsQuarters())
        }
    }

    @Test(
        "a child that waits for its image can do nothing but compute", arguments: Identity.allCases)
    func warmChild(_ identity: Identity) async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        try await withService(as: identity, in: workspace) { seen in
            let status = try seen.child.status
            #expect(status["NoNewPrivs"] == ["1"])
            // 2 is SECCOMP_MODE_FILTER.
            #expect(status["Seccomp"] == ["2"])
            #expect(status["Threads"] == ["1"])
            for set in ["CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb"] {
                #expect(status[set] == Self.noCapability, "\(set)")
            }
            #expect(try seen.child.descriptors == [0, 1, 2, 3, 4])
            #expect(try seen.child.limits("Max core file size") == ["0", "0"])
            #expect(try seen.child.limits("Max file size") == ["0", "0"])
            #expect(try seen.child.limits("Max open files") == ["7", "7"])
            #expect(try seen.child.root.isEmpty)
            #expect(try seen.child.userNamespace != seen.zygote.userNamespace)
        }
    }
}
