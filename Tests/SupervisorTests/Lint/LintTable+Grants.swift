import SandboxPolicy

extension LintTable {
    /// A rule that allows one call and says why.
    private static func allowed(_ name: String, _ args: String...) -> String {
        let list = args.isEmpty ? "" : ", args: [\(args.joined(separator: ", "))]"
        return "{ names: [▸\(name)], action: SCMP_ACT_ALLOW\(list), comment: needed }"
    }

    /// Calls that nobody may allow, whatever the comment says.
    private static let promises = [
        "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "bpf", "socket",
        "connect", "io_uring_setup", "io_uring_enter", "perf_event_open", "mount", "umount2",
        "setns", "unshare", "pivot_root", "chroot", "kexec_load", "init_module", "finit_module",
        "open_tree", "fsopen", "pidfd_getfd", "unlinkat", "settimeofday", "reboot", "syslog",
    ]

    /// Calls that somebody may have a reason for.
    private static let dangerous = [
        "userfaultfd", "keyctl", "add_key", "kill", "tgkill", "setuid", "setresgid", "capset",
        "shmget", "pidfd_open", "sendto", "prctl", "ioctl", "fcntl", "seccomp", "prlimit64",
        "mq_open", "modify_ldt",
    ]

    static let grantRows: [Row] =
        promises.map { Row("\($0) is allowed", .error, .dangerousGrant, rule: allowed($0)) }
        + dangerous.map { name in
            // Only x86-64 has it.
            Row(
                "\(name) is allowed", .warning, .dangerousGrant, rule: allowed(name),
                also: name == "modify_ldt" ? [.unknownSyscall] : [])
        }
        + argumentRows

    private static let argumentRows: [Row] = [
        Row(
            "a dangerous call without a reason", .error, .dangerousGrant,
            rule: "{ names: [▸keyctl], action: SCMP_ACT_ALLOW }"),
        Row(
            "a dangerous call is logged", .error, .dangerousGrant,
            rule: "{ names: [▸ptrace], action: SCMP_ACT_LOG, comment: it }", also: [.unfitAction]),
        Row(
            "prctl makes itself dumpable", .warning, .dangerousGrant,
            rule: allowed("prctl", masked(0, "4"))),
        Row(
            "prctl with one option too many", .warning, .dangerousGrant,
            rule: allowed("prctl", masked(0, "14", mask: "0xfffffffe"))),
        Row(
            "ioctl writes into a terminal", .warning, .dangerousGrant,
            rule: allowed("ioctl", masked(1, "0x5412"))),
        Row(
            "ioctl with a fixed descriptor alone", .warning, .dangerousGrant,
            rule: allowed("ioctl", masked(0, "2"))),
        Row(
            "sendmsg on any descriptor", .warning, .dangerousGrant,
            change: masked(0, "5") + "]\n        comment: the listener",
            to: masked(1, "0") + "]\n        comment: the listener", also: [.pointerComparison]
        ).marked(before: "sendmsg"),
        Row("openat2", .error, .fileAccess, rule: allowed("openat2")),
        Row("name_to_handle_at", .error, .fileAccess, rule: allowed("name_to_handle_at")),
        Row("creat", .error, .fileAccess, rule: allowed("creat"), also: [.unknownSyscall]),
        Row("openat in an empty root", .error, .fileAccess, rule: allowed("openat")),
        Row(
            "openat for reading in an empty root", .error, .fileAccess,
            rule: allowed("openat", masked(2, "0", mask: "0x400243"))),
        Row("stat in an empty root", .warning, .fileAccess, rule: allowed("newfstatat")),
        Row(
            "openat for writing", .error, .fileAccess,
            text: documents + "      - \(allowed("openat"))\n"),
        Row(
            "openat that may create", .error, .fileAccess,
            text: documents
                + "      - \(allowed("openat", masked(2, "0", mask: "0x3")))\n"),
        Row(
            "open that may truncate", .error, .fileAccess,
            text: documents
                + "      - \(allowed("open", masked(1, "0", mask: "0x400043")))\n",
            also: [.unknownSyscall]),
    ]

    /// The valid file, with a root that has files.
    private static let documents = clean.replacing(
        "x-glovebox:", with: "x-glovebox:\n  root: documents")

    /// Memory and processes.
    static let memoryRows: [Row] = [
        Row("mprotect of anything", .error, .executableMemory, rule: allowed("mprotect")),
        Row(
            "mprotect that is not writable", .error, .executableMemory,
            rule: allowed("mprotect", masked(2, "0", mask: "0x2"))),
        Row(
            "mprotect but for 7", .error, .executableMemory,
            rule: allowed("mprotect", "{ index: 2, value: 7, op: SCMP_CMP_NE }"),
            also: [.unmaskedComparison]),
        Row(
            "mprotect up to 5", .error, .executableMemory,
            rule: allowed("mprotect", "{ index: 2, value: 5, op: SCMP_CMP_LE }"),
            also: [.unmaskedComparison]),
        Row(
            "mprotect to execute", .error, .executableMemory,
            rule: allowed("mprotect", masked(2, "5"))),
        Row(
            "pkey_mprotect of anything", .error, .executableMemory,
            rule: allowed("pkey_mprotect")),
        Row(
            "mmap with PROT_EXEC", .error, .executableMemory,
            change: "0xfffffffc", to: "0xfffffff8"
        ).marked(before: "mmap"),
        Row(
            "mmap with a condition on its length alone", .error, .executableMemory,
            rule: allowed("mmap", "{ index: 1, value: 4096, op: SCMP_CMP_EQ }")),
        Row("personality", .error, .executableMemory, rule: allowed("personality")),
        Row(
            "shared memory to execute", .error, .executableMemory, rule: allowed("shmat")),
        Row("fork", .error, .processCreation, rule: allowed("fork"), also: [.unknownSyscall]),
        Row("vfork", .error, .processCreation, rule: allowed("vfork"), also: [.unknownSyscall]),
        Row(
            "clone3", .error, .processCreation,
            change: "      - names: [clone3]\n        action: SCMP_ACT_ERRNO\n        errnoRet: 38",
            to: "      - names: [▸clone3]\n        action: SCMP_ACT_ALLOW"),
        Row(
            "clone with any flags", .error, .processCreation,
            change: "[\(masked(0, "0x3d0f00"))]", to: "[]"
        ).marked(before: "clone]"),
        Row(
            "clone with namespaces", .error, .processCreation,
            change: masked(0, "0x3d0f00"), to: masked(0, "0x3d0f00", mask: "0x3d0f00")
        ).marked(before: "clone]"),
        Row(
            "clone of a thread with memory of its own", .error, .processCreation,
            change: masked(0, "0x3d0f00"), to: masked(0, "0x3d0e00", mask: "0xfffffeff")
        ).marked(before: "clone]"),
        Row(
            "clone as fork does", .error, .processCreation,
            change: masked(0, "0x3d0f00"), to: masked(0, "0x1200011")
        ).marked(before: "clone]"),
    ]
}
