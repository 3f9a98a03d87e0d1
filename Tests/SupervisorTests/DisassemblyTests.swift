import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("The disassembly of programs")
struct DisassemblyTests {
    private static func lines(_ instructions: [FilterInstruction]) throws -> [String] {
        let filter = try CompiledFilter(instructions)
        return Disassembly(filter: filter, architecture: .amd64).text
            .split(separator: "\n").map(String.init)
    }

    @Test("jumps name the lines they lead to, and numbers the calls they stand for")
    func small() throws {
        let lines = try Self.lines([
            FilterInstruction(code: 0x20, operand: 4),
            FilterInstruction(code: 0x15, jumpTrue: 1, operand: 0xc000_003e),
            FilterInstruction(code: 0x06, operand: 0x8000_0000),
            FilterInstruction(code: 0x20, operand: 0),
            FilterInstruction(code: 0x15, jumpFalse: 3, operand: 9),
            FilterInstruction(code: 0x20, operand: 36),
            FilterInstruction(code: 0x15, jumpTrue: 1, operand: 9),
            FilterInstruction(code: 0x06, operand: 0x7fff_0000),
            FilterInstruction(code: 0x06, operand: 0x0005_000d),
        ])
        #expect(
            lines == [
                " line  code jt   jf   k",
                " 0000: 0x20 0x00 0x00 0x00000004  A = architecture",
                " 0001: 0x15 0x01 0x00 0xc000003e  if (A == 0xc000003e) goto 0003 else 0002"
                    + "  ; x86_64",
                " 0002: 0x06 0x00 0x00 0x80000000  return kill process",
                " 0003: 0x20 0x00 0x00 0x00000000  A = number",
                " 0004: 0x15 0x00 0x03 0x00000009  if (A == 0x9) goto 0005 else 0008  ; mmap",
                " 0005: 0x20 0x00 0x00 0x00000024  A = argument[2] >> 32",
                " 0006: 0x15 0x01 0x00 0x00000009  if (A == 0x9) goto 0008 else 0007",
                " 0007: 0x06 0x00 0x00 0x7fff0000  return allow",
                " 0008: 0x06 0x00 0x00 0x0005000d  return errno EACCES",
            ])
    }

    @Test(
        "every instruction that seccomp permits has a text",
        arguments: [
            (0x00, 5, "A = 0x5"), (0x01, 5, "X = 0x5"), (0x80, 0, "A = length of the data"),
            (0x60, 3, "A = memory[3]"), (0x61, 3, "X = memory[3]"), (0x02, 3, "memory[3] = A"),
            (0x03, 3, "memory[3] = X"), (0x07, 0, "X = A"), (0x87, 0, "A = X"),
            (0x84, 0, "A = -A"), (0x04, 5, "A += 0x5"), (0x1c, 0, "A -= X"),
            (0x34, 5, "A /= 0x5"), (0x64, 5, "A <<= 0x5"), (0xac, 0, "A ^= X"),
            (0x54, 0xff, "A &= 0xff"), (0x05, 0, "goto 0001"), (0x16, 0, "return A"),
            (0x2d, 0, "if (A > X) goto 0001 else 0001"),
            (0x45, 5, "if (A & 0x5) goto 0001 else 0001"),
            (0x06, 0x1234_0000, "return kill process (0x12340000 is no action)"),
        ] as [(UInt16, UInt32, String)])
    func texts(code: UInt16, operand: UInt32, text: String) throws {
        let lines = try Self.lines([
            FilterInstruction(code: code, operand: operand),
            FilterInstruction(code: 0x06, operand: 0),
        ])
        #expect(lines[1].hasSuffix("  \(text)"), "\(lines[1])")
    }
}
