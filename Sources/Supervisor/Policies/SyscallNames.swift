import CSeccomp
import Glibc

/// Names of system calls and their numbers, from libseccomp's tables and one of our own.
enum SyscallNames {
    enum Lookup: Equatable, Sendable {
        case number(Int32)
        /// A call that other architectures have.
        case elsewhere
        case unknown
    }

    /// Calls newer than the libseccomp of Debian 12. Since 5.1 every architecture but Alpha numbers
    /// new calls alike (linux/arch/*/kernel/syscalls). libseccomp's own word comes first.
    private static let newer: [String: Int32] = [
        "cachestat": 451, "fchmodat2": 452, "map_shadow_stack": 453, "futex_wake": 454,
        "futex_wait": 455, "futex_requeue": 456, "statmount": 457, "listmount": 458,
        "lsm_get_self_attr": 459, "lsm_set_self_attr": 460, "lsm_list_modules": 461, "mseal": 462,
        "setxattrat": 463, "getxattrat": 464, "listxattrat": 465, "removexattrat": 466,
        "open_tree_attr": 467, "file_getattr": 468, "file_setattr": 469, "listns": 470,
        "rseq_slice_yield": 471,
    ]

    /// libseccomp's answer for a name of no architecture (`__NR_SCMP_ERROR`).
    private static let noSuchName: Int32 = -1

    /// What a name stands for on the native architecture.
    static func lookup(_ name: String) -> Lookup {
        // The pointer is to the string's own bytes with a NUL behind them, for this call only.
        let number = unsafe seccomp_syscall_resolve_name(name)
        if number >= 0 { return .number(number) }
        if let newer = newer[name] { return .number(newer) }
        // Other negative numbers stand for calls that only other architectures have.
        return number == noSuchName ? .unknown : .elsewhere
    }

    /// The name of a number in the table of an AUDIT_ARCH value (linux/audit.h), or "number" and
    /// the number when it has none.
    static func name(of number: UInt32, _ architecture: UInt32) -> String {
        guard let signed = Int32(exactly: number) else { return "number \(number)" }
        // libseccomp's architecture tokens are the AUDIT_ARCH values themselves (seccomp.h).
        return libraryName(of: signed, architecture)
            ?? newer.first { $0.value == signed }?.key ?? "number \(number)"
    }

    private static func libraryName(of number: Int32, _ architecture: UInt32) -> String? {
        // The string is malloc'ed for the caller, who frees it.
        guard let name = unsafe seccomp_syscall_resolve_num_arch(architecture, number)
        else { return nil }
        defer { unsafe free(name) }
        return unsafe String(cString: name)
    }

    /// All names of the native architecture, for suggestions.
    static let native: [String] = {
        let architecture = seccomp_arch_native()
        let known = (Int32(0)..<512).compactMap { libraryName(of: $0, architecture) }
        return Set(newer.keys).union(known).sorted()
    }()
}
