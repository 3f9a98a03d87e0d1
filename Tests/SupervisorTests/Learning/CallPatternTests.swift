import SandboxPolicy
import Testing

@testable import Supervisor

/// Bits and values from linux/mman.h, linux/futex.h, fcntl.h and sched.h.
@Suite("Patterns of calls")
struct CallPatternTests {
    private static func pattern(
        _ name: String, _ arguments: [UInt64], root: SandboxRoot = .empty
    ) throws -> CallPattern {
        let entry = try #require(SyscallCatalogue.entry(name))
        let number = try #require(entry.number(on: .amd64))
        return CallPattern(
            SeccompCall(number, arguments, on: .amd64), of: entry, root: root, comparing: nil)
    }

    /// Index, mask and result of each condition.
    private static func parts(_ pattern: CallPattern) -> [[UInt64]] {
        pattern.conditions.map { [UInt64($0.index), $0.value, $0.valueTwo] }
    }

    private static let all: UInt64 = 0xffff_ffff

    @Test("one call of mmap compares its protection, flags and descriptor, and nothing else")
    func oneCall() throws {
        let call = try Self.pattern("mmap", [0x7f00_0000_0000, 4_096, 3, 0x22, Self.all, 0])
        #expect(
            Self.parts(call) == [[2, Self.all, 3], [3, Self.all, 0x22], [4, Self.all, Self.all]])
    }

    @Test("flags that differ become the smallest cube: bits that varied are free")
    func cube() throws {
        var cube = try Self.pattern("mmap", [0, 0, 3, 0x22, Self.all])
        cube.widen(by: try Self.pattern("mmap", [0, 0, 0, 0x2_0022, Self.all]))
        // PROT_READ, PROT_WRITE and MAP_STACK varied; MAP_PRIVATE and MAP_ANONYMOUS did not.
        #expect(
            Self.parts(cube) == [
                [2, 0xffff_fffc, 0], [3, 0xfffd_ffff, 0x22], [4, Self.all, Self.all],
            ])
        cube.widen(by: try Self.pattern("mmap", [0, 0, 1, 0x4022, Self.all]))
        #expect(Self.parts(cube)[1] == [3, 0xfffd_bfff, 0x22])
        #expect(cube.contains(try Self.pattern("mmap", [9, 9, 2, 0x2_4022, Self.all])))
        #expect(!cube.contains(try Self.pattern("mmap", [0, 0, 4, 0x22, Self.all])))
        #expect(!cube.contains(try Self.pattern("mmap", [0, 0, 3, 0x32, Self.all])))
    }

    @Test("what chooses is never joined: descriptor -1 and 3 have keys of their own")
    func choices() throws {
        let one = try Self.pattern("mmap", [0, 0, 1, 2, 3])
        let other = try Self.pattern("mmap", [0, 0, 1, 2, 0xffff_ffff_ffff_ffff])
        #expect(one.key != other.key)
        #expect(
            try Self.pattern("madvise", [0, 0, 4]).key != Self.pattern("madvise", [0, 0, 8]).key)
    }

    @Test("the upper half of a register says nothing")
    func upperHalf() throws {
        #expect(
            try Self.pattern("read", [0xdead_0000_0000]) == Self.pattern("read", [0, 1, 2]))
        #expect(
            try Self.pattern("mprotect", [0, 0, 0xdead_0000_0003])
                == Self.pattern("mprotect", [0, 0, 3]))
    }

    @Test(
        "of a futex the command is fixed, and the flags that it can carry are free",
        arguments: [
            (0x80, 0xffff_ff7f, 0), (0x81, 0xffff_ff7f, 1), (3, 0xffff_ff7f, 3),
            (0x189, 0xffff_fe7f, 9), (0x8a, 0xffff_ff7f, 10), (0x100, 0xffff_ff7f, 0x100),
        ] as [(UInt64, UInt64, UInt64)])
    func futex(operation: UInt64, mask: UInt64, result: UInt64) throws {
        #expect(Self.parts(try Self.pattern("futex", [0, operation])) == [[1, mask, result]])
    }

    @Test("flags of clone are compared whole, addresses and sizes not at all")
    func wholeOrNot() throws {
        #expect(
            Self.parts(try Self.pattern("clone", [0x3d_0f00, 9, 9, 9, 9]))
                == [[0, Self.all, 0x3d_0f00]])
        for name in ["munmap", "brk", "exit_group", "set_robust_list", "rseq"] {
            #expect(try Self.pattern(name, [1, 2, 3, 4, 5, 6]).conditions.isEmpty)
        }
    }

    @Test("a rule as learning writes it gives its pattern back, another rule none")
    func fromRules() throws {
        let entry = try #require(SyscallCatalogue.entry("mmap"))
        var cube = try Self.pattern("mmap", [0, 0, 3, 0x22, Self.all])
        cube.widen(by: try Self.pattern("mmap", [0, 0, 1, 0x4022, Self.all]))
        #expect(CallPattern(cube.conditions, of: entry) == cube)
        let equal = ArgumentCondition(index: 2, .equal, value: 3)
        #expect(CallPattern([equal], of: entry) == nil)
        let size = ArgumentCondition(index: 1, .maskedEqual, value: 0xff, valueTwo: 0)
        #expect(CallPattern([size], of: entry) == nil)
    }

    @Test("which number an opened font has is not compared, and the wired descriptors are")
    func openedFiles() throws {
        let opened = try Self.pattern("read", [9], root: .documents)
        #expect(opened.conditions.isEmpty)
        // The job pipe's number is the first that is free again.
        #expect(try Self.pattern("read", [0], root: .documents) == opened)
        #expect(Self.parts(try Self.pattern("read", [3], root: .documents)) == [[0, Self.all, 3]])
        #expect(Self.parts(try Self.pattern("write", [9], root: .documents)) == [[0, Self.all, 9]])
        #expect(Self.parts(try Self.pattern("read", [9])) == [[0, Self.all, 9]])
    }
}
