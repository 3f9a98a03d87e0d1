import SandboxPolicy

extension PolicyCheck {
    /// Checks of what a policy gives away.
    var grantGuide: PolicyCheckGuide? {
        switch self {
        case .dangerousGrant:
            PolicyCheckGuide(
                title: "A call that gives more than computing is allowed", severity: .error,
                cases: "a warning for a call that breaks no promise and whose rule has a comment",
                finds: """
                    Always an error, for a child promises that it: runs no other program (`execve`, \
                    `execveat`, `uselib`), has no network (`socket`, `connect`, `bind`, `listen`, \
                    `accept`, `accept4`, `setsockopt`), makes every call through its filter \
                    (`io_uring_*`), reaches no other process and no code in the kernel (`ptrace`, \
                    `process_vm_*`, `bpf`, `perf_event_open`, `pidfd_getfd`, modules, kexec), stays \
                    in its namespaces and mounts nothing (`mount`, `unshare`, `setns` and their \
                    kind), changes no file (`unlink`, `chmod` and their kind), and sets no clock. \
                    An error without a comment and a warning with one: the others that the \
                    catalogue calls dangerous, such as `userfaultfd`, `keyctl`, `kill`, `setuid` \
                    and System V memory; `prctl`, `seccomp`, `ioctl`, `fcntl`, `prlimit64` and \
                    `sendmsg` unless an argument fixes them to something harmless.
                    """,
                why:
                    "These are the calls with which somebody who has taken a decoder over goes on.",
                before: "- names: [prctl]\n  action: SCMP_ACT_ALLOW",
                after: """
                    - names: [prctl]
                      action: SCMP_ACT_ALLOW
                      args: [{ index: 0, value: 0xffffffff, valueTwo: 15, op: SCMP_CMP_MASKED_EQ }]
                      comment: PR_SET_NAME, threads name themselves
                    """)
        case .executableMemory:
            PolicyCheckGuide(
                title: "Memory can become code", severity: .error,
                finds: "`mmap`, `mprotect`, `pkey_mprotect` or `remap_file_pages` where PROT_EXEC "
                    + "can pass, `shmat` where SHM_EXEC can, and `personality` where "
                    + "READ_IMPLIES_EXEC can.",
                why: "A decoder that is taken over then runs a program of the attacker's own. "
                    + "Children load no library and generate no code.",
                before: "- names: [mprotect]\n  action: SCMP_ACT_ALLOW",
                after: """
                    - names: [mprotect]
                      action: SCMP_ACT_ALLOW
                      args: [{ index: 2, value: 0xfffffffc, valueTwo: 0, op: SCMP_CMP_MASKED_EQ }]
                      comment: at most PROT_READ and PROT_WRITE
                    """)
        case .processCreation:
            PolicyCheckGuide(
                title: "A process or a namespace can be made", severity: .error,
                finds:
                    "`fork`, `vfork` and `clone3` allowed, and `clone` where flags can pass that "
                    + "lack CLONE_THREAD or CLONE_VM, or have one of CLONE_NEW*.",
                why:
                    "A new process outlives the one that is watched, and a new user namespace opens "
                    + "parts of the kernel that are closed otherwise. The flags of clone3 lie in "
                    + "memory, where no filter sees them.",
                before: "- names: [clone, clone3]\n  action: SCMP_ACT_ALLOW",
                after: """
                    - names: [clone]
                      action: SCMP_ACT_ALLOW
                      args: [{ index: 0, value: 0xffffffff, valueTwo: 0x3d0f00, op: SCMP_CMP_MASKED_EQ }]
                      comment: exactly what pthread_create asks for
                    - names: [clone3]
                      action: SCMP_ACT_ERRNO
                      errnoRet: 38
                      comment: ENOSYS, the C library then uses clone
                    """)
        case .fileAccess:
            PolicyCheckGuide(
                title: "Files can be opened, or fonts cannot", severity: .error,
                cases: "a warning for calls that only look at paths, for a root with files that no "
                    + "rule opens, and for SVG and PDF without one",
                finds: "`open` and `openat` without `root: documents`, and with it where flags can "
                    + "pass that do more than read; `openat2`, `creat` and calls for file handles "
                    + "always.",
                why:
                    "With an empty root there is no file to open, and a second layer must not rest "
                    + "on the first one. The flags of openat2 lie in memory, where no filter sees "
                    + "them.",
                before: "- names: [openat]\n  action: SCMP_ACT_ALLOW",
                after: """
                    - names: [openat]
                      action: SCMP_ACT_ALLOW
                      args: [{ index: 2, value: 0x400243, valueTwo: 0, op: SCMP_CMP_MASKED_EQ }]
                      comment: fonts, for reading alone
                    """)
        case .missingReason:
            PolicyCheckGuide(
                title: "A rule does not say what needs it", severity: .warning,
                finds: "A rule without a `comment`, or with one that has no letter in it.",
                why: "A rule that nobody can explain is one that nobody dares to take away.",
                before: "- { names: [sysinfo], action: SCMP_ACT_ALLOW }",
                after:
                    "- { names: [sysinfo], action: SCMP_ACT_ALLOW, comment: librsvg sizes its cache }"
            )
        case .neededCall:
            PolicyCheckGuide(
                title: "A call that every child needs is refused", severity: .error,
                cases: "a warning for what is not needed before the image",
                finds: """
                    One of these not allowed: `sendmsg` and `read` on descriptor 5, `close`, `write` \
                    on 4, `read` on 0, `mmap` of descriptor 3 for reading and of new memory, \
                    `munmap`, `brk` and `exit_group`. A warning: `write` on 1 and 2, and `clone` \
                    beside a `clone3` that is not answered with ENOSYS (38).
                    """,
                why: "No child gets as far as its image, or each dies where it first starts a "
                    + "thread or prints a warning.",
                before: "- { names: [clone3], action: SCMP_ACT_ERRNO, errnoRet: 1 }",
                after: "- { names: [clone3], action: SCMP_ACT_ERRNO, errnoRet: 38 }")
        default: nil
        }
    }
}
