import Descriptors
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("Recorded traces")
struct TraceReaderTests {
    private static func read(_ lines: String...) -> [TraceLine] {
        var reader = TraceReader()
        let found = lines.flatMap { reader.read(Array($0.utf8)[...]) }
        return found + reader.finish()
    }

    /// The values of a call's arguments on x86-64, as many as it has.
    private static func values(_ line: TraceLine?) -> [UInt64?]? {
        guard case .call(let call) = line, case .name(let name) = call.identity else { return nil }
        return SyscallCatalogue.entry(name)?.arguments.enumerated().map { index, argument in
            call.value(of: index, argument.kind, on: .amd64)
        }
    }

    @Test(
        "strace's lines give the values of arguments, in every form of its options",
        arguments: [
            "mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f5529c53000",
            "29038 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f55",
            "[pid 29109] mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x1",
            "14:42:05 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x1",
            "14:42:05.655336 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 1",
            "1795272126.203446 [   9] [00007f0696a522ad] mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x1",
            "     0.000225 mmap(0, 0x2000, 0x3, 0x22, 0xffffffffffffffff, 0) = 0x7fd7885f2000",
            "[pid  7] 14:42:05 (+     0.000021) mmap(NULL, 8192, PROT_READ|PROT_WRITE, 0x22 /* MAP_??? */, -1, 0) = -1 ENOMEM (Cannot allocate memory)",
            "mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <detached ...>",
        ])
    func forms(_ line: String) {
        let found = Self.read(line)
        #expect(found.count == 1)
        #expect(Self.values(found.first) == [0, 8192, 3, 0x22, .max, 0])
    }

    @Test("what lies in memory is not told, and no bracket or comma in it counts")
    func memory() {
        let open = Self.read(
            #"openat(AT_FDCWD</tmp/a,b)>, "/tmp/\"),(,\\", O_RDONLY|O_CLOEXEC) = 3</tmp/x>"#)
        #expect(Self.values(open.first) == [UInt64(bitPattern: -100), nil, 0x8_0000, nil])
        let execve = Self.read(
            #"execve("/bin/sh", ["/bin/sh", "-c", "ls)"], 0x7ffeb82b55a8 /* 39 vars */) = 0"#)
        #expect(Self.values(execve.first) == [nil, nil, 0x7ffe_b82b_55a8])
        let send = Self.read(
            "sendto(3<TCP:[127.0.0.1:1->127.0.0.1:2]>, {x=[1, 2]}, 8, MSG_DONTWAIT, NULL, 0) = 8")
        #expect(Self.values(send.first) == [3, nil, 8, nil, 0, 0])
        // strace numbers real-time signals from 32 on.
        let action = Self.read("rt_sigaction(SIGRT_1, {sa_handler=0x1, sa_mask=[]}, NULL, 8) = 0")
        #expect(Self.values(action.first) == [33, nil, 0, 8])
    }

    @Test("clone has its arguments by name, wherever they stand")
    func clone() {
        let line = Self.read(
            "clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS|SIGCHLD, parent_tid=[5], tls=0x8) = 5")
        #expect(Self.values(line.first) == [0x311, 0x7f, nil, nil, 8])
    }

    @Test("a call that others interrupt is one call, with the arguments of both halves")
    func unfinished() {
        let found = Self.read(
            "7 read(3,  <unfinished ...>", "8 getpid() = 8", #"7 <... read resumed>"ab", 2) = 2"#)
        #expect(found.count == 2)
        #expect(Self.values(found.first) == [])
        #expect(Self.values(found.last) == [3, nil, 2])
    }

    @Test("a call that never goes on was made all the same")
    func abandoned() {
        for end in ["7 +++ killed by SIGSYS +++", "7 getpid() = 7", "9 getpid() = 9"] {
            let found = Self.read("7 write(5,  <unfinished ...>", end)
            #expect(found.contains { Self.values($0) == [5, nil, nil] }, "\(end)")
            #expect(found.count == 2, "\(end)")
        }
        // Recorded: strace's own note came in the middle of the line.
        let noted = Self.read(
            "read(3, strace: Process 29117 attached", " <unfinished ...>",
            "<... read resumed>\"\", 9) = 0")
        #expect(noted.first == .aside(.notes))
        #expect(Self.values(noted.last) == [3, nil, 9])
        // The trace began in the middle of this one.
        #expect(
            Self.values(Self.read("7 <... read resumed>\"\", 9) = 0").first) == [nil, nil, nil])
    }

    @Test("calls that strace does not know have a number")
    func numbered() {
        #expect(
            Self.read("syscall_0x1d7(0x1, 0x2) = 0").first
                == .call(
                    TracedCall(
                        identity: .number(471), arguments: [0: .text("0x1"), 1: .text("0x2")])))
    }

    @Test(
        "lines without a call are known as such",
        arguments: [
            ("+++ exited with 0 +++", TraceLine.Aside.endings),
            ("7 +++ killed by SIGSYS (core dumped) +++", .endings),
            ("--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---", .signals),
            ("14:42:05 --- SIGSEGV {si_addr=NULL} ---", .signals),
            ("strace: Process 29117 attached", .notes), ("", .notes),
            ("[ Process PID=7 runs in 32 bit mode. ]", .notes),
            (" > /usr/lib/libc.so.6(__read+0x4d) [0xfb29d]", .stacks),
            ("type=CWD msg=audit(1795272126.203:5): cwd=\"/\"", .auditRecords),
            (#"{"time":"2026-11-21T13:00:00Z","level":"info","message":"serving"}"#, .logLines),
        ])
    func asides(_ line: String, aside: TraceLine.Aside) {
        #expect(Self.read(line) == [.aside(aside)])
    }

    @Test(
        "whatever else cannot be read, and says why",
        arguments: [
            "hello", "ls: cannot access 'x': No such file", "read(3, \"abc", "read(3", "read(3,",
            "read(3) and more", "7", "[pid", "[pid 7] ", "<... read", "12:00:00", "((((", "{",
            "{}x",
            #"{"syscall_number":"x","arch":"0xc000003e"}"#, #"{"syscall_number":5}"#,
            #"{"syscall_number":5,"arch":"0xc000003e","arguments":["5"]}"#,
            "type=1326 audit(1795272126.203:5): auid=0", "\u{1B}[31mread(3) = 0",
            "syscall_0x(1) = 0", "syscall_0x1ffffffff(1) = 0",
        ])
    func unreadable(_ line: String) {
        let found = Self.read(line)
        guard case .unreadable(let reason) = found.first else {
            Issue.record("\(found)")
            return
        }
        #expect(found.count == 1 && !reason.isEmpty)
    }

    @Test("the kernel's records name the call and its architecture, some with four arguments")
    func audit() {
        let seccomp =
            "type=SECCOMP msg=audit(1795272126.203:17): auid=1000 uid=1000 gid=1000 ses=1 pid=29109 "
            + "comm=\"a\" exe=\"/a\" sig=31 arch=c000003e syscall=59 compat=0 ip=0x7f code=0x80000000"
        let expected = TraceLine.call(
            TracedCall(identity: .number(59), architecture: 0xc000_003e))
        #expect(Self.read(seccomp) == [expected])
        let kernel =
            "Nov 21 13:00:00 host kernel: [  12.345678] audit: type=1326 audit(1795272126.203:17): "
            + "auid=4294967295 pid=9 comm=\"arch=0\" sig=0 arch=c00000b7 syscall=221 compat=0"
        #expect(
            Self.read(kernel) == [
                .call(TracedCall(identity: .number(221), architecture: 0xc000_00b7))
            ])
        let syscall =
            "type=SYSCALL msg=audit(1.2:3): arch=c000003e syscall=9 success=yes exit=0 a0=0 a1=2000 "
            + "a2=3 a3=22 items=0"
        #expect(
            Self.read(syscall) == [
                .call(
                    TracedCall(
                        identity: .number(9), architecture: 0xc000_003e,
                        arguments: [
                            0: .value(0), 1: .value(0x2000), 2: .value(3), 3: .value(0x22),
                        ]))
            ])
    }

    @Test("a program's own words in quotes are no audit record")
    func forged() {
        let line = #"write(2, "audit: type=1326 audit(1:1): arch=c000003e syscall=0", 51) = 51"#
        #expect(Self.values(Self.read(line).first)?.first == 2)
    }

    @Test("lines of a trace come whole from pieces of any size, and a long one is not kept")
    func lines() throws {
        let text =
            Array("one\n\ntwo\n".utf8) + [UInt8](repeating: 0x61, count: 70_000) + [0x0a]
            + Array("three".utf8)
        for size in [1, 7, 4_096, 100_000] {
            var rest = text[...]
            var lines = TraceLines()
            var found: [TraceLines.Line] = []
            func more() -> [UInt8] {
                defer { rest = rest.dropFirst(size) }
                return Array(rest.prefix(size))
            }
            while let line = try lines.next(more) { found.append(line) }
            #expect(
                found == [
                    .bytes(Array("one".utf8)), .bytes([]), .bytes(Array("two".utf8)), .tooLong,
                    .bytes(Array("three".utf8)),
                ], "\(size)")
        }
    }

    @Test("any bytes are read without a trap")
    func junk() {
        var generator = SystemRandomNumberGenerator()
        var reader = TraceReader()
        let letters = Array("read(3, \"\\<>[]{}/*=|-+. 0x7f)unfinished...resumed".utf8)
        for _ in 0..<20_000 {
            let line = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? letters.randomElement(using: &generator) ?? 0
                    : UInt8.random(in: 0...255, using: &generator)
            }
            _ = reader.read(line[...])
        }
        #expect(reader.finish().count <= 4_096)
    }
}
