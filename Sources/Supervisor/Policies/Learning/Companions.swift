import SandboxPolicy

/// Calls that a policy lets through although no image may have shown them: whether they show in one
/// run is a matter of timing, and a policy must not end innocent images at random.
///
/// None of them is wider than policies/raster.yaml.
enum Companions {
    struct Companion: Sendable {
        let name: String
        let arguments: [Int: UInt64]
        /// Half a sentence for the rule's comment.
        let why: String

        init(_ name: String, _ arguments: [Int: UInt64] = [:], _ why: String) {
            self.name = name
            self.arguments = arguments
            self.why = why
        }

        /// nil where the architecture has no such call.
        func call(on architecture: SeccompArchitecture) -> SeccompCall? {
            SyscallCatalogue.entry(name)?.number(on: architecture).map { number in
                SeccompCall(number, (0..<6).map { arguments[$0] ?? 0 }, on: architecture)
            }
        }
    }

    /// Those of every policy.
    static let always: [Companion] =
        NeededCallCheck.needs.map { Companion($0.name, $0.arguments, "no child works without it") }
        + aborting + [
            Companion("restart_syscall", "a call that a stop interrupted goes on by it")
        ]

    /// How the C library says why it aborts and raises SIGABRT, so that a crash stays a crash.
    private static let aborting: [Companion] = [
        Companion("writev", [0: 2], why),
        Companion("gettid", why),
        Companion("getpid", why),
        Companion("rt_sigaction", [0: 6], why),
        // SIG_BLOCK, SIG_UNBLOCK and SIG_SETMASK, which starting threads need too.
        Companion("rt_sigprocmask", [0: 0], why),
        Companion("rt_sigprocmask", [0: 1], why),
        Companion("rt_sigprocmask", [0: 2], why),
    ]
    private static let why = "abort and threads need it"

    /// Those of a policy by which threads are made.
    static let ofThreads: [Companion] = waiting + starting + memory

    private static let waiting: [Companion] =
        [
            // FUTEX_WAIT, WAKE, REQUEUE, CMP_REQUEUE, WAIT_BITSET and WAKE_BITSET.
            UInt64(0), 1, 3, 4, 9, 10,
        ].map { Companion("futex", [1: $0 | 0x80], "threads that meet at a lock need it") } + [
            Companion("sched_yield", "threads that meet at a lock need it")
        ]

    private static let starting: [Companion] = [
        Companion("set_robust_list", "every new thread calls it"),
        Companion("rseq", "every new thread calls it"),
        Companion("exit", "every thread ends by it"),
        // The two signals that the C library's threads take for themselves.
        Companion("rt_sigaction", [0: 32], "the first thread calls it"),
        Companion("rt_sigaction", [0: 33], "the first thread calls it"),
    ]

    private static let minusOne: UInt64 = 0xffff_ffff

    /// Stacks, and the heaps that threads get when they meet at the first one. MAP_PRIVATE and
    /// MAP_ANONYMOUS are 0x22, MAP_NORESERVE is 0x4000, MAP_STACK 0x20000.
    private static let memory: [Companion] = [
        Companion("mmap", [2: 0, 3: 0x2_0022, 4: minusOne], ofHeaps),
        Companion("mmap", [2: 3, 3: 0x2_0022, 4: minusOne], ofHeaps),
        Companion("mmap", [2: 0, 3: 0x4022, 4: minusOne], ofHeaps),
        Companion("mprotect", [2: 0], ofHeaps),
        Companion("mprotect", [2: 3], ofHeaps),
        // MADV_DONTNEED.
        Companion("madvise", [2: 4], ofHeaps),
    ]
    private static let ofHeaps = "stacks and heaps of threads need it"

    /// What a root with files is for: openat by a path, O_RDONLY, with and without O_CLOEXEC.
    static let ofDocuments: [Companion] = [
        Companion("openat", [0: 0xffff_ff9c, 2: 0], "fonts are opened with it"),
        Companion("openat", [0: 0xffff_ff9c, 2: 0x8_0000], "fonts are opened with it"),
    ]
}

extension Companions.Companion {
    fileprivate init(_ name: String, _ why: String) { self.init(name, [:], why) }
}
