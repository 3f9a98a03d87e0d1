import Glibc
import Testing
import WireProtocol

@testable import Sandbox

@Suite("The look at a held thread")
struct HeldLookTests {
    /// What is said of a process that has ended and was not taken away yet, of which the kernel says
    /// EPERM.
    private func looked(isHeld: Bool) throws -> Snapshot? {
        var process: pid_t = 0
        let result = unsafe "/bin/true".withCString { path in
            var arguments = unsafe [UnsafeMutablePointer(mutating: path), nil]
            // Path and arguments are read within the call.
            return unsafe posix_spawn(&process, path, nil, nil, &arguments, nil)
        }
        try #require(result == 0)
        var info = unsafe siginfo_t()
        // The out parameters are local variables, here and below.
        let ended = unsafe waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT)
        try #require(ended == 0)
        defer { _ = unsafe waitid(P_PID, id_t(process), &info, WEXITED) }
        return HeldLook.begin(thread: process, of: process) { isHeld }.1
    }

    @Test("a thread that is ending is gone, and no sign of rights that are missing")
    func ending() throws {
        #expect(try looked(isHeld: false) == .missing(.gone, errno: EPERM))
        #expect(try looked(isHeld: true) == .missing(.notPermitted, errno: EPERM))
    }
}
