import Foundation
import TestSupport
import Testing

@Suite("Comparing policy files", .ownProcess, InWorkspace())
struct PolicyDiffTests {
    /// The repository's raster policy, and the same with something changed.
    private static func files(
        _ change: (String) throws -> String
    ) throws -> (a: String, b: String) {
        let workspace = try InWorkspace.workspace
        let folder = try workspace.policies()
        let a = "\(folder)/raster.yaml"
        let text = try String(contentsOf: URL(filePath: a), encoding: .utf8)
        return (a, try workspace.write(Array(try change(text).utf8), to: "changed/raster.yaml"))
    }

    private static func diff(_ arguments: String...) async throws -> CommandLine {
        try await CommandLine.run(["policy", "diff"] + arguments, in: InWorkspace.workspace)
    }

    @Test("a policy is equal to itself with other comments")
    func equal() async throws {
        let (a, b) = try Self.files { "# a word\n" + $0 }
        let done = try await Self.diff(a, b, "--deny-wider")
        #expect(done.status == .status(0), "\(done.errors)")
        #expect(done.text == "A and B are equal.\n")
    }

    @Test("a wider mask is one finding for both architectures, with a call that shows it")
    func widerMask() async throws {
        // mprotect may set PROT_EXEC as well.
        let (a, b) = try Self.files {
            try $0.mustReplace(
                """
                      - names: [mprotect]
                        action: SCMP_ACT_ALLOW
                        args: [{ index: 2, value: 0xfffffffc, valueTwo: 0
                """,
                with: """
                          - names: [mprotect]
                            action: SCMP_ACT_ALLOW
                            args: [{ index: 2, value: 0xfffffff8, valueTwo: 0
                    """)
        }
        let done = try await Self.diff(a, b)
        #expect(done.status == .status(0), "\(done.errors)")
        let lines = done.text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].hasPrefix("mprotect"))
        #expect(lines[1].contains("x86_64, aarch64"))
        #expect(lines[1].contains("notify (default)"))
        #expect(lines[1].contains("mprotect(NULL, 0, PROT_EXEC)"))
        #expect(lines.last == "B is wider in 1 call.")
        #expect(try await Self.diff(a, b, "--deny-wider").status == .status(1))
        #expect(try await Self.diff(b, a, "--deny-wider").status == .status(0))
    }

    @Test("calls, errnos and settings are found in their directions")
    func manyChanges() async throws {
        let (a, b) = try Self.files {
            try $0.mustReplace("names: [gettid, getpid]", with: "names: [gettid, getppid]")
                .mustReplace("errnoRet: 25", with: "errnoRet: 1")
                .mustReplace(/memory: \d+/, with: "memory: 1073741824")
        }
        let done = try await Self.diff(a, b, "--json", "--deny-wider")
        #expect(done.status == .status(1), "\(done.errors)")
        #expect(done.errors.contains("is wider than"))
        let report = try #require(JSON(parsing: done.output))
        #expect(report["wider"].integer == 2 && report["narrower"].integer == 1)
        #expect(report["changed"].integer == 1)
        func names(_ direction: String) -> [String] {
            report["calls"].elements.filter { $0["direction"].text == direction }
                .compactMap { $0["call"].text }
        }
        #expect(names("wider") == ["getppid"])
        #expect(names("narrower") == ["getpid"])
        #expect(names("changed") == ["ioctl"])
        let ioctl = try #require(
            report["calls"].elements.first { $0["call"].text == "ioctl" })
        #expect(ioctl["a"]["errno"].integer == 25 && ioctl["b"]["errno"].integer == 1)
        #expect(ioctl["arguments"].elements[1].text == "0x5401")
        let setting = try #require(report["settings"].elements.first)
        #expect(setting["what"].text == "memory" && setting["direction"].text == "wider")
    }

    @Test("another default action is one finding for every call that no rule names")
    func otherDefault() async throws {
        let (a, b) = try Self.files {
            try $0.mustReplace(
                "defaultAction: SCMP_ACT_NOTIFY", with: "defaultAction: SCMP_ACT_KILL_PROCESS")
        }
        let report = try #require(
            JSON(parsing: try await Self.diff(a, b, "--json").output))
        let unnamed = report["calls"].elements.filter { $0["call"] == .null }
        #expect(unnamed.count == 1)
        #expect(unnamed.first?["direction"].text == "changed")
        #expect(report["wider"].integer == 0 && report["narrower"].integer == 0)
    }

    @Test("trouble with a file is 2, with its place")
    func trouble() async throws {
        let workspace = try InWorkspace.workspace
        let (a, _) = try Self.files { $0 }
        let missing = try await Self.diff(a, "\(workspace.folder.path)/none.yaml")
        #expect(missing.status == .status(2))
        #expect(missing.errors.contains("none.yaml:1:1: "))
        let (_, broken) = try Self.files {
            try $0.mustReplace("names: [sysinfo]", with: "names: [sysinof]")
        }
        let unknown = try await Self.diff(a, broken)
        #expect(unknown.status == .status(2))
        #expect(unknown.errors.contains("sysinof"))
        #expect(unknown.text.isEmpty)
    }
}
