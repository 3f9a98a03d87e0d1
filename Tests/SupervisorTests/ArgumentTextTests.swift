import CConstants
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Values of arguments as text")
struct ArgumentTextTests {
    /// The constants of the C headers this was compiled with.
    private static let headers: [String: UInt64] = {
        var found: [String: UInt64] = [:]
        var index: UInt = 0
        while true {
            // The name is a constant of the program.
            let row = unsafe cconstants_at(index)
            guard let name = unsafe row.name else { return found }
            found[unsafe String(cString: name)] = unsafe row.value
            index += 1
        }
    }()

    /// Constants newer than Debian 12's headers or of the other architecture, from the kernel's
    /// uapi headers: asm-generic/mman-common.h, asm/mman.h of x86 and arm64, asm/prctl.h,
    /// linux/prctl.h. The C library hides the kernel's O_LARGEFILE (asm-generic/fcntl.h).
    private static let beyondHeaders: [String: UInt64] = [
        "MADV_GUARD_INSTALL": 102, "MADV_GUARD_REMOVE": 103, "MAP_ABOVE4G": 0x80,
        "MAP_DROPPABLE": 0x08, "PROT_BTI": 0x10, "PROT_MTE": 0x20, "PR_SET_MDWE": 65,
        "PR_GET_MDWE": 66, "ARCH_SHSTK_ENABLE": 0x5001, "ARCH_SHSTK_DISABLE": 0x5002,
        "ARCH_SHSTK_LOCK": 0x5003, "ARCH_SHSTK_UNLOCK": 0x5004, "ARCH_SHSTK_STATUS": 0x5005,
        "O_LARGEFILE": SeccompArchitecture.native == .arm64 ? 0o400000 : 0o100000,
    ]

    @Test("every constant has the value of the C headers", arguments: SyscallArgument.Kind.allCases)
    func constants(_ kind: SyscallArgument.Kind) throws {
        let native = try #require(SeccompArchitecture.native)
        guard let names = kind.names(on: native) else { return }
        for (name, value) in names.constants {
            if kind == .futexOperation, name.hasSuffix("_PRIVATE") {
                let shared = Self.headers[String(name.dropLast("_PRIVATE".count))]
                #expect(value == shared.map { $0 | 128 }, "\(name)")
                continue
            }
            let expected = Self.headers[name] ?? Self.beyondHeaders[name]
            let mask: UInt64 = kind.isInt ? 0xffff_ffff : .max
            #expect(expected.map { $0 & mask } == value, "\(name)")
        }
    }

    @Test("flags of open have AArch64's own numbers")
    func otherArchitecture() {
        // arch/arm64/include/uapi/asm/fcntl.h has them in octal.
        let flags: [(String, UInt64)] = [
            ("O_DIRECTORY", 0o40000), ("O_NOFOLLOW", 0o100000), ("O_DIRECT", 0o200000),
            ("O_LARGEFILE", 0o400000), ("O_TMPFILE", 0o20000000 | 0o40000),
            ("O_CLOEXEC", 0o2000000), ("O_RDWR", 2),
        ]
        for (name, value) in flags {
            #expect(SyscallArgument.Kind.openFlags.value(name, on: .arm64) == value, "\(name)")
        }
        #expect(SyscallArgument.Kind.mapFlags.value("MAP_32BIT", on: .arm64) == nil)
        #expect(SyscallArgument.Kind.protection.value("PROT_BTI", on: .amd64) == nil)
    }

    @Test(
        "a value is written as people write it",
        arguments: [
            (.protection, 3, "PROT_READ|PROT_WRITE"), (.protection, 0, "PROT_NONE"),
            (.protection, 0x8000_0005, "PROT_READ|PROT_EXEC|0x80000000"),
            (.mapFlags, 0x22, "MAP_PRIVATE|MAP_ANONYMOUS"), (.mapFlags, 0, "0"),
            (.openFlags, 0, "O_RDONLY"), (.openFlags, 0x8_0042, "O_RDWR|O_CREAT|O_CLOEXEC"),
            (.openFlags, 0x10_1001, "O_WRONLY|O_SYNC"), (.accessMode, 0, "F_OK"),
            (.cloneFlags, 0x4111, "CLONE_VM|CLONE_VFORK|SIGCHLD"),
            (.cloneFlags, 0x1000_0000, "CLONE_NEWUSER"),
            (.futexOperation, 0x189, "FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME"),
            (.futexOperation, 0, "FUTEX_WAIT"), (.signal, 6, "SIGABRT"), (.signal, 33, "33"),
            (.advice, 102, "MADV_GUARD_INSTALL"), (.advice, 99, "99"),
            (.clock, 1, "CLOCK_MONOTONIC"),
            (.descriptor, .max, "-1"), (.descriptor, 0xffff_ffff, "-1"), (.descriptor, 3, "3"),
            (.descriptor, 0xffff_ff9c, "AT_FDCWD"),
            (.descriptor, 0xdead_0000_0003, "3 (0xdead00000003)"),
            (.int, 0xffff_ffff, "-1"), (.unsigned, 0xffff_ffff, "0xffffffff"),
            (.size, 8192, "8192"), (.size, .max, "0xffffffffffffffff"), (.offset, .max, "-1"),
            (.pointer, 0, "NULL"), (.pointer, 0x7f00, "0x7f00"), (.permissions, 0o644, "0644"),
            (.prctlOption, 0x5356_4d41, "PR_SET_VMA"), (.ioctlRequest, 0x5401, "TCGETS"),
            (.ioctlRequest, 0x1234_5678, "0x12345678"), (.socketFamily, 16, "AF_NETLINK"),
            (.socketType, 0x8_0001, "SOCK_STREAM|SOCK_CLOEXEC"), (.processID, 0xffff_ffff, "-1"),
        ] as [(SyscallArgument.Kind, UInt64, String)])
    func text(_ kind: SyscallArgument.Kind, value: UInt64, text: String) {
        #expect(kind.text(value, on: .amd64) == text)
    }

    @Test(
        "numbers are read as they are written in C and by tracers",
        arguments: [
            (.protection, "PROT_READ | PROT_WRITE", 3), (.protection, "PROT_READ|0x2|4", 7),
            (.int, "-1", .max), (.descriptor, "AT_FDCWD", UInt64(bitPattern: -100)),
            (.size, "0xFF", 255), (.pointer, "NULL", 0), (.permissions, "0644", 0o644),
            (.futexOperation, "FUTEX_WAIT|FUTEX_PRIVATE_FLAG", 128),
            (.offset, "-9223372036854775808", 1 << 63),
            (.size, "18446744073709551615", .max), (.cloneFlags, "CLONE_VM|SIGCHLD", 0x111),
            (.unsigned, "0", 0),
        ] as [(SyscallArgument.Kind, String, UInt64)])
    func value(_ kind: SyscallArgument.Kind, text: String, value: UInt64) {
        #expect(kind.value(text, on: .amd64) == value)
    }

    @Test(
        "anything else is no value",
        arguments: [
            "", "|", "PROT_READ|", "PROT_NOTHING", "0x", "0xg", "-", "+1", "0x+1", "010", "1e3",
            "18446744073709551616", "-9223372036854775809", "3|-1", "MAP_PRIVATE", "1 2", "１",
        ])
    func noValue(_ text: String) {
        #expect(SyscallArgument.Kind.protection.value(text) == nil)
    }

    @Test("what is written can be read again", arguments: SyscallArgument.Kind.allCases)
    func roundTrip(_ kind: SyscallArgument.Kind) {
        for architecture in SeccompArchitecture.allCases {
            for shift in 0..<64 {
                for pattern: UInt64 in [1, 3, 0x15, .max] {
                    let value = pattern << UInt64(shift)
                    if kind.isInt, value != UInt64(UInt32(truncatingIfNeeded: value)) { continue }
                    let read = kind.value(kind.text(value, on: architecture), on: architecture)
                    let mask: UInt64 = kind.isInt ? 0xffff_ffff : .max
                    #expect(read.map { $0 & mask } == value, "\(kind) \(value) \(architecture)")
                }
            }
        }
    }
}
