import SandboxPolicy

extension LintTable {
    /// What is written wrongly, or for another program.
    static let formRows: [Row] = [
        Row("a mistyped key", .error, .structure, change: "process:", to: "▸proces:"),
        Row(
            "the OCI runtime's mounts", .error, .notHonoured, change: "process:",
            to: "▸mounts: []\nprocess:"),
        Row(
            "a flag", .error, .notHonoured, change: "architectures:",
            to: "flags: [▸SECCOMP_FILTER_FLAG_LOG]\n    architectures:"),
        Row(
            "a listener", .error, .notHonoured, change: "architectures:",
            to: "listenerPath: ▸/run/listener\n    architectures:"),
        Row(
            "a mistyped action", .error, .structure,
            rule: "{ names: [lseek], action: ▸SCMP_ACT_ALOW, comment: it }"),
        Row(
            "Docker's includes", .error, .notHonoured,
            rule: "{ names: [lseek], action: SCMP_ACT_ALLOW, comment: it, ▸includes: {} }"),
        Row(
            "an errno that nothing carries", .error, .structure,
            rule: "{ names: [lseek], action: SCMP_ACT_ALLOW, errnoRet: ▸1, comment: it }"),
        Row(
            "an errno as a name", .error, .structure,
            rule: "{ names: [lseek], action: SCMP_ACT_ERRNO, errnoRet: ▸EPERM, comment: it }"),
        Row(
            "an errno that is none", .error, .structure,
            rule: "{ names: [lseek], action: SCMP_ACT_ERRNO, errnoRet: ▸5000, comment: it }"),
        Row(
            "a name twice in a rule", .error, .structure,
            rule: "{ names: [lseek, ▸lseek], action: SCMP_ACT_ALLOW, comment: it }"),
        Row(
            "no names", .error, .structure,
            rule: "{ names: ▸[], action: SCMP_ACT_ALLOW, comment: it }"),
        Row(
            "argument 6", .error, .structure,
            rule: "{ names: [lseek], action: SCMP_ACT_ALLOW, comment: it, "
                + "args: [{ index: ▸6, value: 0, op: SCMP_CMP_EQ }] }"),
        Row(
            "a comparison by its sign", .error, .structure,
            rule: "{ names: [lseek], action: SCMP_ACT_ALLOW, comment: it, "
                + "args: [{ index: 1, value: 0, op: ▸== }] }"),
        Row(
            "a negative number", .error, .structure,
            rule: "{ names: [lseek], action: SCMP_ACT_ALLOW, comment: it, "
                + "args: [{ index: 1, value: ▸-1, op: SCMP_CMP_EQ }] }"),
        Row(
            "a mistyped name that is allowed", .warning, .unknownSyscall,
            rule: "{ names: [▸lseak], action: SCMP_ACT_ALLOW, comment: it }"),
        Row(
            "a mistyped name that is denied", .error, .unknownSyscall,
            rule: "{ names: [▸lseak], action: SCMP_ACT_KILL_PROCESS, comment: it }"),
        Row(
            "a mistyped name that is answered", .error, .unknownSyscall,
            rule: "{ names: [▸lseak], action: SCMP_ACT_ERRNO, comment: it }"),
        Row(
            "a name that one architecture lacks", .note, .unknownSyscall,
            rule: "{ names: [▸poll], action: SCMP_ACT_ALLOW, comment: it }"),
        Row(
            "a name of 32-bit machines, allowed", .note, .unknownSyscall,
            rule: "{ names: [▸_llseek], action: SCMP_ACT_ALLOW, comment: it }"),
        Row(
            "a name of 32-bit machines, denied", .warning, .unknownSyscall,
            rule: "{ names: [▸_newselect], action: SCMP_ACT_ERRNO, comment: it }"),
        Row(
            "no comment", .warning, .missingReason,
            rule: "▸{ names: [lseek], action: SCMP_ACT_ALLOW }"),
        Row(
            "a comment of a dash", .warning, .missingReason,
            rule: "▸{ names: [lseek], action: SCMP_ACT_ALLOW, comment: '-' }"),
        Row(
            "no comment on a denial", .warning, .missingReason,
            rule: "▸{ names: [lseek], action: SCMP_ACT_ERRNO }"),
    ]
}
