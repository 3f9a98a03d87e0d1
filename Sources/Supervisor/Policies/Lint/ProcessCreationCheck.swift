import SandboxPolicy

/// Ways to make a process or a namespace. Decoding needs threads, and those are made by one exact
/// set of flags.
enum ProcessCreationCheck {
    /// linux/sched.h.
    private enum Flag {
        static let memory: UInt64 = 0x100
        static let thread: UInt64 = 0x1_0000
        /// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
        static let namespaces: UInt64 = 0x7e02_0000
    }

    private static let threadsOnly =
        "compare argument 0 with 'value: 0xffffffff, valueTwo: 0x3d0f00, op: SCMP_CMP_MASKED_EQ', "
        + "what pthread_create asks for"

    static func run(_ subject: LintSubject) -> [PolicyDiagnostic] {
        var found = ["fork", "vfork"].flatMap { name in
            subject.carriedOut(name).map { witness in
                subject.diagnostic(
                    .error, .processCreation, witness.rule, naming: name,
                    "'\(name)' is allowed, which makes another process",
                    "remove it, threads are made by clone")
            }
        }
        found += subject.carriedOut("clone3").map { witness in
            subject.diagnostic(
                .error, .processCreation, witness.rule, naming: "clone3",
                "'clone3' is allowed, whose flags lie in memory where no filter can read them",
                "answer it with SCMP_ACT_ERRNO and errnoRet 38, the C library then uses clone")
        }
        found += subject.carriedOut("clone", where: isBeyondThreads).map { witness in
            let flags = witness.call.arguments[0]
            let result = flags & Flag.namespaces == 0 ? "a process" : "a namespace"
            return subject.diagnostic(
                .error, .processCreation, witness.rule, naming: "clone",
                "'clone' is allowed with the flags 0x\(String(flags, radix: 16)), which ask for "
                    + "\(result) and not for a thread", threadsOnly)
        }
        return found
    }

    private static func isBeyondThreads(_ flags: UInt64) -> Bool {
        flags & Flag.thread == 0 || flags & Flag.memory == 0 || flags & Flag.namespaces != 0
    }
}
