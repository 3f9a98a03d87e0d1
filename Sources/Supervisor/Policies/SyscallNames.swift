import CSeccomp
import Glibc
import SandboxPolicy

/// Names of system calls and their numbers: those of our architectures from the catalogue, those
/// that only others have from libseccomp.
enum SyscallNames {
    enum Lookup: Equatable, Sendable {
        case number(Int32)
        /// A call that other architectures have.
        case elsewhere
        case unknown
    }

    /// Names that only other architectures have and that the libseccomp of Debian 12 does not know:
    /// RISC-V, SPARC, Alpha, m68k, OpenRISC and ARC.
    private static let elsewhere: Set<String> = [
        "riscv_hwprobe", "getpagesize", "kern_features", "memory_ordering", "perfctr",
        "utrap_install", "getdtablesize", "getxgid", "getxpid", "getxuid", "sethae", "setpgrp",
        "atomic_barrier", "atomic_cmpxchg_32", "or1k_atomic", "arc_gettls", "arc_settls",
        "arc_usr_cmpxchg",
    ]

    /// libseccomp's answer for a name of no architecture (`__NR_SCMP_ERROR`).
    private static let noSuchName: Int32 = -1

    /// Where calls begin to have the same number on every architecture but Alpha, since Linux 5.1.
    private static let firstCommon: UInt32 = 424

    /// What a name stands for on an architecture.
    static func lookup(_ name: String, on architecture: SeccompArchitecture) -> Lookup {
        if let entry = SyscallCatalogue.entry(name) {
            guard let number = entry.number(on: architecture) else { return .elsewhere }
            return .number(Int32(bitPattern: number))
        }
        if elsewhere.contains(name) { return .elsewhere }
        // The pointer is to the string's own bytes with a NUL behind them, for this call only.
        let number = unsafe seccomp_syscall_resolve_name(name)
        return number == noSuchName ? .unknown : .elsewhere
    }

    /// What a name stands for on the native architecture.
    static func lookup(_ name: String) -> Lookup {
        guard let native = SeccompArchitecture.native else { return .unknown }
        return lookup(name, on: native)
    }

    /// The name of a number in the table of an AUDIT_ARCH value (linux/audit.h), or "number" and
    /// the number when it has none.
    static func name(of number: UInt32, _ architecture: UInt32) -> String {
        if let ours = SeccompArchitecture.allCases.first(where: { $0.auditValue == architecture }) {
            return SyscallCatalogue.entry(number: number, on: ours)?.name ?? "number \(number)"
        }
        // libseccomp's architecture tokens are the AUDIT_ARCH values themselves (seccomp.h).
        if let name = libraryName(of: number, architecture) { return name }
        if number >= firstCommon,
            let entry = SyscallCatalogue.entry(number: number, on: .arm64)
        {
            return entry.name
        }
        return "number \(number)"
    }

    private static func libraryName(of number: UInt32, _ architecture: UInt32) -> String? {
        guard let signed = Int32(exactly: number) else { return nil }
        // The string is malloc'ed for the caller, who frees it.
        guard let name = unsafe seccomp_syscall_resolve_num_arch(architecture, signed)
        else { return nil }
        defer { unsafe free(name) }
        return unsafe String(cString: name)
    }

    /// All names of an architecture, for suggestions.
    static func all(on architecture: SeccompArchitecture) -> [String] {
        SyscallCatalogue.all.filter { $0.number(on: architecture) != nil }.map(\.name).sorted()
    }

    /// All names of the native architecture, for suggestions.
    static let native: [String] = SeccompArchitecture.native.map { all(on: $0) } ?? []
}
