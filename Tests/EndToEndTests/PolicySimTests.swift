import Foundation
import TestSupport
import Testing

@Suite("Asking a policy about calls", .ownProcess, InWorkspace())
struct PolicySimTests {
    private static func sim(_ arguments: [String], input: String = "") async throws -> CommandLine {
        let workspace = try InWorkspace.workspace
        let file = "\(try workspace.policies())/raster.yaml"
        return try await CommandLine.run(
            ["policy", "sim", file] + arguments, in: workspace, input: Array(input.utf8))
    }

    @Test(
        "one call is answered, whichever way its arguments are written",
        arguments: [
            (["mmap", "0", "4096", "PROT_READ|PROT_WRITE", "0x22", "-1", "0"], "allow"),
            (["9", "0", "4096", "3", "MAP_PRIVATE|MAP_ANONYMOUS", "0xffffffff"], "allow"),
            (["mmap", "0", "4096", "PROT_READ|PROT_EXEC", "0x22", "-1", "0"], "notify"),
            (["openat", "AT_FDCWD", "0", "O_RDONLY"], "errno EACCES"),
            (["clone3"], "errno ENOSYS"), (["execve"], "notify"),
            (["--arch", "aarch64", "execve"], "notify"),
        ])
    func call(arguments: [String], answer: String) async throws {
        let done = try await Self.sim(arguments)
        #expect(done.status == .status(0), "\(done.errors)")
        let lines = done.text.split(separator: "\n")
        #expect(lines.dropFirst().first?.hasPrefix(answer + ":") == true, "\(done.text)")
    }

    @Test("a default action that stands in the base is told with the base's file and line")
    func base() async throws {
        let workspace = try InWorkspace.workspace
        let folder = try workspace.policies(["raster", "extended"])
        let base = try String(contentsOfFile: "\(folder)/raster.yaml", encoding: .utf8)
        let line = try #require(
            base.split(separator: "\n", omittingEmptySubsequences: false)
                .firstIndex { $0.contains("defaultAction:") })
        let sim = ["policy", "sim", "\(folder)/extended.yaml", "ptrace"]
        let done = try await CommandLine.run(sim, in: workspace)
        #expect(
            done.text.contains("\(folder)/raster.yaml:\(line + 1): the default"), "\(done.text)")
        let json = try await CommandLine.run(sim + ["--json"], in: workspace)
        let report = try #require(JSON(parsing: json.output))
        #expect(report["file"].text == "\(folder)/raster.yaml")
        #expect(report["line"].integer == line + 1)
    }

    @Test("a name of no call, and an argument of none, are refused")
    func unknown() async throws {
        #expect(try await Self.sim(["mmpa"]).status == .status(1))
        #expect(try await Self.sim(["read", "PROT_READ"]).status != .status(0))
        #expect(
            try await Self.sim(["read", "1", "2", "3", "4", "5", "6", "7"]).status != .status(0))
    }

    /// Lines as strace 6.1 writes them with -f, and one of the kernel's audit log.
    private static let trace = """
        1201  mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f12
        1201  write(4, "\\1\\0\\0\\0\\2", 5) = 5
        1201  openat(AT_FDCWD, "/etc/localtime", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file)
        1201  --- SIGCHLD {si_signo=SIGCHLD} ---
        1201  +++ exited with 0 +++

        """

    @Test("a trace whose calls a child survives ends with 0, also from standard input")
    func harmless() async throws {
        let done = try await Self.sim(["--trace", "-"], input: Self.trace)
        #expect(done.status == .status(0), "\(done.text)\(done.errors)")
        for call in ["mmap", "write", "openat"] { #expect(done.text.contains(call)) }
    }

    @Test("a trace with a call that would end the child ends with 1 and names it")
    func fatal() async throws {
        let line = "1201  execve(\"/bin/sh\", [\"sh\"], 0x7ffe /* 3 vars */) = 0\n"
        let done = try await Self.sim(["--trace", "-"], input: Self.trace + line)
        #expect(done.status == .status(1), "\(done.text)")
        #expect(done.text.contains("execve"))
    }

    @Test("what is no trace is an error that names the line")
    func nonsense() async throws {
        let done = try await Self.sim(["--trace", "-"], input: Self.trace + "\u{1}\u{2}nonsense\n")
        #expect(done.status == .status(1))
        #expect((done.text + done.errors).contains("6"))
    }
}
