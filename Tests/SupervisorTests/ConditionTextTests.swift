import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Conditions in prose")
struct ConditionTextTests {
    private static func prose(_ call: String, _ condition: ArgumentCondition) -> ConditionText {
        ConditionText(condition, of: SyscallCatalogue.entry(call), on: .amd64)
    }

    @Test(
        "a masked comparison says what it leaves",
        arguments: [
            ("read", 0, 0xffff_ffff, 0, "descriptor is 0"),
            ("mmap", 2, 0xffff_fffc, 0, "protection is at most PROT_READ|PROT_WRITE"),
            ("mmap", 2, 0xffff_ffff, 1, "protection is exactly PROT_READ"),
            ("mmap", 4, 0xffff_ffff, 0xffff_ffff, "descriptor is -1"),
            (
                "mmap", 3, 0xfffd_bfc5, 0,
                "flags are at most MAP_PRIVATE|MAP_DROPPABLE|MAP_FIXED|MAP_ANONYMOUS|"
                    + "MAP_NORESERVE|MAP_STACK"
            ),
            ("mremap", 3, 0xffff_fffe, 0, "flags are at most MREMAP_MAYMOVE"),
            ("madvise", 2, 0xffff_ffff, 4, "advice is MADV_DONTNEED"),
            ("madvise", 2, 0xffff_fffe, 102, "advice is MADV_GUARD_INSTALL or MADV_GUARD_REMOVE"),
            ("madvise", 2, 0x8000_0000, 0, "advice is not negative"),
            (
                "clone", 0, 0xffff_ffff, 0x3d0f00,
                "flags are exactly CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|"
                    + "CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID"
            ),
            (
                "futex", 1, 0xffff_ff7e, 0,
                "operation is FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAIT_PRIVATE or FUTEX_WAKE_PRIVATE"
            ),
            ("clock_gettime", 0, 0xffff_fff8, 0, "clock is from CLOCK_REALTIME to CLOCK_BOOTTIME"),
            ("rt_sigaction", 0, 0xffff_fffe, 32, "signal is 32 or 33"),
            ("getrandom", 2, 0xffff_fffa, 0, "flags are at most GRND_NONBLOCK|GRND_INSECURE"),
            ("ioctl", 1, 0xffff_ffff, 0x5401, "request is TCGETS"),
            // Docker's own for clone.
            (
                "clone", 0, 0x7e02_0000, 0,
                "flags are without CLONE_NEWNS|CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC|"
                    + "CLONE_NEWUSER|CLONE_NEWPID|CLONE_NEWNET"
            ),
            ("openat", 2, 0xfff7_ffff, 0, "flags are at most O_RDONLY|O_CLOEXEC"),
            ("openat", 2, 0x3, 1, "flags are with O_WRONLY set, without 0x2"),
            ("clone", 0, 0x1_0000, 0x1_0000, "flags are with CLONE_THREAD set"),
            ("mprotect", 2, 0x4, 0, "protection is without PROT_EXEC"),
            ("read", 2, 0xff00, 0, "count: arg2 & 0xff00 == 0x0"),
            ("read", 4, 0xff, 1, "argument 4: arg4 & 0xff == 0x1"),
            ("no_such_call", 0, 0xff, 1, "argument 0: arg0 & 0xff == 0x1"),
            ("dup2", 1, 0xffff_ffff, 3, "newfd is 3"),
        ] as [(String, UInt8, UInt64, UInt64, String)])
    func masked(_ call: String, index: UInt8, mask: UInt64, result: UInt64, text: String) {
        let condition = ArgumentCondition(
            index: index, .maskedEqual, value: mask, valueTwo: result)
        #expect(Self.prose(call, condition).text == text)
    }

    @Test(
        "a comparison of all 64 bits says so where the kernel looks at 32",
        arguments: [
            ("read", 0, .equal, 3, "descriptor is 3", "misses"),
            ("read", 0, .notEqual, 3, "descriptor is not 3", "holds"),
            ("read", 0, .greater, 2, "descriptor is greater than 2", "negative"),
            ("socket", 0, .less, 12, "family is less than 12 (AF_DECnet)", "negative"),
            ("read", 2, .lessOrEqual, 4096, "count is at most 4096", nil),
            ("read", 2, .greaterOrEqual, 1, "count is at least 1", nil),
            ("mprotect", 2, .equal, 1, "protection is exactly PROT_READ", nil),
            ("personality", 0, .equal, 8, "personality is 8", "misses"),
        ] as [(String, UInt8, ArgumentCondition.Comparison, UInt64, String, String?)])
    func whole(
        _ call: String, index: UInt8, comparison: ArgumentCondition.Comparison, value: UInt64,
        text: String, note: String?
    ) {
        let prose = Self.prose(call, ArgumentCondition(index: index, comparison, value: value))
        #expect(prose.text == text)
        #expect((prose.note == nil) == (note == nil))
        #expect(prose.note?.contains(note ?? "") ?? true, "\(prose.note ?? "")")
    }

    @Test("masks that reach beyond an int, or do not reach across a number, are noted")
    func halves() {
        let wide = ArgumentCondition(index: 0, .maskedEqual, value: .max, valueTwo: 3)
        #expect(Self.prose("read", wide).note?.contains("upper half") == true)
        let narrow = ArgumentCondition(index: 2, .maskedEqual, value: 0xffff_ffff, valueTwo: 3)
        #expect(Self.prose("read", narrow).note?.contains("upper half") == true)
        let fitting = ArgumentCondition(index: 0, .maskedEqual, value: 0xffff_ffff, valueTwo: 3)
        #expect(Self.prose("read", fitting).note == nil)
    }

    @Test("several conditions are one sentence, none is any arguments")
    func several() {
        let read = SyscallCatalogue.entry("read")
        #expect(ConditionText.text([], of: read, on: .amd64) == "any arguments")
        let conditions = [
            ArgumentCondition(index: 0, .maskedEqual, value: 0xffff_ffff, valueTwo: 0),
            ArgumentCondition(index: 2, .lessOrEqual, value: 16),
        ]
        #expect(
            ConditionText.text(conditions, of: read, on: .amd64)
                == "descriptor is 0; count is at most 16")
    }
}
