import SandboxPolicy
import Testing

@Suite("A compiled filter holds only what the kernel would take")
struct CompiledFilterTests {
    private static let allow = FilterInstruction(code: 0x06, operand: 0x7fff_0000)

    @Test("the smallest program survives the wire byte for byte")
    func roundTrip() throws {
        // ld [4]; jeq #0xc000003e, 0, 1; ret ALLOW; ret KILL_PROCESS, as `struct sock_filter`
        // stands in memory on a little-endian machine.
        let bytes: [UInt8] = [
            0x20, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00,
            0x15, 0x00, 0x00, 0x01, 0x3e, 0x00, 0x00, 0xc0,
            0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0x7f,
            0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80,
        ]
        let filter = try CompiledFilter(encoded: bytes.span)
        #expect(
            filter.instructions == [
                FilterInstruction(code: 0x20, operand: 4),
                FilterInstruction(code: 0x15, jumpTrue: 0, jumpFalse: 1, operand: 0xc000_003e),
                Self.allow, FilterInstruction(code: 0x06, operand: 0x8000_0000),
            ])
        #expect(filter.encodedBytes == bytes)
    }

    @Test("no instruction, half an instruction and one too many are refused")
    func lengths() {
        let empty: [UInt8] = []
        #expect(throws: CompiledFilterError.badLength(0)) {
            try CompiledFilter(encoded: empty.span)
        }
        let torn = [UInt8](repeating: 6, count: 12)
        #expect(throws: CompiledFilterError.badLength(12)) {
            try CompiledFilter(encoded: torn.span)
        }
        let most = [FilterInstruction](repeating: Self.allow, count: 4_096)
        #expect(throws: Never.self) { try CompiledFilter(most) }
        #expect(throws: CompiledFilterError.badLength(4_097)) {
            try CompiledFilter(most + [Self.allow])
        }
    }

    @Test(
        "instructions that seccomp does not permit are refused",
        arguments: [
            FilterInstruction(code: 0x28, operand: 0),  // load half a word of a packet
            FilterInstruction(code: 0x30, operand: 0),  // load a byte of a packet
            FilterInstruction(code: 0x40, operand: 0),  // load at X
            FilterInstruction(code: 0xb1, operand: 0),  // IP header length
            FilterInstruction(code: 0x94, operand: 3),  // modulo
            FilterInstruction(code: 0x20, operand: 64),  // past seccomp_data
            FilterInstruction(code: 0x20, operand: 2),  // across two of its words
            FilterInstruction(code: 0x34, operand: 0),  // divide by zero
            FilterInstruction(code: 0x64, operand: 32),  // shift by a word
            FilterInstruction(code: 0x02, operand: 16),  // past the memory words
            FilterInstruction(code: 0x05, operand: 1),  // jump past the end
            FilterInstruction(code: 0x05, operand: 0xffff_ffff),  // jump back
            FilterInstruction(code: 0x15, jumpTrue: 1, operand: 0),
            FilterInstruction(code: 0x15, jumpFalse: 1, operand: 0),
            FilterInstruction(code: 0x0106, operand: 0),  // a return with bits above the opcode
        ])
    func forbidden(instruction: FilterInstruction) {
        #expect(throws: CompiledFilterError.badInstruction(0)) {
            try CompiledFilter([instruction, Self.allow])
        }
    }

    @Test("a program whose last instruction is no return is refused")
    func fallsOff() {
        #expect(throws: CompiledFilterError.endsWithoutReturn) {
            try CompiledFilter([Self.allow, FilterInstruction(code: 0x20, operand: 0)])
        }
    }
}
