import Testing

/// A hostile act by the name that HostileSandbox knows it by, and what must become of it.
///
/// CHostile.h says what the numbers stand for.
struct Act: Sendable, CustomTestStringConvertible {
    /// How an act is contained.
    enum Containment: Equatable, Sendable {
        /// The kernel held this call for the zygote, which killed the child.
        case violation(String)
        /// The kernel killed the child at once (SIGSYS): a call of another architecture.
        case foreignCall
        /// The call was answered with this errno, and the child could say so; its end without an
        /// answer is a breach of the protocol.
        case denied(errno: Int)
        /// The child ended with this status and without an answer.
        case noAnswer(status: Int)
        /// One thread was held, another one ended the child with status 0: whichever the kernel
        /// heard first.
        case raced
        /// The child died of this signal.
        case crash(signal: Int)
        /// What it may take of memory was used up.
        case memory
        /// Its processor time was used up.
        case processorTime
        /// What it said was no answer.
        case breach
        /// It sent more than a result may have.
        case output
        /// The deadline passed: 504.
        case deadline
        /// It refused the image, as any child may.
        case refused
        /// It answered, and did not end then.
        case lingers
        /// Nothing was wrong with it, however odd: 200 with the image it sent.
        case answered

        /// Whether the operator is told of the child's end.
        var leavesRecord: Bool { self != .answered && self != .refused }
    }

    let name: String
    let containment: Containment

    init(_ name: String, _ containment: Containment) {
        self.name = name
        self.containment = containment
    }

    var testDescription: String { name }

    /// Acts that end at a limit of the policy, where the deadline does not come first.
    static let atLimits = [
        Act("27-infinite-loop", .processorTime), Act("27-spinning-threads", .processorTime),
        Act("27-yield-storm", .processorTime), Act("28-allocate", .memory),
        Act("31-block-and-spin", .processorTime),
        Act("33-flood-from-hundred", .violation("socket")),
    ]

    static let all =
        violations + files + architectures + softDenials + resources + conversations + endings

    /// Calls that no rule of the policy names, by the name that the manual gives them.
    private static let violations: [Act] = [
        ("01-execve", "execve"), ("01-execveat-input", "execveat"),
        ("01-memfd-create", "memfd_create"),
        ("02-openat2-passwd", "openat2"), ("02-symlinkat", "symlinkat"), ("02-linkat", "linkat"),
        ("02-mkdirat", "mkdirat"), ("02-mknodat", "mknodat"), ("02-unlinkat", "unlinkat"),
        ("02-renameat2", "renameat2"), ("02-chdir", "chdir"), ("02-fchdir", "fchdir"),
        ("03-openat2-resolve", "openat2"), ("03-name-to-handle", "name_to_handle_at"),
        ("03-open-by-handle", "open_by_handle_at"),
        ("04-socket-inet", "socket"), ("04-socket-inet6", "socket"), ("04-socket-unix", "socket"),
        ("04-socket-netlink", "socket"), ("04-socket-vsock", "socket"),
        ("04-socket-alg", "socket"), ("04-socket-packet", "socket"),
        ("04-socketpair", "socketpair"),
        ("05-connect-abstract", "connect"), ("05-connect-metadata", "connect"),
        ("05-sendmsg-results", "sendmsg"),
        ("06-clone-process", "clone"), ("06-clone-shared-memory", "clone"),
        ("07-clone-new-user", "clone"), ("07-clone-new-pid", "clone"),
        ("07-clone-new-net", "clone"), ("07-clone-new-mount", "clone"),
        ("07-clone-new-ipc", "clone"), ("07-clone-new-uts", "clone"),
        ("07-clone-new-cgroup", "clone"), ("07-clone-thread-new-user", "clone"),
        ("07-unshare-user", "unshare"), ("07-unshare-mount", "unshare"), ("07-setns", "setns"),
        ("07-chroot", "chroot"), ("07-mount", "mount"), ("07-remount", "mount"),
        ("07-umount", "umount2"), ("07-pivot-root", "pivot_root"), ("07-open-tree", "open_tree"),
        ("07-fsopen", "fsopen"),
        ("09-mmap-read-execute", "mmap"), ("09-mmap-write-execute", "mmap"),
        ("09-mmap-shared", "mmap"), ("09-mmap-input-execute", "mmap"),
        ("10-mprotect-execute", "mprotect"), ("10-mprotect-write-execute", "mprotect"),
        ("10-unlock-code", "mprotect"), ("10-pkey-mprotect", "pkey_mprotect"),
        ("10-shmget", "shmget"), ("10-shmat-execute", "shmat"),
        ("13-ptrace-traceme", "ptrace"), ("13-ptrace-zygote", "ptrace"),
        ("13-ptrace-sibling", "ptrace"), ("13-process-vm-readv", "process_vm_readv"),
        ("13-process-vm-writev", "process_vm_writev"), ("13-kcmp", "kcmp"),
        ("13-pidfd-open", "pidfd_open"), ("13-pidfd-getfd", "pidfd_getfd"),
        ("14-kill-group", "kill"), ("14-kill-all", "kill"), ("14-kill-zygote", "kill"),
        ("14-kill-probe", "kill"), ("14-tgkill-zygote", "tgkill"), ("14-tkill-zygote", "tkill"),
        ("14-rt-sigqueueinfo", "rt_sigqueueinfo"), ("14-rt-tgsigqueueinfo", "rt_tgsigqueueinfo"),
        ("14-pidfd-send-signal", "pidfd_send_signal"),
        ("15-number-high-half", "execve"),
        ("27-nanosleep", "nanosleep"), ("27-clock-nanosleep", "clock_nanosleep"),
        ("30-write-input", "write"), ("30-write-job-pipe", "write"),
        ("30-pwrite-input", "pwrite64"), ("30-ftruncate-input", "ftruncate"),
        ("30-fallocate-input", "fallocate"), ("30-seal-input", "fcntl"),
        ("30-mmap-input-writable", "mmap"),
        ("31-handle-sigsys", "rt_sigaction"), ("31-ignore-sigsys", "rt_sigaction"),
        ("31-handle-sigsegv", "rt_sigaction"), ("31-ignore-sigxcpu", "rt_sigaction"),
        ("31-no-child-wait", "rt_sigaction"), ("31-other-stack", "sigaltstack"),
        ("31-wait-for-signals", "rt_sigtimedwait"), ("31-suspend", "rt_sigsuspend"),
        ("31-block-and-call", "socket"),
        ("04-socket-in-thread", "socket"), ("33-socket-beside-work", "socket"),
        ("33-flood", "socket"), ("34-rewrite-while-held", "execve"),
        ("35-sigkill-self", "tgkill"), ("35-sigstop-self", "tgkill"),
        ("35-sigkill-group", "kill"), ("35-sigstop-group", "kill"),
    ].map { Act($0, .violation($1)) }

    /// Numbers and ways in that only some architectures have.
    private static var architectures: [Act] {
        // No call has these numbers, so there is no name for them.
        var acts = [
            Act("15-number-minus-one", .violation("")), Act("15-number-32-bits", .violation("")),
        ]
        #if arch(x86_64)
            acts += [
                Act("02-open-passwd", .denied(errno: 13)),
                Act("06-fork", .violation("fork")), Act("06-vfork", .violation("vfork")),
                Act("15-int80-getpid", .foreignCall), Act("15-int80-socket", .foreignCall),
                Act("15-x32-getpid", .foreignCall), Act("15-x32-execve", .foreignCall),
                Act("27-pause", .violation("pause")),
                Act("31-block-and-foreign-call", .foreignCall),
                Act("crash-divide", .crash(signal: 8)),
                Act("crash-non-canonical", .crash(signal: 11)),
            ]
        #endif
        return acts
    }

    /// ENOSYS for clone3, so that the C library falls back to clone.
    private static let softDenials: [Act] = [
        Act("06-clone3", .denied(errno: 38))
    ]

    private static let resources: [Act] = [
        Act("08-thread-bomb", .denied(errno: 11)),
        Act("26-close-and-spin", .breach),
        Act("26-close-and-wait", .breach),
        Act("27-infinite-loop", .deadline),
        Act("27-spinning-threads", .deadline),
        Act("27-yield-storm", .deadline),
        Act("27-futex-forever", .deadline), Act("37-begin-and-spin", .deadline),
        Act("28-map-terabyte", .denied(errno: 12)),
        Act("28-many-mappings", .denied(errno: 12)),
        Act("28-stack-overflow", .crash(signal: 11)),
        Act("29-endless-output", .output),
        Act("29-flood-errors", .output),
    ]

    private static let conversations: [Act] = [
        Act("24-garbage", .breach), Act("24-oversized-length", .breach),
        Act("24-chunk-too-large", .breach), Act("24-unknown-kind", .breach),
        Act("24-zygote-kind", .breach), Act("24-job-kind", .breach),
        Act("24-out-of-order", .breach), Act("24-facts-twice", .breach),
        Act("24-stage-backward", .breach), Act("24-negative-size", .breach),
        Act("24-wrong-size", .breach), Act("24-wrong-variant", .breach),
        Act("24-empty-output", .breach), Act("24-end-without-result", .breach),
        Act("24-two-replies", .breach), Act("24-after-end", .breach),
        Act("24-endless-stages", .breach), Act("24-lingers-after-answer", .lingers),
        Act("24-half-a-frame", .deadline), Act("24-dribble", .answered),
        Act("25-facts-of-nothing", .breach), Act("25-orientation-lie", .breach),
        Act("25-format-lie", .breach), Act("25-magic-of-another", .breach),
        Act("25-unwanted-format", .breach), Act("25-huge-result", .breach),
        Act("25-result-without-header", .breach), Act("25-refusal-with-markup", .refused),
    ]

    private static let endings: [Act] = [
        Act("31-block-and-crash", .crash(signal: 11)),
        Act("31-block-and-trap", .crash(signal: trap)),
        Act("31-block-and-abort", .crash(signal: 6)), Act("31-ignore-abort", .crash(signal: 6)),
        Act("31-handle-abort", .crash(signal: 6)), Act("31-forge-frame", .crash(signal: 11)),
        Act("32-forged-log-line", .noAnswer(status: 3)),
        Act("32-forged-violation", .breach), Act("32-forged-crash", .noAnswer(status: 0)),
        Act("32-escapes", .noAnswer(status: 3)), Act("34-leave-while-held", .raced),
        Act("35-exit-0", .noAnswer(status: 0)), Act("35-exit-42", .noAnswer(status: 42)),
        Act("35-exit-between-frames", .noAnswer(status: 0)),
        Act("35-exit-inside-frame", .noAnswer(status: 0)),
        Act("crash-null", .crash(signal: 11)), Act("crash-abort", .crash(signal: 6)),
        Act("crash-heap", .crash(signal: 6)), Act("crash-smashed-stack", .crash(signal: 6)),
        Act("crash-jump", .crash(signal: 11)),
        Act("crash-breakpoint", .crash(signal: 5)),
        Act("crash-null-in-thread", .crash(signal: 11)),
        Act("crash-abort-in-thread", .crash(signal: 6)),
        Act("crash-overflow-in-thread", .crash(signal: 11)),
        Act("crash-after-much-text", .crash(signal: 11)),
        Act("32-forged-report", .noAnswer(status: 3)),
        Act("32-half-a-report", .noAnswer(status: 3)),
        Act("32-forged-before-crash", .crash(signal: 11)),
        Act("crash-trap", .crash(signal: trap)), Act("crash-swift-trap", .crash(signal: trap)),
    ]

    /// What a trap instruction raises: SIGILL, on aarch64 SIGTRAP.
    #if arch(x86_64)
        private static let trap = 4
    #else
        private static let trap = 5
    #endif
}
