import SandboxPolicy

/// Calls that are answered without being carried out, while a policy is learnt and in the policy:
/// libraries probe for these and go on without. The answers are those of policies/raster.yaml.
enum LearningTable {
    struct Answer: Sendable {
        let name: String
        let errno: UInt16
        /// For the rule's comment, straight behind the errno's name.
        let reason: String
        /// Arguments, and what they are when the call is a probe. Others are another matter.
        var probe: [Int: UInt32] = [:]
        /// Roots in which the call is answered.
        var roots = Set(SandboxRoot.allCases)

        /// What the rule compares.
        var comparing: Set<Int> { Set(probe.keys) }

        func isProbe(_ call: SeccompCall) -> Bool {
            probe.allSatisfy { UInt32(truncatingIfNeeded: call.arguments[$0]) == $1 }
        }
    }

    /// The answer to a call by its name; nil where it is carried out or stopped.
    static func answer(to name: String, root: SandboxRoot) -> Answer? {
        answers[name].flatMap { $0.roots.contains(root) ? $0 : nil }
    }

    private static let answers: [String: Answer] = Dictionary(
        uniqueKeysWithValues: (files + probes + newer).map { ($0.name, $0) })

    /// What policies/document.yaml lets children of that root ask for.
    private static let askedInDocuments: Set<String> = [
        "openat", "newfstatat", "access", "faccessat",
    ]

    private static let files: [Answer] = [
        "open", "openat", "stat", "lstat", "newfstatat", "access", "faccessat", "faccessat2",
        "readlink", "readlinkat",
    ].map { name in
        Answer(
            name: name, errno: 13,
            reason: " for optional files, such as time zones, locales and settings",
            roots: askedInDocuments.contains(name) ? [.empty] : Set(SandboxRoot.allCases))
    }

    private static let probes: [Answer] = [
        Answer(
            name: "getpeername", errno: 13,
            reason: ", since GLib asks whether standard error is the journal"),
        Answer(
            name: "ioctl", errno: 25, reason: ", since standard output is no terminal",
            // TCGETS, asm-generic/ioctls.h.
            probe: [1: 0x5401]),
        Answer(
            name: "dup", errno: 24,
            reason: ", since perror then prints its message to descriptor 2 itself", probe: [0: 2]),
        Answer(
            name: "sysinfo", errno: 38,
            reason: ", since codecs ask for the size of memory and then assume one"),
        Answer(
            name: "clone3", errno: 38,
            reason: ", so that the C library falls back to clone, whose flags a filter can read"),
    ]

    private static let newer: [Answer] = [
        "statx", "membarrier", "futex_waitv", "futex_wait", "futex_wake", "futex_requeue",
        "rseq_slice_yield", "io_uring_setup", "io_uring_enter", "io_uring_register",
    ].map { name in
        Answer(
            name: name, errno: 38,
            reason: " for what newer C libraries try before the older call that is allowed")
    }

    /// Advice that allocators and codecs give with a purpose, asm-generic/mman-common.h:
    /// MADV_DONTNEED, FREE, HUGEPAGE, POPULATE_WRITE, GUARD_INSTALL and GUARD_REMOVE.
    private static let usefulAdvice: Set<UInt32> = [4, 8, 14, 23, 102, 103]

    /// The answer to every other advice.
    static let adviceAnswer = Answer(
        name: "madvise", errno: 22,
        reason: " for any other advice, as from a kernel that does not know it")

    /// The pattern of all advice, for a call whose advice is none of the useful ones.
    ///
    /// No advice is negative. libseccomp tests this comparison after those of single advices, whose
    /// results are larger.
    static func otherAdvice(_ call: SeccompCall, _ entry: SyscallEntry) -> CallPattern? {
        let advice = UInt32(truncatingIfNeeded: call.arguments[2])
        guard entry.name == adviceAnswer.name, advice < 0x8000_0000,
            !usefulAdvice.contains(advice)
        else { return nil }
        let any = ArgumentCondition(index: 2, .maskedEqual, value: 0x8000_0000, valueTwo: 0)
        return CallPattern([any], of: entry)
    }
}

/// What is done with a held call while a policy is learnt, by its number alone.
struct LearningReply: Equatable, Sendable {
    enum Reply: Equatable, Sendable {
        /// Not carried out; the child goes on.
        case answer(errno: UInt16)
        /// The child is killed: no policy may grant this call, whatever its arguments.
        case stop
    }

    var number: UInt32
    var reply: Reply
}

extension LearningTable {
    /// The replies for children of a root, by number. A number that is not among them is carried
    /// out.
    ///
    /// Every number below ``ProbeCalls/denseNumbers`` that no call is known by is stopped. A call
    /// that is answered for some arguments only is answered for all while a policy is learnt.
    static func replies(
        for root: SandboxRoot, on architecture: SeccompArchitecture
    ) -> [LearningReply] {
        (0..<ProbeCalls.denseNumbers).compactMap { number in
            guard let entry = SyscallCatalogue.entry(number: number, on: architecture) else {
                return LearningReply(number: number, reply: .stop)
            }
            if let answer = answer(to: entry.name, root: root) {
                return LearningReply(number: number, reply: .answer(errno: answer.errno))
            }
            return stopReason(for: entry, root: root).map { _ in
                LearningReply(number: number, reply: .stop)
            }
        }
    }

    /// Why no policy for a root may grant a call, whatever its arguments; nil where it may, or
    /// where the arguments decide.
    static func stopReason(for entry: SyscallEntry, root: SandboxRoot) -> String? {
        let name = entry.name
        if ArgumentGrant.all.contains(where: { $0.name == name }) { return nil }
        if let promise = GrantTable.promise(brokenBy: name) { return promise }
        if let reason = FileAccessCheck.unbounded[name] { return "it \(reason)" }
        if FileAccessCheck.covers(name) {
            return root == .empty ? "the children's root is to be empty" : nil
        }
        return entry.exposure == .dangerous ? entry.risk ?? entry.purpose : nil
    }
}
