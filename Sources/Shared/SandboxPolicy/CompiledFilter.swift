/// One instruction of classic BPF (`struct sock_filter`, linux/filter.h).
public struct FilterInstruction: Equatable, Sendable {
    public var code: UInt16
    /// Instructions to skip when a comparison holds.
    public var jumpTrue: UInt8
    /// Instructions to skip when it does not.
    public var jumpFalse: UInt8
    public var operand: UInt32

    public init(code: UInt16, jumpTrue: UInt8 = 0, jumpFalse: UInt8 = 0, operand: UInt32) {
        self.code = code
        self.jumpTrue = jumpTrue
        self.jumpFalse = jumpFalse
        self.operand = operand
    }

    /// Bytes of one encoded instruction.
    public static let size = 8
}

/// A finished seccomp program: what the supervisor compiles, the wire carries and a child installs.
///
/// A value of this type holds only what the kernel would take: the checks are those of
/// `bpf_check_classic` and `seccomp_check_filter`, but for the one on memory words read before they
/// are written.
public struct CompiledFilter: Equatable, Sendable {
    /// 1 to ``largestCount``, every path ends in a return.
    public let instructions: [FilterInstruction]

    /// The kernel's BPF_MAXINSNS.
    public static let largestCount = 4_096

    /// - Throws: ``CompiledFilterError`` for what the kernel would refuse.
    public init(_ instructions: [FilterInstruction]) throws(CompiledFilterError) {
        guard !instructions.isEmpty, instructions.count <= Self.largestCount else {
            throw .badLength(instructions.count)
        }
        for (index, instruction) in instructions.enumerated() {
            let rest = instructions.count - index - 1
            guard FilterCheck.isPermitted(instruction, followedBy: rest) else {
                throw .badInstruction(index)
            }
        }
        guard FilterCheck.isReturn(instructions[instructions.count - 1]) else {
            throw .endsWithoutReturn
        }
        self.instructions = instructions
    }

    /// Reads ``encodedBytes``.
    ///
    /// - Throws: ``CompiledFilterError`` for what the kernel would refuse.
    public init(encoded bytes: Span<UInt8>) throws(CompiledFilterError) {
        let size = FilterInstruction.size
        guard bytes.count.isMultiple(of: size) else { throw .badLength(bytes.count) }
        let count = bytes.count / size
        guard count <= Self.largestCount else { throw .badLength(count) }
        var instructions: [FilterInstruction] = []
        instructions.reserveCapacity(count)
        for start in stride(from: 0, to: bytes.count, by: size) {
            var operand: UInt32 = 0
            for index in 0..<4 { operand |= UInt32(bytes[start + 4 + index]) << UInt32(8 * index) }
            instructions.append(
                FilterInstruction(
                    code: UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8,
                    jumpTrue: bytes[start + 2], jumpFalse: bytes[start + 3], operand: operand))
        }
        try self.init(instructions)
    }

    /// The program as `struct sock_filter[]` in little-endian order, 8 bytes an instruction.
    public var encodedBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(instructions.count * FilterInstruction.size)
        for instruction in instructions {
            bytes.append(UInt8(truncatingIfNeeded: instruction.code))
            bytes.append(UInt8(truncatingIfNeeded: instruction.code >> 8))
            bytes.append(instruction.jumpTrue)
            bytes.append(instruction.jumpFalse)
            for shift: UInt32 in [0, 8, 16, 24] {
                bytes.append(UInt8(truncatingIfNeeded: instruction.operand >> shift))
            }
        }
        return bytes
    }
}

/// What makes instructions no seccomp program.
public enum CompiledFilterError: Error, Equatable, Sendable {
    /// No instruction, more than the kernel takes, or bytes that are no whole instructions.
    case badLength(Int)
    /// The instruction at this index is none seccomp permits, or jumps out of the program.
    case badInstruction(Int)
    /// The last instruction is not a return.
    case endsWithoutReturn
}

/// The kernel's own conditions for one instruction.
private enum FilterCheck {
    /// Size of `struct seccomp_data`, the only thing a program can load from.
    private static let dataSize: UInt32 = 64
    private static let memoryWords: UInt32 = 16

    static func isReturn(_ instruction: FilterInstruction) -> Bool {
        instruction.code == 0x06 || instruction.code == 0x16
    }

    static func isPermitted(_ instruction: FilterInstruction, followedBy rest: Int) -> Bool {
        let operand = instruction.operand
        switch instruction.code {
        case 0x20:  // load a word of seccomp_data
            return operand < dataSize && operand.isMultiple(of: 4)
        case 0x00, 0x01, 0x80, 0x81:  // load a constant or the data's length, into A or X
            return true
        case 0x02, 0x03, 0x60, 0x61:  // store and load memory words, A and X
            return operand < memoryWords
        case 0x06, 0x16:  // return a constant, or A
            return true
        case 0x07, 0x87:  // copy between A and X
            return true
        case 0x04, 0x14, 0x24, 0x44, 0x54, 0xa4, 0x84:  // + − × | & ^ with a constant; negate
            return true
        case 0x0c, 0x1c, 0x2c, 0x3c, 0x4c, 0x5c, 0xac, 0x6c, 0x7c:  // the same and ÷ << >> with X
            return true
        case 0x34:  // divide by a constant
            return operand != 0
        case 0x64, 0x74:  // shift by a constant
            return operand < 32
        case 0x05:  // jump always
            return operand < UInt32(rest)
        case 0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d:  // = > >= & with a constant or X
            return Int(instruction.jumpTrue) < rest && Int(instruction.jumpFalse) < rest
        default:
            return false
        }
    }
}
