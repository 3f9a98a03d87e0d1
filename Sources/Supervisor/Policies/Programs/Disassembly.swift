import SandboxPolicy

/// A program as people read it: one instruction a line, jumps with the line they lead to, and the
/// names of the calls that numbers stand for.
struct Disassembly {
    let filter: CompiledFilter
    let architecture: SeccompArchitecture

    var text: String {
        var text = " line  code jt   jf   k\n"
        let words = loadedWords()
        for (line, instruction) in filter.instructions.enumerated() {
            text += " \(Self.number(line)): 0x\(Self.hex(instruction.code, 2)) "
            text +=
                "0x\(Self.hex(instruction.jumpTrue, 2)) 0x\(Self.hex(instruction.jumpFalse, 2)) "
            text += "0x\(Self.hex(instruction.operand, 8))  "
            text += meaning(of: instruction, at: line)
            if let comment = comment(on: instruction, comparing: words[line]) {
                text += "  ; \(comment)"
            }
            text += "\n"
        }
        return text
    }

    /// The offset of the word that the accumulator holds before each instruction, if that is the
    /// same on every way to it.
    private func loadedWords() -> [UInt32?] {
        enum Content: Equatable {
            case unreached
            case word(UInt32)
            case other
        }
        let count = filter.instructions.count
        var contents = [Content](repeating: .unreached, count: count)
        contents[0] = .other
        for (line, instruction) in filter.instructions.enumerated() {
            var content = contents[line]
            switch instruction.code & 0x07 {
            case 0x00:
                content = instruction.code == 0x20 ? .word(instruction.operand) : .other
            case 0x04: content = .other
            case 0x07 where instruction.code == 0x87: content = .other
            default: break
            }
            for target in targets(of: instruction, at: line) where target < count {
                let known = contents[target]
                contents[target] = known == .unreached || known == content ? content : .other
            }
        }
        return contents.map { content in
            if case .word(let offset) = content { offset } else { nil }
        }
    }

    private func targets(of instruction: FilterInstruction, at line: Int) -> [Int] {
        switch instruction.code & 0x07 {
        case 0x05 where instruction.code == 0x05: [line + 1 + Int(instruction.operand)]
        case 0x05:
            [line + 1 + Int(instruction.jumpTrue), line + 1 + Int(instruction.jumpFalse)]
        case 0x06: []
        default: [line + 1]
        }
    }

    private func meaning(of instruction: FilterInstruction, at line: Int) -> String {
        let k = instruction.operand
        let value = "0x" + String(k, radix: 16)
        switch instruction.code {
        case 0x20: return "A = \(Self.name(ofWordAt: k))"
        case 0x00, 0x01: return "\(instruction.code == 0 ? "A" : "X") = \(value)"
        case 0x80, 0x81: return "\(instruction.code == 0x80 ? "A" : "X") = length of the data"
        case 0x60, 0x61: return "\(instruction.code == 0x60 ? "A" : "X") = memory[\(k)]"
        case 0x02, 0x03: return "memory[\(k)] = \(instruction.code == 0x02 ? "A" : "X")"
        case 0x07: return "X = A"
        case 0x87: return "A = X"
        case 0x84: return "A = -A"
        case 0x05: return "goto \(Self.number(line + 1 + Int(k)))"
        case 0x06: return "return \(SeccompAction.text(of: k))"
        case 0x16: return "return A"
        default: break
        }
        let operand = instruction.code & 0x08 == 0 ? value : "X"
        let place = Int(instruction.code & 0xf0) >> 4
        if instruction.code & 0x07 == 0x04 {
            let operators = ["+", "-", "*", "/", "|", "&", "<<", ">>", "", "", "^"]
            return "A \(operators[place])= \(operand)"
        }
        let condition =
            ["", "A == \(operand)", "A > \(operand)", "A >= \(operand)", "A & \(operand)"][place]
        let (yes, no) = (
            line + 1 + Int(instruction.jumpTrue), line + 1 + Int(instruction.jumpFalse)
        )
        return "if (\(condition)) goto \(Self.number(yes)) else \(Self.number(no))"
    }

    private func comment(
        on instruction: FilterInstruction, comparing word: UInt32?
    ) -> String? {
        guard [0x15, 0x25, 0x35].contains(instruction.code) else { return nil }
        switch word {
        case 0: return SyscallCatalogue.entry(number: instruction.operand, on: architecture)?.name
        case 4:
            let known = SeccompArchitecture.allCases.first {
                $0.auditValue == instruction.operand
            }
            return known?.label
        default: return nil
        }
    }

    private static func name(ofWordAt offset: UInt32) -> String {
        switch offset {
        case 0: return "number"
        case 4: return "architecture"
        case 8: return "instruction pointer"
        case 12: return "instruction pointer >> 32"
        default:
            let index = (offset - 16) / 8
            return offset.isMultiple(of: 8) ? "argument[\(index)]" : "argument[\(index)] >> 32"
        }
    }

    private static func number(_ line: Int) -> String {
        let digits = String(line)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func hex(_ value: some BinaryInteger, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
