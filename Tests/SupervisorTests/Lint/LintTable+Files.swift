import SandboxPolicy

extension LintTable {
    /// What is wrong with the file as a whole, its architectures, limits and default action.
    static let fileRows: [Row] = [
        Row("no YAML", .error, .unreadable, text: "linux: seccomp▸: {}\n"),
        Row("an alias", .error, .unreadable, text: "a: ▸&x 1\nb: *x\n"),
        Row(
            "a second document", .error, .unreadable, change: "process:", to: "▸---\nprocess:"),
        Row("nothing", .error, .unreadable, text: ""),
        Row("a list", .error, .structure, text: "▸- read\n"),
        Row(
            "a bare profile", .error, .notServable,
            text: """
                ▸{"defaultAction": "SCMP_ACT_KILL_PROCESS",
                 "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
                 "syscalls": [{"names": ["close"], "action": "SCMP_ACT_ALLOW", "comment": "it"}]}
                """),
        Row(
            "everything is allowed", .error, .openDefault, change: "SCMP_ACT_NOTIFY",
            to: "▸SCMP_ACT_ALLOW",
            also: [PolicyCheck](repeating: .shadowedRule, count: 11)),
        Row(
            "unnamed calls fail", .error, .openDefault, change: "SCMP_ACT_NOTIFY",
            to: "▸SCMP_ACT_ERRNO"),
        Row(
            "unnamed calls are logged", .error, .openDefault, change: "SCMP_ACT_NOTIFY",
            to: "▸SCMP_ACT_LOG"),
        Row(
            "unnamed calls end a thread", .error, .openDefault, change: "SCMP_ACT_NOTIFY",
            to: "▸SCMP_ACT_KILL"),
        Row(
            "unnamed calls raise a signal", .error, .openDefault, change: "SCMP_ACT_NOTIFY",
            to: "▸SCMP_ACT_TRAP"),
        Row(
            "a default that nobody knows", .error, .structure, change: "SCMP_ACT_NOTIFY",
            to: "▸SCMP_ACT_DENY"),
        Row(
            "an errno for unnamed calls", .error, .notHonoured,
            change: "architectures:", to: "▸defaultErrnoRet: 1\n    architectures:"),
        Row(
            "no architecture", .error, .architecture,
            change: "[SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64]", to: "▸[]"),
        Row(
            "AArch64 alone", .note, .architecture,
            change: "[SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64]", to: "▸[SCMP_ARCH_AARCH64]"),
        Row(
            "x86-64 alone", .note, .architecture,
            change: "[SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64]", to: "▸[SCMP_ARCH_X86_64]"),
        Row(
            "x32", .error, .notHonoured, change: "SCMP_ARCH_AARCH64]",
            to: "SCMP_ARCH_AARCH64, ▸SCMP_ARCH_X32]"),
        Row(
            "32-bit x86", .error, .notHonoured, change: "SCMP_ARCH_AARCH64]",
            to: "SCMP_ARCH_AARCH64, ▸SCMP_ARCH_X86]"),
        Row(
            "32-bit ARM", .error, .notHonoured, change: "SCMP_ARCH_AARCH64]",
            to: "SCMP_ARCH_AARCH64, ▸SCMP_ARCH_ARM]"),
        Row(
            "an architecture by another name", .error, .structure,
            change: "SCMP_ARCH_AARCH64]", to: "SCMP_ARCH_AARCH64, ▸SCMP_ARCH_ARM64]"),
        Row(
            "sub-architectures", .error, .notHonoured,
            text: """
                {"defaultAction": "SCMP_ACT_KILL_PROCESS", "archMap": [
                  {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_AARCH64"]},
                  {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": [▸"SCMP_ARCH_ARM"]}],
                 "syscalls": [{"names": ["close"], "action": "SCMP_ACT_ALLOW", "comment": "it"}]}
                """, also: [.notServable]),
        Row(
            "memory for nothing", .warning, .unfitLimit, change: "memory: 268435456",
            to: "memory: ▸4194304"),
        Row("no picture fits", .warning, .unfitLimit, change: "pixels: 1000000", to: "pixels: ▸50"),
        Row("one thread", .warning, .unfitLimit, change: "threads: 8", to: "threads: ▸1"),
        Row(
            "more pixels than an image has", .warning, .unfitLimit, change: "pixels: 1000000",
            to: "pixels: ▸1000001"),
        Row(
            "core files", .warning, .unfitLimit,
            change: "{ type: RLIMIT_CORE, hard: 0,", to: "▸{ type: RLIMIT_CORE, hard: 1048576,"),
        Row(
            "too few descriptors", .warning, .unfitLimit, change: "process:\n  rlimits:\n",
            to: "process:\n  rlimits:\n    - ▸{ type: RLIMIT_NOFILE, hard: 6, soft: 6 }\n"),
        Row(
            "a thousand descriptors", .warning, .unfitLimit, change: "process:\n  rlimits:\n",
            to: "process:\n  rlimits:\n    - ▸{ type: RLIMIT_NOFILE, hard: 1024, soft: 7 }\n"),
        Row(
            "files that grow", .warning, .unfitLimit, change: "process:\n  rlimits:\n",
            to: "process:\n  rlimits:\n    - ▸{ type: RLIMIT_FSIZE, hard: 4096, soft: 0 }\n"),
        Row(
            "locked memory", .warning, .unfitLimit, change: "process:\n  rlimits:\n",
            to: "process:\n  rlimits:\n    - ▸{ type: RLIMIT_MEMLOCK, hard: 65536, soft: 0 }\n"),
        Row(
            "a small stack", .warning, .unfitLimit, change: "process:\n  rlimits:\n",
            to: "process:\n  rlimits:\n    - ▸{ type: RLIMIT_STACK, hard: 65536, soft: 65536 }\n"),
        Row(
            "a soft limit above the hard one", .error, .structure,
            change: "hard: 0, soft: 0 }", to: "hard: 0, soft: 1 }", also: []
        ).marked(before: "{ type: RLIMIT_CORE"),
        Row(
            "a limit that is computed", .error, .structure, change: "RLIMIT_CORE", to: "RLIMIT_AS"
        ).marked(before: "{ type: RLIMIT_AS"),
        Row(
            "SVG without fonts", .warning, .fileAccess, change: "formats: [jpeg]",
            to: "formats: ▸[jpeg, svg]"),
        Row(
            "a root that nobody opens", .warning, .fileAccess, change: "formats: [jpeg]",
            to: "root: ▸documents\n  formats: [jpeg]"),
        Row("no format", .error, .structure, change: "formats: [jpeg]", to: "formats: ▸[]"),
        Row(
            "a format that nobody reads", .error, .structure, change: "formats: [jpeg]",
            to: "formats: [jpeg, ▸psd]"),
        Row(
            "a layer that cannot be had", .error, .notHonoured, change: "formats: [jpeg]",
            to: "formats: [jpeg]\n  posture: { required: [▸cgroup] }"),
    ]
}

extension LintTable.Row {
    /// The row with its mark before a part of the text.
    func marked(before part: String) -> LintTable.Row {
        let parts = text.split(separator: part, maxSplits: 1, omittingEmptySubsequences: false)
        precondition(parts.count == 2, "the text has no '\(part)'")
        return LintTable.Row(
            what, severity, check, text: "\(parts[0])\(LintTable.mark)\(part)\(parts[1])",
            also: also)
    }
}
