internal import CLinux
internal import SandboxPolicy
internal import WireProtocol

/// The resource limits of one child (getrlimit(2)): what follows from the policy's budget, what the
/// policy sets as it stands, and for all it does not speak of the tightest that decoding bears.
struct ChildLimits {
    /// What the child sets itself.
    let own: [ResourceLimit]
    /// What its zygote sets once it has the listener. Sending a descriptor is refused
    /// (ETOOMANYREFS) where the user has more in flight than this limit of the sender's, and
    /// siblings and strangers of the same user count too.
    let openFiles: ResourceLimit

    /// - Parameters:
    ///   - configuration: the policy's budget and its own limits.
    ///   - resting: what the zygote occupies, which a forked child starts with.
    ///   - countsAlone: whether the child has a user namespace of its own, within which processes
    ///     are counted.
    init(
        _ configuration: ZygoteConfiguration, _ resting: PreparedZygote.RestingMemory,
        countsAlone: Bool = true
    ) {
        let budget = configuration.memoryBudget
        let processor = UInt64(configuration.cpuSeconds)
        let computed = [
            // DATA counts what is private and writable: the budget.
            Self.exactly(.data, resting.data.saturatingAdd(budget)),
            // AS counts every mapping, read-only ones and guards too: the belt.
            Self.exactly(
                .addressSpace,
                resting.addressSpace.saturatingAdd(budget).saturatingAdd(budget)),
            // SIGXCPU at the soft limit, SIGKILL a second later should it be ignored.
            ResourceLimit(.cpu, soft: processor, hard: processor + 1),
            Self.processes(configuration.threads, countsAlone),
        ]
        let chosen = computed + configuration.resourceLimits
        let all =
            chosen + Self.standard.filter { limit in !chosen.contains { $0.kind == limit.kind } }
        own = all.filter { $0.kind != .openFiles }
        openFiles = all.first { $0.kind == .openFiles } ?? Self.exactly(.openFiles, 7)
    }

    /// As many children as a service can have at the most.
    private static let mostChildren: UInt64 = 256

    /// Threads: the child's user namespace holds this child alone. Without one the kernel counts
    /// everything that runs under the account, and a limit for one child would starve its siblings;
    /// the limit then stands where all children together could reach it, to keep one that makes
    /// threads without end from the machine's last process id.
    private static func processes(_ threads: UInt32, _ countsAlone: Bool) -> ResourceLimit {
        if countsAlone { return exactly(.processes, UInt64(threads)) }
        let hard = clinux_hard_limit(CInt(ResourceLimit.Kind.processes.rawValue))
        return exactly(.processes, min(hard, UInt64(threads) * mostChildren))
    }

    private static let standard = [
        // No file can grow, also none that a mistake should let it open.
        exactly(.fileSize, 0),
        // 0 to 5, and the seccomp listener for the moment it takes to hand it over.
        exactly(.openFiles, 7),
        exactly(.core, 0),
        exactly(.stack, 8 << 20),
        exactly(.lockedMemory, 0),
        exactly(.messageQueues, 0),
        exactly(.pendingSignals, 16),
        exactly(.fileLocks, 0),
        exactly(.nice, 0),
        exactly(.realTimePriority, 0),
    ]

    private static func exactly(_ kind: ResourceLimit.Kind, _ value: UInt64) -> ResourceLimit {
        ResourceLimit(kind, soft: value, hard: value)
    }
}

extension UInt64 {
    /// The sum, or the largest value where it does not fit.
    fileprivate func saturatingAdd(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
