import Randomness
import SandboxPolicy

/// Random programs that the kernel takes, of every kind of instruction that seccomp permits.
enum RandomFilter {
    private static let constants: [UInt32] = [
        0, 1, 2, 3, 4, 31, 32, 33, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
    ]

    /// What a program returns. The probe's own markers are not among them.
    private static let answers: [UInt32] = [
        0x7fff_0000, 0x7ffc_0000, 0x7ff0_0007, 0x7fc0_0000, 0x0005_0001, 0x0005_0026, 0x0005_0fff,
        0x0003_0005, 0x8000_0000, 0x0000_0000, 0x0005_0000, 0x1234_0000,
    ]

    static func filter(using random: inout RepeatableRandom) throws -> CompiledFilter {
        let body = Int.random(in: 8...60, using: &random)
        // Words have to be written before they are read.
        var program: [FilterInstruction] = []
        for word in UInt32(0)..<16 {
            program.append(FilterInstruction(code: 0x20, operand: 4 * word))
            program.append(FilterInstruction(code: word % 2 == 0 ? 0x02 : 0x03, operand: word))
            if word % 3 == 0 { program.append(FilterInstruction(code: 0x07, operand: 0)) }
        }
        for place in 0..<body {
            program.append(instruction(followedBy: body - place, using: &random))
        }
        if Bool.random(using: &random) {
            program.append(FilterInstruction(code: 0x15, jumpFalse: 1, operand: 2))
            program.append(FilterInstruction(code: 0x16, operand: 0))
        }
        // A jump over the body's last instructions lands in these.
        program += answers.shuffled(using: &random).prefix(3).map {
            FilterInstruction(code: 0x06, operand: $0)
        }
        return try CompiledFilter(program)
    }

    static func value(using random: inout RepeatableRandom) -> UInt64 {
        let low = UInt64(constant(using: &random))
        return Bool.random(using: &random) ? low : UInt64(constant(using: &random)) << 32 | low
    }

    private static func constant(using random: inout RepeatableRandom) -> UInt32 {
        if UInt32.random(in: 0..<4, using: &random) == 0 {
            return UInt32(truncatingIfNeeded: random.next())
        }
        return constants.randomElement(using: &random) ?? 0
    }

    private static func instruction(
        followedBy rest: Int, using random: inout RepeatableRandom
    ) -> FilterInstruction {
        let k = constant(using: &random)
        func plain(_ codes: [UInt16], _ operand: UInt32) -> FilterInstruction {
            FilterInstruction(
                code: codes.randomElement(using: &random) ?? 0x20, operand: operand)
        }
        func skip() -> UInt8 { UInt8.random(in: 0...UInt8(min(rest, 12)), using: &random) }
        switch UInt32.random(in: 0..<12, using: &random) {
        case 0, 1: return FilterInstruction(code: 0x20, operand: k % 16 * 4)
        case 2: return plain([0x00, 0x01, 0x80, 0x81], k)
        case 3: return plain([0x02, 0x03, 0x60, 0x61], k % 16)
        case 4: return plain([0x07, 0x87, 0x84], 0)
        case 5: return plain([0x04, 0x14, 0x24, 0x44, 0x54, 0xa4], k)
        case 6: return plain([0x0c, 0x1c, 0x2c, 0x3c, 0x4c, 0x5c, 0xac, 0x6c, 0x7c], 0)
        case 7: return plain([0x34], max(k, 1))
        case 8: return plain([0x64, 0x74], k % 32)
        case 9: return FilterInstruction(code: 0x05, operand: UInt32(skip()))
        case 10:
            let code: UInt16 = [0x15, 0x25, 0x35, 0x45].randomElement(using: &random) ?? 0x15
            return FilterInstruction(code: code, jumpTrue: skip(), jumpFalse: skip(), operand: k)
        default:
            let code: UInt16 = [0x1d, 0x2d, 0x3d, 0x4d].randomElement(using: &random) ?? 0x1d
            return FilterInstruction(code: code, jumpTrue: skip(), jumpFalse: skip(), operand: 0)
        }
    }
}
