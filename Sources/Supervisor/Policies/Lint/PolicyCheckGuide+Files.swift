import SandboxPolicy

extension PolicyCheck {
    /// Checks of a file as a whole.
    var fileGuide: PolicyCheckGuide? {
        switch self {
        case .unreadable:
            PolicyCheckGuide(
                title: "The file cannot be read", severity: .error,
                finds:
                    "A file that is not there, is a folder, is closed to this account, is larger "
                    + "than a policy may be, is not UTF-8, or is not YAML without aliases and tags.",
                why: "What cannot be read cannot be judged.",
                before: "rules: &all [read]", after: "rules: [read]")
        case .structure:
            PolicyCheckGuide(
                title: "A key or value that this place cannot have", severity: .error,
                finds: "Unknown keys, values of another type or out of range, and keys that are "
                    + "missing. The nearest known name is offered.",
                why: "A mistyped key that is skipped is a rule that is not there.",
                before: "acton: SCMP_ACT_ALLOW", after: "action: SCMP_ACT_ALLOW")
        case .notHonoured:
            PolicyCheckGuide(
                title: "Something that other programs honour and Glovebox cannot", severity: .error,
                finds: "Words of the OCI runtime specification, Docker or Podman for which a "
                    + "sandbox has no counterpart, such as flags and listeners.",
                why: "A file would promise what nobody does.",
                before: "flags: [SECCOMP_FILTER_FLAG_TSYNC]", after: "# leave it out")
        case .notServable:
            PolicyCheckGuide(
                title: "A bare profile, by which nothing is served", severity: .error,
                finds: "A seccomp profile of Docker, Podman or Kubernetes without `x-glovebox`.",
                why:
                    "Every tool reads it, but no format is decoded by it and no limit stands in it.",
                before: "defaultAction: SCMP_ACT_ERRNO",
                after: "x-glovebox: { formats: [jpeg] }\nlinux: { seccomp: { … } }")
        case .openDefault:
            PolicyCheckGuide(
                title: "A call that no rule names does not end the child", severity: .error,
                finds:
                    "A `defaultAction` other than `SCMP_ACT_NOTIFY` and `SCMP_ACT_KILL_PROCESS`.",
                why:
                    "A list of forbidden calls lets the next kernel's calls pass, and an errno or a "
                    + "signal lets an attacker look for what works.",
                before: "defaultAction: SCMP_ACT_ERRNO", after: "defaultAction: SCMP_ACT_NOTIFY")
        case .architecture:
            PolicyCheckGuide(
                title: "Calls of one architecture would pass as those of another", severity: .error,
                cases: "a note where one of the two architectures is not covered",
                finds:
                    "No architecture that children can have, one of the two missing, foreign and "
                    + "32-bit ones, and a program that does not stop x32 and foreign calls.",
                why: "The same number is another call on another architecture. A program that does "
                    + "not look first can be passed by.",
                before: "architectures: [SCMP_ARCH_X86_64, SCMP_ARCH_X32]",
                after: "architectures: [SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64]")
        case .unfitLimit:
            PolicyCheckGuide(
                title: "A limit with which no image comes through, or one that is too wide",
                severity: .warning,
                finds: "Too little memory, too few threads or descriptors, more pixels than width "
                    + "and height have, and limits above 0 for what no decoder does: files, core "
                    + "files, locked memory, message queues, priorities.",
                why: "Too narrow looks like a broken image; too wide is a right that an attacker "
                    + "has and nobody needs.",
                before: "{ type: RLIMIT_CORE, hard: 1048576, soft: 0 }",
                after: "{ type: RLIMIT_CORE, hard: 0, soft: 0 }")
        case .programLength:
            PolicyCheckGuide(
                title: "The program is very long", severity: .warning,
                cases: "an error where the kernel does not take it",
                finds: "More than 1,024 instructions; the kernel takes 4,096.",
                why: "Every call of a child runs through the program.",
                before: "- # a rule for each of 300 requests of ioctl",
                after: "- # one rule with a mask")
        case .programMismatch:
            PolicyCheckGuide(
                title: "The program does not do what the policy says", severity: .error,
                finds:
                    "A call that the compiled program answers otherwise than the rules, found by "
                    + "an interpreter that is not libseccomp's.",
                why: "libseccomp before 2.6.1 could merge comparisons of 64 bits wrongly "
                    + "(GHSA-4q85-33p6-j5g6). Whatever the reason, such a program is not used.",
                before: "- # args of two rules that overlap",
                after: "- # args that exclude each other")
        default: nil
        }
    }
}
