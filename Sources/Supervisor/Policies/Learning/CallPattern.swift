import SandboxPolicy

/// The calls that one rule stands for, learnt from single calls: which bits of which arguments are
/// fixed.
///
/// Addresses, sizes, offsets, plain numbers and process numbers are never compared: they differ
/// from one image to the next. An argument that chooses one of several things is compared whole, so
/// that each choice is a pattern of its own. An argument made of flags is compared by the bits that
/// were the same in every call seen. Every comparison is of the lower 32 bits, as in
/// policies/raster.yaml.
struct CallPattern: Hashable, Sendable {
    /// One argument: `argument & ~free == value`, in its lower half.
    struct Comparison: Hashable, Sendable {
        let index: Int
        /// The bits that are fixed to 1.
        var value: UInt32
        /// The bits that may be either.
        var free: UInt32
        /// Whether further calls may free more bits, as those of flags do.
        let widens: Bool

        func contains(_ other: Self) -> Bool {
            index == other.index && free | other.free == free && (value ^ other.value) & ~free == 0
        }

        var condition: ArgumentCondition? {
            // A mask of 0 would compare nothing.
            guard free != .max else { return nil }
            return ArgumentCondition(
                index: UInt8(index), .maskedEqual, value: UInt64(~free), valueTwo: UInt64(value))
        }
    }

    let name: String
    /// By index, each at most once.
    private(set) var comparisons: [Comparison]

    /// What tells patterns of one call apart that are never joined.
    var key: CallPattern {
        CallPattern(name: name, comparisons: comparisons.filter { !$0.widens })
    }

    /// As rules have them.
    var conditions: [ArgumentCondition] { comparisons.compactMap(\.condition) }

    private init(name: String, comparisons: [Comparison]) {
        self.name = name
        self.comparisons = comparisons
    }

    /// The pattern of one call and those that differ from it in what is never compared.
    ///
    /// - Parameters:
    ///   - entry: What the call is.
    ///   - indices: The arguments that are compared; nil for all that can be.
    init(
        _ call: SeccompCall, of entry: SyscallEntry, root: SandboxRoot, comparing indices: Set<Int>?
    ) {
        let arguments = entry.arguments.indices.filter { indices?.contains($0) ?? true }
        self.init(
            name: entry.name,
            comparisons: arguments.compactMap { index in
                Self.comparison(
                    of: UInt32(truncatingIfNeeded: call.arguments[index]), at: index, in: entry,
                    root: root)
            })
    }

    /// The pattern that a rule for one call has, as far as it is one that learning writes.
    init?(_ conditions: [ArgumentCondition], of entry: SyscallEntry) {
        var comparisons: [Comparison] = []
        for condition in conditions.sorted(by: { $0.index < $1.index }) {
            let index = Int(condition.index)
            guard condition.comparison == .maskedEqual, entry.arguments.indices.contains(index),
                let mask = UInt32(exactly: condition.value),
                let value = UInt32(exactly: condition.valueTwo), value & ~mask == 0
            else { return nil }
            let role = Self.role(of: index, in: entry)
            guard role != .free else { return nil }
            comparisons.append(
                Comparison(index: index, value: value, free: ~mask, widens: role == .flags))
        }
        self.init(name: entry.name, comparisons: comparisons)
    }

    /// Whether every call of another pattern is one of this.
    func contains(_ other: CallPattern) -> Bool {
        name == other.name
            && comparisons.allSatisfy { own in other.comparisons.contains(where: own.contains) }
    }

    /// Takes in the calls of another pattern with the same key: the smallest that holds both.
    mutating func widen(by other: CallPattern) {
        for (place, own) in comparisons.enumerated() where own.widens {
            // What the other does not compare this one cannot compare either.
            guard let more = other.comparisons.first(where: { $0.index == own.index }) else {
                comparisons[place].free = .max
                comparisons[place].value = 0
                continue
            }
            let free = own.free | more.free | (own.value ^ more.value)
            comparisons[place].free = free
            comparisons[place].value &= ~free
        }
    }
}

/// What is compared of which argument.
extension CallPattern {
    private enum Role { case free, choice, flags }

    private static func role(of index: Int, in entry: SyscallEntry) -> Role {
        // A value that decides whether the call is dangerous is always compared.
        if ArgumentGrant.all.contains(where: { $0.name == entry.name && $0.index == index }) {
            return .choice
        }
        switch entry.arguments[index].kind {
        case .pointer, .size, .offset, .int, .unsigned, .processID, .permissions: return .free
        case .protection, .mapFlags, .remapFlags, .openFlags, .accessMode, .randomFlags, .atFlags:
            return .flags
        case .descriptor, .advice, .cloneFlags, .futexOperation, .signal, .prctlOption, .clock,
            .ioctlRequest, .fcntlCommand, .socketFamily, .seekWhence, .socketType, .maskOperation,
            .resource, .archOption:
            return .choice
        }
    }

    private static func comparison(
        of value: UInt32, at index: Int, in entry: SyscallEntry, root: SandboxRoot
    ) -> Comparison? {
        let kind = entry.arguments[index].kind
        let role = role(of: index, in: entry)
        if role == .free { return nil }
        if kind == .descriptor, root == .documents, readsOpened.contains(entry.name),
            value == freed || (firstOpened...lastOpened).contains(value)
        {
            return nil
        }
        let free = kind == .futexOperation ? Futex.flags(of: value) : 0
        return Comparison(index: index, value: value & ~free, free: free, widens: role == .flags)
    }

    /// Calls that only look at what is open. Which number a font gets depends on what else is open,
    /// and whatever a child opens it has opened for reading.
    private static let readsOpened: Set<String> = [
        "close", "fadvise64", "fcntl", "fstat", "fstatfs", "getdents64", "lseek", "mmap",
        "newfstatat", "pread64", "read", "readv",
    ]

    /// The job pipe is closed once the job is read, and what is opened first gets its number.
    private static let freed: UInt32 = 0
    /// What is opened after it gets numbers behind those that a child was given: 0 to 4.
    private static let firstOpened: UInt32 = 5
    /// No negative number, such as AT_FDCWD.
    private static let lastOpened = UInt32(Int32.max)

    /// linux/futex.h
    private enum Futex {
        static let privately: UInt32 = 0x80
        static let realTime: UInt32 = 0x100

        /// The flags that a command can carry or not without being another one.
        static func flags(of operation: UInt32) -> UInt32 {
            // FUTEX_WAIT_BITSET waits by either clock.
            operation & 0x7f == 9 ? privately | realTime : privately
        }
    }
}
