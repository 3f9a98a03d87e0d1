import CSeccomp
import Glibc

/// Names of system calls, from libseccomp's tables.
enum SystemCallNames {
    /// The name of a number in an AUDIT_ARCH's table, or the number itself when it has none.
    static func name(_ number: UInt32, _ architecture: UInt32) -> String {
        // libseccomp's architecture tokens are the AUDIT_ARCH values themselves (seccomp.h).
        guard let signed = CInt(exactly: number),
            // The returned string is the caller's to free.
            let name = unsafe seccomp_syscall_resolve_num_arch(architecture, signed)
        else { return "number \(number)" }
        defer { unsafe free(name) }
        return unsafe String(cString: name)
    }
}
