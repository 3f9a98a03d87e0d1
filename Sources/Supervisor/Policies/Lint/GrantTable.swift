import SandboxPolicy

/// What Glovebox promises of a child, and the calls that would break it. A reason does not help
/// them; every other dangerous call may have one.
enum GrantTable {
    /// The promise that allowing a call breaks, nil for a call that breaks none.
    static func promise(brokenBy name: String) -> String? { promises[name] }

    private static let promises: [String: String] = {
        var table: [String: String] = [:]
        for (promise, names) in broken {
            for name in names { table[name] = promise }
        }
        // Whatever the catalogue has in these groups needs privileges that no child has, or makes
        // files that no child may make.
        for entry in SyscallCatalogue.all where entry.exposure == .dangerous {
            guard let promise = byGroup[entry.group], table[entry.name] == nil,
                !FileAccessCheck.covers(entry.name)
            else { continue }
            table[entry.name] = promise
        }
        return table
    }()

    private static let byGroup: [SyscallEntry.Group: String] = [
        .files: "a child changes no file",
        .namespaces: "a child stays in its namespaces and mounts nothing",
        .kernel: "a child does not change the kernel",
        .tracing: "a child reaches no other process and no code in the kernel",
        .time: "a child does not set clocks",
    ]

    private static let broken: [(promise: String, names: [String])] = [
        ("a child runs no other program", ["execve", "execveat", "uselib"]),
        (
            "a child has no network",
            ["socket", "connect", "bind", "listen", "accept", "accept4", "setsockopt"]
        ),
        (
            "every call of a child goes through its filter",
            ["io_uring_setup", "io_uring_enter", "io_uring_register"]
        ),
        (
            "a child reaches no other process and no code in the kernel",
            ["pidfd_getfd", "process_madvise", "process_mrelease", "acct"]
        ),
    ]
}

/// A call whose argument decides whether it is dangerous.
struct ArgumentGrant: Sendable {
    /// Which values of the argument give nobody anything, by the lower half of the register.
    enum Harmless: Sendable {
        case these(Set<UInt32>)
        /// Any one value, as long as the policy says which: but none of these.
        case anyFixed(but: Set<UInt32>)
    }

    let name: String
    let index: Int
    let harmless: Harmless
    let risk: String

    static let all: [ArgumentGrant] = [
        // linux/prctl.h: PR_GET_DUMPABLE, SET_NAME, GET_NAME, GET_SECCOMP, CAPBSET_READ,
        // GET_TIMERSLACK, GET_NO_NEW_PRIVS and SET_VMA, which names memory.
        ArgumentGrant(
            name: "prctl", index: 0, harmless: .these([3, 15, 16, 21, 23, 30, 39, 0x5356_4d41]),
            risk: "makes the process dumpable, sets filters, and much else"),
        // asm-generic/ioctls.h: TIOCSCTTY, TIOCSTI, TIOCSETD and TIOCLINUX.
        ArgumentGrant(
            name: "ioctl", index: 1, harmless: .anyFixed(but: [0x540e, 0x5412, 0x5423, 0x541c]),
            risk: "reaches the whole driver behind a descriptor"),
        // asm-generic/fcntl.h: F_SETOWN, F_SETSIG and F_SETOWN_EX.
        ArgumentGrant(
            name: "fcntl", index: 1, harmless: .anyFixed(but: [8, 10, 15]),
            risk: "sends signals to other processes and changes how descriptors behave"),
        // linux/seccomp.h: SECCOMP_GET_ACTION_AVAIL and SECCOMP_GET_NOTIF_SIZES.
        ArgumentGrant(
            name: "seccomp", index: 0, harmless: .these([2, 3]),
            risk: "sets filters, by which calls fail where a program does not expect it"),
        // 0 is the process itself.
        ArgumentGrant(
            name: "prlimit64", index: 0, harmless: .these([0]),
            risk: "changes the limits of other processes of the account"),
        // The zygote's socket, closed before the image is there.
        ArgumentGrant(
            name: "sendmsg", index: 0, harmless: .these([5]),
            risk: "sends data and descriptors through a socket"),
    ]
}
