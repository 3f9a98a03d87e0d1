import Testing

/// What a filter answers: SECCOMP_RET_* of linux/seccomp.h.
enum Answer {
    static let kill: UInt32 = 0x8000_0000
    static let notify: UInt32 = 0x7fc0_0000
    static let allow: UInt32 = 0x7fff_0000
    static func errno(_ value: UInt32) -> UInt32 { 0x0005_0000 | value }
    static let eacces = errno(13)
    static let einval = errno(22)
    static let enosys = errno(38)
}

/// Calls on x86-64 and what the raster policy answers.
enum RasterTable {
    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        let call: Call
        let answer: UInt32

        init(_ what: String, _ call: Call, _ answer: UInt32) {
            self.what = what
            self.call = call
            self.answer = answer
        }

        var testDescription: String { what }
    }

    // Numbers from the kernel's arch/x86/entry/syscalls/syscall_64.tbl.
    static let rows: [Row] = [
        Row("read the job", Call(0, 0), Answer.allow),
        Row("read the word of the zygote", Call(0, 5), Answer.allow),
        Row("read the input as a file", Call(0, 3), Answer.notify),
        Row("read the result pipe", Call(0, 4), Answer.notify),
        Row("read descriptor 0 with garbage above", Call(0, 0x1_0000_0000), Answer.allow),
        Row("read descriptor 3 with garbage above", Call(0, 0x1_0000_0003), Answer.notify),
        Row("write a line to standard output", Call(1, 1), Answer.allow),
        Row("write a warning", Call(1, 2), Answer.allow),
        Row("write the result", Call(1, 4), Answer.allow),
        Row("write the job pipe", Call(1, 0), Answer.notify),
        Row("write the input", Call(1, 3), Answer.notify),
        Row("write the handover socket", Call(1, 5), Answer.notify),
        Row("write descriptor 6", Call(1, 6), Answer.notify),
        Row("writev a warning", Call(20, 2), Answer.allow),
        Row("writev the result", Call(20, 4), Answer.notify),
        Row("hand the listener over", Call(46, 5), Answer.allow),
        Row("sendmsg on another descriptor", Call(46, 4), Answer.notify),
        Row("sendto on the handover socket", Call(44, 5), Answer.notify),
        Row("receive a descriptor", Call(47, 5), Answer.notify),
        Row("close", Call(3, 6), Answer.allow),
        Row("pread the input", Call(17, 3), Answer.notify),

        Row("anonymous memory", Call(9, 0, 4096, 3, 0x22, 0xffff_ffff), Answer.allow),
        Row(
            "anonymous memory, -1 as 64 bits",
            Call(9, 0, 4096, 3, 0x22, 0xffff_ffff_ffff_ffff), Answer.allow),
        Row("a thread stack", Call(9, 0, 1 << 23, 0, 0x2_0022, 0xffff_ffff), Answer.allow),
        Row("a reserved arena", Call(9, 0, 1 << 27, 0, 0x4022, 0xffff_ffff), Answer.allow),
        Row("droppable memory", Call(9, 0, 4096, 3, 0x28, 0xffff_ffff), Answer.allow),
        Row("executable memory", Call(9, 0, 4096, 5, 0x22, 0xffff_ffff), Answer.notify),
        Row("executable only", Call(9, 0, 4096, 4, 0x22, 0xffff_ffff), Answer.notify),
        Row("writable and executable", Call(9, 0, 4096, 7, 0x22, 0xffff_ffff), Answer.notify),
        Row(
            "executable behind garbage above",
            Call(9, 0, 4096, 0xffff_ffff_0000_0007, 0x22, 0xffff_ffff), Answer.notify),
        Row(
            "not executable with garbage above",
            Call(9, 0, 4096, 0xffff_ffff_0000_0003, 0x22, 0xffff_ffff), Answer.allow),
        Row("memory growing down", Call(9, 0, 4096, 3, 0x122, 0xffff_ffff), Answer.notify),
        Row("shared anonymous memory", Call(9, 0, 4096, 3, 0x21, 0xffff_ffff), Answer.notify),
        Row("memory below 4 GiB", Call(9, 0, 4096, 3, 0x62, 0xffff_ffff), Answer.notify),
        Row("huge pages", Call(9, 0, 1 << 21, 3, 0x4_0022, 0xffff_ffff), Answer.notify),
        Row("locked memory", Call(9, 0, 4096, 3, 0x2022, 0xffff_ffff), Answer.notify),
        Row("map the input", Call(9, 0, 4096, 1, 2, 3), Answer.allow),
        Row("map the input writable", Call(9, 0, 4096, 3, 2, 3), Answer.notify),
        Row("map the input executable", Call(9, 0, 4096, 5, 2, 3), Answer.notify),
        Row("map the input shared", Call(9, 0, 4096, 1, 1, 3), Answer.notify),
        Row("map the input over memory", Call(9, 4096, 4096, 1, 0x12, 3), Answer.notify),
        Row("map the result pipe", Call(9, 0, 4096, 1, 2, 4), Answer.notify),
        Row(
            "map descriptor 4 as -1 in the upper half",
            Call(9, 0, 4096, 3, 0x22, 0xffff_ffff_0000_0004), Answer.notify),
        Row("writable memory", Call(10, 4096, 4096, 3), Answer.allow),
        Row("guard page", Call(10, 4096, 4096, 0), Answer.allow),
        Row("make code of memory", Call(10, 4096, 4096, 5), Answer.notify),
        Row("make code of memory, write too", Call(10, 4096, 4096, 7), Answer.notify),
        Row(
            "make code behind garbage above",
            Call(10, 4096, 4096, 0xffff_ffff_0000_0004), Answer.notify),
        Row("change a whole stack", Call(10, 4096, 4096, 0x0100_0003), Answer.notify),
        Row("protection keys", Call(329, 4096, 4096, 5, 1), Answer.notify),
        Row("grow a block", Call(25, 4096, 4096, 8192, 1), Answer.allow),
        Row("move a block to an address", Call(25, 4096, 4096, 8192, 3, 0x1000), Answer.notify),
        Row("move and keep a block", Call(25, 4096, 4096, 4096, 5), Answer.notify),
        Row("give pages back", Call(28, 4096, 4096, 4), Answer.allow),
        Row("free pages lazily", Call(28, 4096, 4096, 8), Answer.allow),
        Row("huge page advice", Call(28, 4096, 4096, 14), Answer.allow),
        Row("populate", Call(28, 4096, 4096, 23), Answer.allow),
        Row("guard advice", Call(28, 4096, 4096, 102), Answer.allow),
        Row("no guard advice", Call(28, 4096, 4096, 103), Answer.allow),
        Row("mergeable pages", Call(28, 4096, 4096, 12), Answer.einval),
        Row("poison a page", Call(28, 4096, 4096, 100), Answer.einval),
        Row("advice 0", Call(28, 4096, 4096, 0), Answer.einval),
        Row("advice -1", Call(28, 4096, 4096, 0xffff_ffff), Answer.notify),
        Row("a file in memory", Call(319), Answer.notify),
        Row("remap file pages", Call(216), Answer.notify),
        Row("a pipe to splice code with", Call(278), Answer.notify),
        Row("brk", Call(12), Answer.allow),

        Row("a thread", Call(56, 0x3d_0f00), Answer.allow),
        Row("a thread with garbage above", Call(56, 0x1_003d_0f00), Answer.allow),
        Row("a process, as fork", Call(56, 0x0120_0011), Answer.notify),
        Row("a thread with a signal at its end", Call(56, 0x3d_0f11), Answer.notify),
        Row("a thread with memory of its own", Call(56, 0x3d_0e00), Answer.notify),
        Row("a user namespace", Call(56, 0x103d_0f00), Answer.notify),
        Row("a network namespace", Call(56, 0x403d_0f00), Answer.notify),
        Row("a mount namespace", Call(56, 0x003f_0f00), Answer.notify),
        Row("a PID namespace", Call(56, 0x203d_0f00), Answer.notify),
        Row("clone3", Call(435), Answer.enosys),
        Row("fork", Call(57), Answer.notify),
        Row("vfork", Call(58), Answer.notify),
        Row("execve", Call(59), Answer.notify),
        Row("execveat", Call(322), Answer.notify),
        Row("unshare", Call(272), Answer.notify),
        Row("ptrace", Call(101), Answer.notify),
        Row("process_vm_writev", Call(311), Answer.notify),
        Row("kill", Call(62), Answer.notify),
        Row("tgkill", Call(234, 1, 1, 6), Answer.notify),
        Row("futex wait, private", Call(202, 0, 0x80), Answer.allow),
        Row("futex wake", Call(202, 0, 1), Answer.allow),
        Row("futex wait with a deadline", Call(202, 0, 0x189), Answer.allow),
        Row("futex lock with priority inheritance", Call(202, 0, 0x86), Answer.notify),
        Row("futex requeue with the same", Call(202, 0, 12), Answer.notify),
        Row("futex, garbage in the operation", Call(202, 0, 0x200), Answer.notify),
        Row("name a thread", Call(157, 15), Answer.allow),
        Row("become dumpable", Call(157, 4, 1), Answer.notify),
        Row("install a filter by prctl", Call(157, 22, 2), Answer.notify),
        Row("install a filter", Call(317, 1), Answer.notify),
        Row("handle signal 33", Call(13, 33), Answer.allow),
        Row("handle SIGABRT", Call(13, 6), Answer.allow),
        Row("handle SIGSEGV", Call(13, 11), Answer.notify),
        Row("handle SIGSYS", Call(13, 31), Answer.notify),
        Row("random bytes", Call(318, 0, 16, 1), Answer.allow),
        Row("random bytes from the blocking pool", Call(318, 0, 16, 2), Answer.notify),
        Row("the time", Call(228, 1), Answer.allow),
        Row("another process's processor time", Call(228, 0xffff_fff8), Answer.notify),

        Row("open", Call(2), Answer.eacces),
        Row("openat", Call(257), Answer.eacces),
        Row("openat2", Call(437), Answer.notify),
        Row("newfstatat", Call(262), Answer.eacces),
        Row("statx", Call(332), Answer.enosys),
        Row("futex_wait", Call(455), Answer.enosys),
        Row("io_uring_setup", Call(425), Answer.enosys),
        Row("sysinfo", Call(99), Answer.enosys),
        Row("is standard error a terminal", Call(16, 2, 0x5401), Answer.errno(25)),
        Row("push input into a terminal", Call(16, 2, 0x5412), Answer.notify),
        Row(
            "push input, the request behind garbage above",
            Call(16, 2, 0x5401_0000_5412), Answer.notify),
        Row("perror's copy of descriptor 2", Call(32, 2), Answer.errno(24)),
        Row("a copy of the input's descriptor", Call(32, 3), Answer.notify),
        Row("socket", Call(41), Answer.notify),
        Row("connect", Call(42), Answer.notify),
        Row("raise a limit", Call(302, 0, 7), Answer.notify),
        Row("setuid", Call(105), Answer.notify),
        Row("bpf", Call(321), Answer.notify),
        Row("userfaultfd", Call(323), Answer.notify),
        Row("perf_event_open", Call(298), Answer.notify),

        Row("x32's read", Call(0x4000_0000, 0), Answer.kill),
        Row("x32's execve", Call(0x4000_0208), Answer.kill),
        Row("the highest x32 number but one", Call(0xffff_fffe), Answer.kill),
        Row("number -1, which is no x32 number", Call(0xffff_ffff), Answer.notify),
        Row("32-bit read", Call(3, 0, architecture: Call.i386), Answer.kill),
        Row("32-bit exit", Call(1, architecture: Call.i386), Answer.kill),
        Row("a call of AArch64", Call(63, 0, architecture: 0xc000_00b7), Answer.kill),
    ]
}
