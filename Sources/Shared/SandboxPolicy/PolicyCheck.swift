/// What a diagnostic about a policy file is about. The raw value is what people write in searches,
/// suppressions and tickets; it never changes meaning between releases.
public enum PolicyCheck: String, CaseIterable, Sendable {
    /// The file cannot be read, is too large, or is not YAML in UTF-8.
    case unreadable
    /// A key, a type or a value that this place cannot have, or one that is missing.
    case structure
    /// Something that other programs honour and this one cannot.
    case notHonoured = "not-honoured"
    /// A name of no system call, or of none on the architectures that the policy covers.
    case unknownSyscall = "unknown-syscall"
    /// A profile without `x-glovebox`: every tool reads it, and it is not served.
    case notServable = "not-servable"
    /// A call that no rule names is not stopped, or its caller lives on.
    case openDefault = "open-default"
    /// The program would not tell the system calls of one architecture from those of another.
    case architecture
    /// A call that gives away the host, allowed.
    case dangerousGrant = "dangerous-grant"
    /// Memory that is written and then executed.
    case executableMemory = "executable-memory"
    /// A call that makes processes or namespaces instead of threads.
    case processCreation = "process-creation"
    /// A call that opens files without a root that holds none of the host's.
    case fileAccess = "file-access"
    /// A rule without a comment that says what needs it.
    case missingReason = "missing-reason"
    /// A comparison of a 32-bit argument that the upper half of the register decides.
    case unmaskedComparison = "unmasked-comparison"
    /// Two conditions on one argument, which other tools read as either.
    case alternativeConditions = "alternative-conditions"
    /// A comparison that no argument, or every argument, meets.
    case emptyCondition = "empty-condition"
    /// A comparison of an address, which says nothing about what lies there.
    case pointerComparison = "pointer-comparison"
    /// Two rules for one call that contradict each other.
    case contradiction
    /// A rule that changes nothing.
    case shadowedRule = "shadowed-rule"
    /// An action that leaves a process of several threads hanging, or its record empty.
    case unfitAction = "unfit-action"
    /// A call without which no child gets as far as its image.
    case neededCall = "needed-call"
    /// A limit with which no image comes through, or that gives a child more than it uses.
    case unfitLimit = "unfit-limit"
    /// A program longer than the kernel takes, or near it.
    case programLength = "program-length"
    /// A program that does not do what the policy says.
    case programMismatch = "program-mismatch"
}
