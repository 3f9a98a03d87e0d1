import SandboxPolicy

/// What a filter decides about: `struct seccomp_data` of linux/seccomp.h.
struct SeccompCall: Equatable, Sendable {
    /// An AUDIT_ARCH value, linux/audit.h.
    var architecture: UInt32
    var number: UInt32
    /// Six whole registers. Those that a call does not use hold anything.
    var arguments: [UInt64]
    var instructionPointer: UInt64

    /// Arguments that are not given are 0, and those beyond the sixth are not looked at.
    init(
        architecture: UInt32, number: UInt32, arguments: [UInt64] = [],
        instructionPointer: UInt64 = 0
    ) {
        self.architecture = architecture
        self.number = number
        let missing = Self.argumentCount - arguments.count
        self.arguments =
            missing > 0
            ? arguments + [UInt64](repeating: 0, count: missing)
            : Array(arguments.prefix(Self.argumentCount))
        self.instructionPointer = instructionPointer
    }

    init(_ number: UInt32, _ arguments: [UInt64] = [], on architecture: SeccompArchitecture) {
        self.init(architecture: architecture.auditValue, number: number, arguments: arguments)
    }

    static let argumentCount = 6

    /// Bytes of the structure.
    static let size: UInt32 = 64

    /// The four bytes at a multiple of 4 below ``size``, as a little-endian machine reads them.
    func word(at offset: UInt32) -> UInt32 {
        let whole: UInt64
        switch offset {
        case 0: return number
        case 4: return architecture
        case 8, 12: whole = instructionPointer
        default: whole = arguments[Int(offset - 16) / 8]
        }
        return UInt32(truncatingIfNeeded: offset.isMultiple(of: 8) ? whole : whole >> 32)
    }
}

extension SeccompArchitecture {
    /// Whether a number is none of this architecture's although its AUDIT_ARCH value is: those of
    /// x32 (`__X32_SYSCALL_BIT`, asm/unistd.h) and all above. -1 is no call, and what a tracer writes
    /// to skip one.
    func isForeign(number: UInt32) -> Bool {
        self == .amd64 && number >= 0x4000_0000 && number != .max
    }
}
