import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("The check of programs against their rules")
struct ProgramCheckTests {
    private static func rasterRules() throws -> (path: String, rules: SeccompRules) {
        let path =
            #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
            + "/policies/raster.yaml"
        return (path, try PolicyReader.read(path: path).seccomp)
    }

    private static func mismatch(
        _ filter: CompiledFilter, _ rules: SeccompRules, on architecture: SeccompArchitecture
    ) -> ProgramCheck.Mismatch? {
        do throws(ProgramCheck.Mismatch) {
            try ProgramCheck.check(
                filter, means: PolicyMeaning(rules, for: architecture), on: architecture)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "the raster policy compiles for both architectures, with guards against all others",
        arguments: SeccompArchitecture.allCases)
    func bothArchitectures(architecture: SeccompArchitecture) throws {
        let (path, rules) = try Self.rasterRules()
        let filter = try PolicyCompiler.compile(rules, for: architecture, path: path)
        for foreign: UInt32 in [0x4000_0003, 0x4000_0028, 0, architecture.auditValue ^ 1] {
            for number in UInt32(0)..<600 {
                let call = Call(number: number, arguments: [], architecture: foreign)
                #expect(ClassicBPF.run(filter, on: call) == Answer.kill)
            }
        }
        // asm-generic/unistd.h: rt_sigreturn 139, mmap 222, futex_wait 455, io_uring_setup 425.
        let arm: [(UInt32, [UInt64], UInt32)] = [
            (139, [], Answer.allow), (222, [0, 4096, 3, 0x22, 0xffff_ffff], Answer.allow),
            (222, [0, 4096, 7, 0x22, 0xffff_ffff], Answer.notify), (455, [], Answer.enosys),
            (425, [], Answer.enosys), (2, [], Answer.notify),
        ]
        if architecture == .arm64 {
            for (number, arguments, answer) in arm {
                let call = Call(
                    number: number, arguments: arguments, architecture: 0xc000_00b7)
                #expect(ClassicBPF.run(filter, on: call) == answer, "\(call)")
            }
        }
    }

    /// What GHSA-4q85-33p6-j5g6 describes: of a 64-bit comparison only half is left.
    @Test("a comparison that lost its upper half is found, with a call that shows it")
    func lostHalf() throws {
        let condition = ArgumentCondition(index: 1, .equal, value: 0x1_0000_0002)
        let rules = SeccompRules(
            defaultAction: .notify, architectures: [.amd64],
            rules: [
                SyscallRule(
                    names: [SyscallRule.Name("ioctl", at: .start)], action: .allow,
                    conditions: [condition])
            ])
        let right = try PolicyCompiler.compile(rules, for: .amd64, path: "p.yaml")
        #expect(Self.mismatch(right, rules, on: .amd64) == nil)
        let upper = try #require(
            right.instructions.firstIndex { $0.code == 0x15 && $0.operand == 1 })
        var instructions = right.instructions
        instructions[upper].jumpFalse = instructions[upper].jumpTrue
        let found = Self.mismatch(try CompiledFilter(instructions), rules, on: .amd64)
        #expect(found?.call.number == 16)
        #expect(found?.call.arguments[1] ?? 0 & 0xffff_ffff == 2)
        #expect(found?.answer == Answer.allow)
        #expect(found?.expected.action == .notify)
    }

    @Test("a rule that is tested before the narrower one is found")
    func swappedOrder() throws {
        func rules(_ narrow: SeccompAction, _ wide: SeccompAction) -> SeccompRules {
            func rule(_ action: SeccompAction, _ mask: UInt64, _ value: UInt64) -> SyscallRule {
                SyscallRule(
                    names: [SyscallRule.Name("madvise", at: .start)], action: action,
                    conditions: [
                        ArgumentCondition(index: 2, .maskedEqual, value: mask, valueTwo: value)
                    ])
            }
            return SeccompRules(
                defaultAction: .notify, architectures: [.amd64],
                rules: [rule(narrow, 0xffff_ffff, 4), rule(wide, 0x8000_0000, 0)])
        }
        let wanted = rules(.allow, .errno(22))
        let swapped = try PolicyCompiler.compile(
            SeccompRules(
                defaultAction: .notify, architectures: [.amd64],
                rules: [rules(.errno(22), .errno(22)).rules[1]]), for: .amd64, path: "p.yaml")
        let found = try #require(Self.mismatch(swapped, wanted, on: .amd64))
        #expect(found.call.arguments[2] == 4)
    }

    @Test("a missing guard, for another architecture or for x32, is found")
    func missingGuards() throws {
        let (path, rules) = try Self.rasterRules()
        let right = try PolicyCompiler.compile(rules, for: .amd64, path: path).instructions
        for constant in [SeccompArchitecture.amd64.auditValue, 0x4000_0000] {
            let place = try #require(
                right.firstIndex { $0.code & 0x07 == 0x05 && $0.operand == constant })
            for side in [\FilterInstruction.jumpTrue, \.jumpFalse] {
                var instructions = right
                let length = instructions[place][keyPath: side]
                instructions[place].jumpTrue = length
                instructions[place].jumpFalse = length
                let program = try CompiledFilter(instructions)
                #expect(Self.mismatch(program, rules, on: .amd64) != nil)
            }
        }
    }

    @Test("one wrong errno is found")
    func wrongErrno() throws {
        let (path, rules) = try Self.rasterRules()
        for architecture in SeccompArchitecture.allCases {
            var instructions = try PolicyCompiler.compile(
                rules, for: architecture, path: path
            ).instructions
            let place = try #require(instructions.firstIndex { $0.operand == Answer.errno(25) })
            instructions[place].operand = Answer.errno(24)
            let found = Self.mismatch(try CompiledFilter(instructions), rules, on: architecture)
            #expect(found?.answer == Answer.errno(24))
            #expect(found?.expected.action == .errno(25))
        }
    }
}
