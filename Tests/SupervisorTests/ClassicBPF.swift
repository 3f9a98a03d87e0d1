import SandboxPolicy

/// What a filter decides about: `struct seccomp_data` (linux/seccomp.h) without the instruction
/// pointer.
struct Call: Sendable, CustomStringConvertible {
    /// AUDIT_ARCH_X86_64 and the 32-bit one of linux/audit.h.
    static let amd64: UInt32 = 0xc000_003e
    static let i386: UInt32 = 0x4000_0003

    var number: UInt32
    var arguments: [UInt64]
    var architecture = Call.amd64

    init(_ number: UInt32, _ arguments: UInt64..., architecture: UInt32 = Call.amd64) {
        self.init(number: number, arguments: arguments, architecture: architecture)
    }

    init(number: UInt32, arguments: [UInt64], architecture: UInt32 = Call.amd64) {
        self.number = number
        self.arguments = arguments + [UInt64](repeating: 0, count: 6 - arguments.count)
        self.architecture = architecture
    }

    var description: String {
        let values = arguments.map { "0x" + String($0, radix: 16) }
        return "\(Int32(bitPattern: number))(\(values.joined(separator: ", ")))"
    }

    /// The word at a byte offset.
    func word(at offset: UInt32) -> UInt32 {
        switch offset {
        case 0: return number
        case 4: return architecture
        case 8, 12: return 0
        default:
            let argument = arguments[Int(offset - 16) / 8]
            return UInt32(truncatingIfNeeded: offset.isMultiple(of: 8) ? argument : argument >> 32)
        }
    }
}

/// Runs a program as the kernel does (linux/filter.h, Documentation/networking/filter.rst): the
/// instructions that libseccomp uses, and a trap for every other one.
enum ClassicBPF {
    static func run(_ filter: CompiledFilter, on call: Call) -> UInt32 {
        var accumulator: UInt32 = 0
        var counter = 0
        while true {
            let instruction = filter.instructions[counter]
            counter += 1
            let operand = instruction.operand
            func jump(_ holds: Bool) {
                counter += Int(holds ? instruction.jumpTrue : instruction.jumpFalse)
            }
            switch instruction.code {
            case 0x20: accumulator = call.word(at: operand)
            case 0x54: accumulator &= operand
            case 0x05: counter += Int(operand)
            case 0x15: jump(accumulator == operand)
            case 0x25: jump(accumulator > operand)
            case 0x35: jump(accumulator >= operand)
            case 0x45: jump(accumulator & operand != 0)
            case 0x06: return operand
            default: preconditionFailure("libseccomp does not write \(instruction.code)")
            }
        }
    }
}
