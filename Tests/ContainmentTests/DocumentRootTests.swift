import Foundation
import Glibc
import TestSupport
import Testing

/// The root of the policy for documents, around children that a hijacked decoder holds.
@Suite("A child that may read fonts", .ownProcess, .serialized)
enum DocumentRootTests {
    /// The policy's rules and root around the PNGs that turn children.
    private static let settings = HostileService.Settings(
        policies: ["raster", "document"], options: ["--formats", "png"]
    ) { try forPNG($0) }

    private static func settings(under surroundings: Surroundings) -> HostileService.Settings {
        var settings = settings
        settings.surroundings = surroundings
        return settings
    }

    private static func forPNG(_ policy: String) throws -> String {
        policy.contains("root: documents")
            ? try policy.mustReplace(/formats: \[.*\]\n +also: .*/, with: "formats: [png]")
            : try policy.mustReplace(/formats: \[.*\]/, with: "formats: [jpeg]")
    }

    /// Those that try files, and those that would change what is mounted.
    private static let acts =
        Act.all.filter { act in
            ["01", "02", "03", "07", "09", "10", "13", "30"].contains(act.name.prefix(2))
                && !Act.files.contains { $0.name == act.name }
        } + Act.filesOfDocuments

    @Suite(
        "in a service started as root", RunsHostileService(.root, settings),
        .enabled(if: Identity.testsRunAsRoot, "only root can start a service as root"))
    struct StartedAsRoot {
        @Test("the act is contained and recorded, and nobody else notices", arguments: acts)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }

    @Suite(
        "in a service started by an ordinary user", RunsHostileService(.ordinaryUser, settings))
    struct StartedByOrdinaryUser {
        @Test("the act is contained and recorded, and nobody else notices", arguments: acts)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }

    /// Without a root of its own, Landlock holds it.
    @Suite(
        "where namespaces cannot be had",
        RunsHostileService(.ordinaryUser, settings(under: .refusedNamespaces)))
    struct WithoutNamespaces {
        static let acts = [
            Act("02-openat-passwd", .denied(errno: 13)),
            Act("02-openat-climb", .denied(errno: 13)),
            Act("02-openat-root-of-zygote", .denied(errno: 13)),
            Act("02-openat-write", .violation("openat")),
            Act("02-climb-from-folder", .violation("openat")),
            Act("02-read-file", .noAnswer(status: 0)),
            Act("09-map-file-executable", .violation("mmap")),
        ]

        @Test("the act is contained and recorded, and nobody else notices", arguments: acts)
        func contained(_ act: Act) async throws {
            try await #require(HostileService.current).contains(act)
        }
    }

    @Test("with neither namespaces nor Landlock around it, it is not started")
    static func refused() async throws {
        let workspace = try Workspace()
        defer { workspace.remove() }
        _ = try workspace.program(.sandbox)
        let policies = try workspace.policies(settings.policies, settings.changePolicy)
        let (program, arguments) = try Surroundings.refusedWalls.command(
            workspace.program(.glovebox),
            ["serve", "--dev", "--listen", "127.0.0.1:0", "--posture", "container"]
                + settings.options, in: workspace)
        let service = try RunningProgram(
            program, arguments, environment: try workspace.environment(policies: policies))
        #expect(try await within(.seconds(60), "the end") { await service.end } == .status(1))
        await service.errors.finished()
        let text = service.errors.lines.joined(separator: " ")
        #expect(text.contains("neither a root of their own nor Landlock"), "\(text)")
    }

    /// By the kernel's word and not by the child's.
    @Suite(
        "seen from outside",
        .enabled(if: Identity.testsRunAsRoot, "only root may look into another account"))
    struct SeenFromOutside {
        @Test(
            "has a root of read-only mounts without devices, programs and everything else",
            arguments: Identity.allCases)
        func mounts(_ identity: Identity) async throws {
            let workspace = try Workspace()
            defer { workspace.remove() }
            let policies = try workspace.policies(
                DocumentRootTests.settings.policies, DocumentRootTests.forPNG)
            try await Service.during(
                as: identity, in: workspace, policies: policies,
                options: ["--workers", "1"] + DocumentRootTests.settings.options
            ) { service in
                let child = try #require(service.children.first)
                let mounts = try child.mounts
                let flags: Set = ["ro", "nosuid", "nodev", "noexec"]
                for mount in mounts { #expect(flags.isSubset(of: mount.options), "\(mount)") }
                let expected = [
                    "/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts",
                    "/usr/share/fontconfig", "/var/cache/fontconfig", "/usr/share/poppler",
                ].filter { FileManager.default.fileExists(atPath: $0) }
                #expect(mounts.map(\.point).sorted() == (["/"] + expected).sorted())
                #expect(try child.limits("Max open files") == ["32", "32"])
                #expect(try child.descriptors == [0, 1, 2, 3, 4])
                // Not even the machine's root can write there, by way of the child.
                for folder in ["/"] + expected {
                    let path = "/proc/\(child.id)/root\(folder)/glovebox-test"
                    #expect(DocumentRootTests.creating(path) == EROFS, "\(folder)")
                }
            }
        }
    }

    /// The errno of creating a file.
    private static func creating(_ path: String) -> CInt {
        // The path lives for the length of each call.
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard number >= 0 else { return errno }
        close(number)
        _ = unsafe unlink(path)
        return 0
    }
}
