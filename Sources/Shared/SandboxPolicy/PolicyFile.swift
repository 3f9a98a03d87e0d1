public import ImageVocabulary

/// One policy: which formats its zygote decodes, and what holds the children that do it.
public struct PolicyFile: Equatable, Sendable {
    /// The file's name without its extension; a label in records and metrics.
    public var name: String
    /// The path it was read from, as it was given.
    public var path: String
    /// The formats its children decode, each once.
    public var formats: [ImageFormat]
    /// Formats that its children decode too, for a job that needs it: a watermark's, or that of a
    /// source whose own policy cannot write the result.
    public var also: [ImageFormat]
    public var seccomp: SeccompRules
    /// Limits set as they stand. Those that follow from ``limits`` are never among them.
    public var resourceLimits: [ResourceLimit]
    public var limits: PolicyLimits
    /// What its children may open.
    public var root: SandboxRoot
    /// Layers without which the zygote does not start.
    public var requiredLayers: [Layer]
    /// What the author should know although the file is served.
    public var warnings: [PolicyDiagnostic]

    public init(
        name: String, path: String, formats: [ImageFormat], also: [ImageFormat] = [],
        seccomp: SeccompRules,
        resourceLimits: [ResourceLimit] = [], limits: PolicyLimits = PolicyLimits(),
        root: SandboxRoot = .empty, requiredLayers: [Layer] = Layer.alwaysRequired,
        warnings: [PolicyDiagnostic] = []
    ) {
        self.name = name
        self.path = path
        self.formats = formats
        self.also = also
        self.seccomp = seccomp
        self.resourceLimits = resourceLimits
        self.limits = limits
        self.root = root
        self.requiredLayers = requiredLayers
        self.warnings = warnings
    }
}

/// What one job may cost at most under a policy. A job's own limits may only be lower.
public struct PolicyLimits: Equatable, Sendable {
    /// What the child checks at the header and the supervisor at the result.
    public var job: JobLimits
    /// Bytes a child may allocate on top of what the resting zygote holds.
    public var memory: UInt64
    /// Processor time in seconds, all threads together (RLIMIT_CPU; the kernel counts seconds).
    public var cpuSeconds: UInt32
    /// Threads of one child, its first included (RLIMIT_NPROC in its own user namespace).
    public var threads: UInt32

    public init(
        job: JobLimits = JobLimits(), memory: UInt64 = 768 << 20, cpuSeconds: UInt32 = 10,
        threads: UInt32 = 16
    ) {
        self.job = job
        self.memory = memory
        self.cpuSeconds = cpuSeconds
        self.threads = threads
    }
}

/// One `setrlimit`, setrlimit(2).
public struct ResourceLimit: Equatable, Sendable {
    /// The raw value is the kernel's number on x86-64 and AArch64.
    public enum Kind: UInt8, CaseIterable, Sendable {
        case cpu = 0
        case fileSize = 1
        case data = 2
        case stack = 3
        case core = 4
        case residentSet = 5
        case processes = 6
        case openFiles = 7
        case lockedMemory = 8
        case addressSpace = 9
        case fileLocks = 10
        case pendingSignals = 11
        case messageQueues = 12
        case nice = 13
        case realTimePriority = 14
        case realTimeRuntime = 15

        /// The name in the OCI runtime specification and in setrlimit(2).
        public var name: String {
            switch self {
            case .cpu: "RLIMIT_CPU"
            case .fileSize: "RLIMIT_FSIZE"
            case .data: "RLIMIT_DATA"
            case .stack: "RLIMIT_STACK"
            case .core: "RLIMIT_CORE"
            case .residentSet: "RLIMIT_RSS"
            case .processes: "RLIMIT_NPROC"
            case .openFiles: "RLIMIT_NOFILE"
            case .lockedMemory: "RLIMIT_MEMLOCK"
            case .addressSpace: "RLIMIT_AS"
            case .fileLocks: "RLIMIT_LOCKS"
            case .pendingSignals: "RLIMIT_SIGPENDING"
            case .messageQueues: "RLIMIT_MSGQUEUE"
            case .nice: "RLIMIT_NICE"
            case .realTimePriority: "RLIMIT_RTPRIO"
            case .realTimeRuntime: "RLIMIT_RTTIME"
            }
        }

        /// The key of `x-glovebox.limits` from which this limit is computed, nil when a policy
        /// sets it directly.
        public var computedFrom: String? {
            switch self {
            case .cpu: "cpu"
            case .processes: "threads"
            case .data, .addressSpace: "memory"
            default: nil
            }
        }
    }

    public var kind: Kind
    public var soft: UInt64
    /// At least ``soft``.
    public var hard: UInt64

    public init(_ kind: Kind, soft: UInt64, hard: UInt64) {
        self.kind = kind
        self.soft = soft
        self.hard = hard
    }
}
