import SandboxPolicy
import Testing

@testable import Supervisor

/// Expected values follow from the definition of each instruction in linux/filter.h and
/// Documentation/networking/filter.rst; FilterVerdictTests asks the kernel itself.
@Suite("The evaluator of filter programs")
struct FilterEvaluatorTests {
    private static let call = SeccompCall(
        architecture: 0xc000_003e, number: 9,
        arguments: [0x1111_2222_3333_4444, 2, 3, 4, 5, 0xaaaa_bbbb_cccc_dddd],
        instructionPointer: 0x5555_6666_7777_8888)

    private static func answer(_ instructions: [(UInt16, UInt32)]) throws -> UInt32 {
        let program = instructions.map { FilterInstruction(code: $0.0, operand: $0.1) }
        return try CompiledFilter(program).answer(to: call)
    }

    @Test(
        "a word of the call is loaded from its place in struct seccomp_data",
        arguments: [
            (0, 9), (4, 0xc000_003e), (8, 0x7777_8888), (12, 0x5555_6666), (16, 0x3333_4444),
            (20, 0x1111_2222), (24, 2), (28, 0), (56, 0xcccc_dddd), (60, 0xaaaa_bbbb),
        ] as [(UInt32, UInt32)])
    func words(offset: UInt32, value: UInt32) throws {
        #expect(try Self.answer([(0x20, offset), (0x16, 0)]) == value)
    }

    @Test(
        "arithmetic wraps at 32 bits",
        arguments: [
            (0x04, 7, 9, 16), (0x04, 0xffff_ffff, 2, 1), (0x14, 1, 2, 0xffff_ffff),
            (0x24, 0x1_0001, 0x1_0001, 0x2_0001), (0x34, 100, 7, 14), (0x44, 12, 10, 14),
            (0x54, 12, 10, 8), (0xa4, 12, 10, 6), (0x64, 0x8000_0001, 1, 2),
            (0x74, 0x8000_0001, 31, 1), (0x84, 5, 0, 0xffff_fffb),
        ] as [(UInt16, UInt32, UInt32, UInt32)])
    func arithmetic(code: UInt16, left: UInt32, right: UInt32, result: UInt32) throws {
        #expect(try Self.answer([(0x00, left), (code, right), (0x16, 0)]) == result)
        if code != 0x84 {
            let byRegister = try Self.answer([
                (0x01, right), (0x00, left), (code | 0x08, 0), (0x16, 0),
            ])
            #expect(byRegister == result)
        }
    }

    @Test("a shift by a register takes its lowest five bits, and a division by zero returns 0")
    func registerArithmetic() throws {
        #expect(try Self.answer([(0x01, 33), (0x00, 3), (0x6c, 0), (0x16, 0)]) == 6)
        #expect(try Self.answer([(0x01, 36), (0x00, 0x80), (0x7c, 0), (0x16, 0)]) == 8)
        #expect(try Self.answer([(0x00, 3), (0x3c, 0), (0x06, 0x7fff_0000)]) == 0)
    }

    @Test("both registers, memory and the length of the data keep their values")
    func registers() throws {
        let stored = try Self.answer([
            (0x00, 5), (0x02, 3), (0x01, 6), (0x03, 15), (0x00, 0), (0x60, 3), (0x61, 15),
            (0x0c, 0), (0x16, 0),
        ])
        #expect(stored == 11)
        #expect(try Self.answer([(0x80, 0), (0x16, 0)]) == 64)
        #expect(try Self.answer([(0x81, 0), (0x87, 0), (0x16, 0)]) == 64)
        #expect(try Self.answer([(0x00, 7), (0x07, 0), (0x00, 0), (0x87, 0), (0x16, 0)]) == 7)
    }

    @Test(
        "a comparison is of unsigned words and jumps as it holds",
        arguments: [
            (0x15, 5, 5, true), (0x15, 5, 6, false), (0x25, 0xffff_ffff, 1, true),
            (0x25, 5, 5, false), (0x35, 5, 5, true), (0x35, 4, 5, false),
            (0x45, 6, 4, true), (0x45, 6, 9, false), (0x45, 0x8000_0000, 0x8000_0000, true),
        ] as [(UInt16, UInt32, UInt32, Bool)])
    func jumps(code: UInt16, left: UInt32, right: UInt32, holds: Bool) throws {
        for isRegister in [false, true] {
            let filter = try CompiledFilter([
                FilterInstruction(code: 0x01, operand: right),
                FilterInstruction(code: 0x00, operand: left),
                FilterInstruction(
                    code: isRegister ? code | 0x08 : code, jumpTrue: 1, jumpFalse: 2,
                    operand: isRegister ? 0 : right),
                FilterInstruction(code: 0x06, operand: 99),
                FilterInstruction(code: 0x05, operand: 1),
                FilterInstruction(code: 0x06, operand: 2),
                FilterInstruction(code: 0x06, operand: 1),
            ])
            #expect(filter.answer(to: Self.call) == (holds ? 1 : 2))
        }
    }

    @Test(
        "every value that an action returns is read back as the action",
        arguments: [
            .allow, .log, .errno(0), .errno(4_095), .notify, .trace(0), .trace(65_535), .trap,
            .killThread, .killProcess,
        ] as [SeccompAction])
    func actions(action: SeccompAction) {
        #expect(SeccompAction(returnValue: action.returnValue) == action)
    }

    @Test("the kernel lowers an errno to its largest and has no other actions")
    func foreignActions() {
        #expect(SeccompAction(returnValue: 0x0005_ffff) == .errno(4_095))
        #expect(SeccompAction(returnValue: 0x7fff_1234) == .allow)
        #expect(SeccompAction(returnValue: 0x0001_0000) == nil)
        #expect(SeccompAction(returnValue: 0x7fff_0000 | 0x8000_0000) == nil)
    }
}
