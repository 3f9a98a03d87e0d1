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
    init(_ configuration: ZygoteConfiguration, _ resting: PreparedZygote.RestingMemory) {
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
            // Threads: the child's user namespace holds this child alone.
            Self.exactly(.processes, UInt64(configuration.threads)),
        ]
        let chosen = computed + configuration.resourceLimits
        let all =
            chosen + Self.standard.filter { limit in !chosen.contains { $0.kind == limit.kind } }
        own = all.filter { $0.kind != .openFiles }
        openFiles = all.first { $0.kind == .openFiles } ?? Self.exactly(.openFiles, 7)
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
