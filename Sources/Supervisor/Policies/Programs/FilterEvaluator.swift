import SandboxPolicy

/// Runs a program as the kernel does: linux/filter.h, `bpf_convert_filter` in net/core/filter.c and
/// `seccomp_check_filter` in kernel/seccomp.c.
///
/// Every instruction that ``CompiledFilter`` admits has its meaning here. Jumps lead forward only, so
/// a run is never longer than the program. Words of memory that were never written are 0; the kernel
/// does not take a program that reads them.
extension CompiledFilter {
    /// What the program returns for a call: a SECCOMP_RET_* value with its data.
    func answer(to call: SeccompCall) -> UInt32 {
        var machine = ClassicMachine()
        var next = 0
        while true {
            let instruction = instructions[next]
            next += 1
            switch machine.step(instruction, call) {
            case .next: continue
            case .skip(let count): next += count
            case .end(let value): return value
            }
        }
    }
}

/// The registers of classic BPF: 32 bits each, arithmetic that wraps.
private struct ClassicMachine {
    private var a: UInt32 = 0
    private var x: UInt32 = 0
    private var memory = [16 of UInt32](repeating: 0)

    enum Step {
        case next
        case skip(Int)
        case end(UInt32)
    }

    @inline(__always)
    mutating func step(_ instruction: FilterInstruction, _ call: SeccompCall) -> Step {
        let k = instruction.operand
        switch instruction.code & 0x07 {
        case 0x00: a = loaded(instruction, call)
        case 0x01: x = loaded(instruction, call)
        case 0x02: memory[Int(k)] = a
        case 0x03: memory[Int(k)] = x
        case 0x04:
            guard let result = computed(instruction) else { return .end(0) }
            a = result
        case 0x05:
            if instruction.code == 0x05 { return .skip(Int(k)) }
            return .skip(Int(holds(instruction) ? instruction.jumpTrue : instruction.jumpFalse))
        case 0x06: return .end(instruction.code == 0x16 ? a : k)
        default:
            if instruction.code == 0x07 { x = a } else { a = x }
        }
        return .next
    }

    /// Loads by mode: a constant, a word of the call, a word of memory, the length of the data.
    private func loaded(_ instruction: FilterInstruction, _ call: SeccompCall) -> UInt32 {
        switch instruction.code & 0xe0 {
        case 0x00: instruction.operand
        case 0x20: call.word(at: instruction.operand)
        case 0x60: memory[Int(instruction.operand)]
        default: SeccompCall.size
        }
    }

    /// The new accumulator; nil after a division by zero, on which the kernel returns 0.
    private func computed(_ instruction: FilterInstruction) -> UInt32? {
        let operand = instruction.code & 0x08 == 0 ? instruction.operand : x
        switch instruction.code & 0xf0 {
        case 0x00: return a &+ operand
        case 0x10: return a &- operand
        case 0x20: return a &* operand
        case 0x30: return operand == 0 ? nil : a / operand
        case 0x40: return a | operand
        case 0x50: return a & operand
        // Of a shift by X the kernel, as the processors it runs on, uses the lowest five bits.
        case 0x60: return a &<< operand
        case 0x70: return a &>> operand
        case 0x80: return 0 &- a
        default: return a ^ operand
        }
    }

    private func holds(_ instruction: FilterInstruction) -> Bool {
        let operand = instruction.code & 0x08 == 0 ? instruction.operand : x
        switch instruction.code & 0xf0 {
        case 0x10: return a == operand
        case 0x20: return a > operand
        case 0x30: return a >= operand
        default: return a & operand != 0
        }
    }
}

extension SeccompAction {
    /// What the kernel does with a value that a program returns (`__seccomp_filter` in
    /// kernel/seccomp.c); nil for one that it has no action for, on which it kills the process.
    init?(returnValue: UInt32) {
        let data = UInt16(truncatingIfNeeded: returnValue)
        switch returnValue & 0xffff_0000 {
        case 0x8000_0000: self = .killProcess
        case 0x0000_0000: self = .killThread
        case 0x0003_0000: self = .trap
        case 0x0005_0000: self = .errno(min(data, Self.largestErrno))
        case 0x7fc0_0000: self = .notify
        case 0x7ff0_0000: self = .trace(data)
        case 0x7ffc_0000: self = .log
        case 0x7fff_0000: self = .allow
        default: return nil
        }
    }
}
