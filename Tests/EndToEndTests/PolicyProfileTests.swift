import Foundation
import TestSupport
import Testing

/// Profiles of other programs, as their packages have them, through every tool.
@Suite("Profiles of container engines", .ownProcess, InWorkspace())
struct PolicyProfileTests {
    private static let names = ["docker-20.10.24", "containers-common-0.50.1"]

    private static func glovebox(_ arguments: String...) async throws -> CommandLine {
        try await CommandLine.run(arguments, in: try InWorkspace.workspace)
    }

    private static func path(_ name: String) -> String {
        Workspace.repository.appending(path: "Tests/Fixtures/Profiles/\(name).json").path
    }

    @Test("are read by every tool", arguments: names)
    func tools(name: String) async throws {
        let profile = Self.path(name)
        for tool in [["show"], ["show", "--json"], ["show", "--pfc"], ["explain"]] {
            let done = try await CommandLine.run(
                ["policy", tool[0], profile] + tool.dropFirst(), in: try InWorkspace.workspace)
            #expect(done.status == .status(0), "\(tool): \(done.errors)")
            #expect(done.text.utf8.count > 1_000)
        }
        let same = try await Self.glovebox("policy", "diff", profile, profile)
        #expect(same.status == .status(0), "\(same.errors)")
        #expect(same.text.contains("are equal"))
    }

    /// Docker keeps mount(2) for CAP_SYS_ADMIN, Podman leaves it to the kernel's own checks.
    @Test("answer a process without capabilities", arguments: zip(names, ["errno", "allow"]))
    func decided(name: String, mount: String) async throws {
        for (call, action) in [("socket", "allow"), ("mount", mount), ("read", "allow")] {
            let done = try await Self.glovebox("policy", "sim", Self.path(name), call)
            #expect(done.status == .status(0), "\(done.errors)")
            #expect(done.text.split(separator: "\n").dropFirst().first?.hasPrefix(action) == true)
        }
    }

    @Test("lint with a list, and nothing is served from them", arguments: names)
    func refused(name: String) async throws {
        let lint = try await Self.glovebox("policy", "lint", Self.path(name))
        #expect(lint.status == .status(1))
        for check in ["not-servable", "open-default", "dangerous-grant", "process-creation"] {
            #expect(lint.text.contains("[\(check)]"), "\(check)")
        }
        let folder = try InWorkspace.workspace.folder.appending(path: "profiles").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: Self.path(name), toPath: "\(folder)/profile.json")
        let served = try await CommandLine.run(
            ["serve", "--dev", "--listen", "127.0.0.1:0", "--admin-listen", "off"],
            in: try InWorkspace.workspace, policies: folder)
        #expect(served.status == .status(1))
        #expect(served.errors.contains("x-glovebox"))
    }
}
