/// The seccomp part of a policy, as the OCI runtime specification has it (`linux.seccomp`).
public struct SeccompRules: Equatable, Sendable {
    /// What happens to a call that no rule names.
    public var defaultAction: SeccompAction
    /// The architectures the rules are meant for; the program is for the one it is compiled on.
    public var architectures: [SeccompArchitecture]
    public var rules: [SyscallRule]

    public init(
        defaultAction: SeccompAction, architectures: [SeccompArchitecture], rules: [SyscallRule]
    ) {
        self.defaultAction = defaultAction
        self.architectures = architectures
        self.rules = rules
    }
}

/// What the kernel does with a call, seccomp(2).
public enum SeccompAction: Equatable, Sendable {
    case allow
    /// Allowed, with a line in the audit log.
    case log
    /// Answered with this errno, 0 to ``largestErrno``, and not carried out.
    case errno(UInt16)
    /// Held until the zygote, which records it, has killed the child.
    case notify
    /// Answered by a tracer with this number, 0 to 65,535; ENOSYS where there is none.
    case trace(UInt16)
    /// SIGSYS.
    case trap
    case killThread
    case killProcess

    /// The kernel's MAX_ERRNO; it lowers larger values to this one.
    public static let largestErrno: UInt16 = 4095

    /// Whether the call is carried out.
    public var permits: Bool { self == .allow || self == .log }

    /// The value that the filter program returns (SECCOMP_RET_*, linux/seccomp.h); libseccomp's
    /// SCMP_ACT_* are the same numbers.
    public var returnValue: UInt32 {
        switch self {
        case .killProcess: 0x8000_0000
        case .killThread: 0x0000_0000
        case .trap: 0x0003_0000
        case .errno(let value): 0x0005_0000 | UInt32(value)
        case .notify: 0x7fc0_0000
        case .trace(let value): 0x7ff0_0000 | UInt32(value)
        case .log: 0x7ffc_0000
        case .allow: 0x7fff_0000
        }
    }

    /// The name in the OCI runtime specification.
    public var name: String {
        switch self {
        case .allow: "SCMP_ACT_ALLOW"
        case .log: "SCMP_ACT_LOG"
        case .errno: "SCMP_ACT_ERRNO"
        case .notify: "SCMP_ACT_NOTIFY"
        case .trace: "SCMP_ACT_TRACE"
        case .trap: "SCMP_ACT_TRAP"
        case .killThread: "SCMP_ACT_KILL_THREAD"
        case .killProcess: "SCMP_ACT_KILL_PROCESS"
        }
    }
}

/// The architectures that children can have. Any other kills the process.
public enum SeccompArchitecture: String, CaseIterable, Sendable {
    case amd64 = "SCMP_ARCH_X86_64"
    case arm64 = "SCMP_ARCH_AARCH64"

    /// The kernel's AUDIT_ARCH value (linux/audit.h), as filters see it and libseccomp names it.
    public var auditValue: UInt32 {
        switch self {
        case .amd64: 0xc000_003e
        case .arm64: 0xc000_00b7
        }
    }

    /// The one this program was compiled for, nil when policies do not cover it.
    public static var native: SeccompArchitecture? {
        #if arch(x86_64)
            .amd64
        #elseif arch(arm64)
            .arm64
        #else
            nil
        #endif
    }
}

/// One rule: the action for some calls, where all conditions hold. Several rules for one call are
/// alternatives.
public struct SyscallRule: Equatable, Sendable {
    /// A call by name, and where the file names it.
    public struct Name: Equatable, Sendable {
        public var text: String
        public var position: SourcePosition

        public init(_ text: String, at position: SourcePosition) {
            self.text = text
            self.position = position
        }
    }

    /// At least one.
    public var names: [Name]
    public var action: SeccompAction
    /// All must hold; each argument at most once.
    public var conditions: [ArgumentCondition]
    /// Why the rule is there, in its author's words.
    public var comment: String?
    public var position: SourcePosition
    /// Where the file names the action; nil where nobody noted it.
    public var actionPosition: SourcePosition?
    /// Where the file has each of ``conditions``; empty where nobody noted it.
    public var conditionPositions: [SourcePosition]
    /// The file that has the rule where it is not the policy's own but its base's.
    public var file: String?

    public init(
        names: [Name], action: SeccompAction, conditions: [ArgumentCondition] = [],
        comment: String? = nil, position: SourcePosition = .start,
        actionPosition: SourcePosition? = nil, conditionPositions: [SourcePosition] = [],
        file: String? = nil
    ) {
        self.names = names
        self.action = action
        self.conditions = conditions
        self.comment = comment
        self.position = position
        self.actionPosition = actionPosition
        self.conditionPositions = conditionPositions
        self.file = file
    }
}

/// A comparison of one 64-bit argument of a call.
public struct ArgumentCondition: Equatable, Sendable {
    /// The raw value is the name in the OCI runtime specification.
    public enum Comparison: String, CaseIterable, Sendable {
        case notEqual = "SCMP_CMP_NE"
        case less = "SCMP_CMP_LT"
        case lessOrEqual = "SCMP_CMP_LE"
        case equal = "SCMP_CMP_EQ"
        case greaterOrEqual = "SCMP_CMP_GE"
        case greater = "SCMP_CMP_GT"
        /// `argument & value == valueTwo`.
        case maskedEqual = "SCMP_CMP_MASKED_EQ"
    }

    /// 0 to 5.
    public var index: UInt8
    public var comparison: Comparison
    /// The datum, for ``Comparison/maskedEqual`` the mask.
    public var value: UInt64
    /// The result under the mask; 0 for every other comparison.
    public var valueTwo: UInt64

    public init(index: UInt8, _ comparison: Comparison, value: UInt64, valueTwo: UInt64 = 0) {
        self.index = index
        self.comparison = comparison
        self.value = value
        self.valueTwo = valueTwo
    }
}
