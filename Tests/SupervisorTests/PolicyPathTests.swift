import Glibc
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Policy files that are none")
struct PolicyPathTests {
    private static func refusal(of path: String) throws -> PolicyDiagnostic {
        let error = #expect(throws: PolicyError.self) { try PolicyReader.document(path: path) }
        #expect(error?.diagnostics.count == 1)
        return try #require(error?.diagnostics.first)
    }

    @Test(
        "what cannot be read is told with its reason",
        arguments: [
            ("/no/such/policy.yaml", "No such file"), ("/proc/self", "no regular file"),
            ("/dev/zero", "no regular file"), ("/etc/passwd/x.yaml", "Not a directory"),
            ("/proc/self/mem", "error"),
        ])
    func unreadable(path: String, reason: String) throws {
        let found = try Self.refusal(of: path)
        #expect(found.file == path)
        #expect(found.check == .unreadable)
        #expect(found.what.contains(reason), "\(found)")
        #expect(found.position == .start)
    }

    @Test("a FIFO without a writer holds nobody")
    func fifo() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/fifo.yaml"
        // The path is read within the call only.
        try #require(unsafe mkfifo(path, 0o600) == 0)
        #expect(try Self.refusal(of: path).what.contains("no regular file"))
    }

    @Test("of a file of 10 MB no more is read than a policy may have")
    func large() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("large.yaml", String(repeating: "#\n", count: 5_000_000))
        #expect(try Self.refusal(of: path).what.contains("larger than 256KiB"))
    }

    @Test("an empty file holds no policy")
    func empty() throws {
        let folder = try TemporaryFolder()
        #expect(
            try Self.refusal(of: folder.file("empty.yaml", "")).what.contains("holds no policy"))
    }
}
