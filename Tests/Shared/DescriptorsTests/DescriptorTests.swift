import CLinux
import Descriptors
import Glibc
import Testing

@Suite("Descriptors")
struct DescriptorTests {
    /// Whether the kernel knows the number, and whether exec would close it.
    private static func flags(_ number: CInt) -> CInt { fcntl(number, F_GETFD) }

    @Test("a descriptor is closed with its owner: the pipe's reader sees the end")
    func closes() throws {
        let ends = try Pipe()
        let reader = try ends.readEnd.duplicate()
        _ = consume ends
        #expect(try reader.read(atMost: 1).isEmpty)
    }

    @Test("a released descriptor stays open")
    func released() throws {
        let pipe = try Pipe()
        let copy = try pipe.writeEnd.duplicate()
        let number = copy.release()
        #expect(Self.flags(number) >= 0)
        #expect(close(number) == 0)
    }

    @Test("everything made here is close-on-exec")
    func closeOnExec() throws {
        let pipe = try Pipe()
        let pair = try PacketSocket.Pair()
        let file = try MemoryFile(name: "test")
        let readable = try file.readOnly()
        let process = try ProcessHandle(process: getpid())
        let numbers = [
            pipe.readEnd.number, pipe.writeEnd.number, pair.one.descriptor.number,
            pair.other.descriptor.number, readable.number, process.descriptor.number,
        ]
        for number in numbers { #expect(Self.flags(number) & FD_CLOEXEC == FD_CLOEXEC) }
    }

    @Test("more than the limit is refused while it is read")
    func limit() throws {
        let pipe = try Pipe()
        try pipe.writeEnd.writeAll([UInt8](repeating: 7, count: 100).span)
        #expect(throws: SystemError("read", EFBIG)) { try pipe.readEnd.readToEnd(limit: 99) }
    }

    @Test("a full pipe is an error where waiting is switched off")
    func nonBlocking() throws {
        let pipe = try Pipe()
        try pipe.writeEnd.setNonBlocking()
        let bytes = [UInt8](repeating: 0, count: 1 << 20)
        #expect(throws: SystemError("write", EAGAIN)) { try pipe.writeEnd.writeAll(bytes.span) }
    }

    @Test("a folder has no file size")
    func folderSize() throws {
        let folder = try Descriptor(opening: "/proc", as: .directory)
        #expect(throws: SystemError("fstat", EINVAL)) { try folder.regularFileSize() }
    }

    @Test("the link count of a task folder is two and the threads")
    func threads() throws {
        let tasks = try Descriptor(opening: "/proc/self/task", as: .directory)
        // The runner has several threads that come and go; it has one at least.
        #expect(try tasks.linkCount() >= 3)
    }
}

@Suite("Files in memory")
struct MemoryFileTests {
    @Test("the read-only side reads what was written, and nothing can be written through it")
    func readOnly() throws {
        let file = try MemoryFile(name: "test")
        let readable = try file.readOnly()
        try file.append([1, 2, 3].span)
        #expect(throws: SystemError("write", EBADF)) { try readable.writeAll([9].span) }
        #expect(ftruncate(readable.number, 0) == -1 && errno == EINVAL)
        #expect(try readable.read(atMost: 10) == [1, 2, 3])
    }

    @Test("after the seal neither size nor contents change, not even for a new writer")
    func sealed() throws {
        let file = try MemoryFile(name: "test")
        let readable = try file.readOnly()
        try file.append([1, 2, 3].span)
        try file.seal()
        let path = "/proc/self/fd/\(readable.number)"
        // The path lives for the length of the call.
        let writer = unsafe open(path, O_RDWR | O_CLOEXEC)
        let owned = Descriptor(taking: try #require(writer >= 0 ? writer : nil))
        #expect(throws: SystemError("write", EPERM)) { try owned.writeAll([9].span) }
        #expect(ftruncate(owned.number, 10) == -1 && errno == EPERM)
        #expect(try readable.regularFileSize() == 3)
    }

    @Test("an empty mapping is refused")
    func emptyMapping() throws {
        let file = try MemoryFile(name: "test")
        let readable = try file.readOnly()
        #expect(throws: SystemError("mmap", EINVAL)) {
            // Nothing is mapped.
            _ = unsafe try SealedBytes.map(readable, length: 0)
        }
    }
}

@Suite("Packets with descriptors")
struct PacketSocketTests {
    @Test("a packet keeps its boundary and brings working copies of its descriptors")
    func passing() throws {
        let pair = try PacketSocket.Pair()
        let pipe = try Pipe()
        try pair.one.send([1, 2], descriptors: [pipe.readEnd.number])
        try pair.one.send([3])
        var first = try pair.other.receive(atMost: 16, waiting: true)
        let second = try pair.other.receive(atMost: 16, waiting: true)
        #expect(first.bytes == [1, 2])
        #expect(second.bytes == [3])
        #expect(second.descriptors.count == 0)
        let number = first.descriptors.takeFirst()?.release()
        let received = Descriptor(taking: try #require(number))
        try pipe.writeEnd.writeAll([42].span)
        #expect(try received.read(atMost: 1) == [42])
    }

    @Test("a packet that does not fit is refused, never cut")
    func tooLong() throws {
        let pair = try PacketSocket.Pair()
        try pair.one.send([1, 2, 3, 4])
        #expect(throws: SystemError("recvmsg", EMSGSIZE)) {
            _ = try pair.other.receive(atMost: 3, waiting: true)
        }
    }

    @Test("more descriptors than a packet may carry are refused before they are sent")
    func tooMany() throws {
        let pair = try PacketSocket.Pair()
        #expect(throws: SystemError("sendmsg", EINVAL)) {
            try pair.one.send([1], descriptors: [CInt](repeating: 0, count: 9))
        }
    }

    @Test("a peer that died before it had read everything is EPIPE as well, each time")
    func diedWithUnreadPackets() throws {
        let pair = try PacketSocket.Pair()
        try pair.one.send([1])
        let one = pair.one
        _ = consume pair.other
        for _ in 0..<2 {
            let error = Self.failure(of: one)
            #expect(error?.code == EPIPE)
        }
    }

    private static func failure(of socket: borrowing PacketSocket) -> SystemError? {
        do throws(SystemError) {
            try socket.send([2])
            return nil
        } catch {
            return error
        }
    }

    @Test("the end of the conversation is a packet without bytes, for the sender EPIPE")
    func end() throws {
        var pair = try PacketSocket.Pair()
        let fresh = try PacketSocket.Pair()
        pair.one = PacketSocket(taking: try fresh.one.descriptor.duplicate())
        #expect(try pair.other.receive(atMost: 1, waiting: true).bytes.isEmpty)
        #expect(throws: SystemError("sendmsg", EPIPE)) { try pair.other.send([1]) }
    }

    @Test("what was said before the end is heard, also when the speaker had not read everything")
    func lastWords() throws {
        var pair = try PacketSocket.Pair()
        try pair.other.send([1])
        try pair.one.send([7])
        let fresh = try PacketSocket.Pair()
        pair.one = PacketSocket(taking: try fresh.one.descriptor.duplicate())
        #expect(try pair.other.receive(atMost: 1, waiting: true).bytes == [7])
        #expect(try pair.other.receive(atMost: 1, waiting: true).bytes.isEmpty)
    }
}

@Suite("Processes")
struct ProgramTests {
    @Test("a program starts with the named descriptors, arguments and environment and no others")
    func spawn() throws {
        let output = try Pipe()
        let script =
            "echo \"$0 $1\"; env | sort | tr '\\n' ' '; echo; ls /proc/self/fd | tr '\\n' ' '"
        let process = try Program.spawn(
            path: "/bin/sh", arguments: ["sh", "-c", script, "name", "argument"],
            environment: ["ONLY=this", "PATH=/usr/bin:/bin"],
            descriptors: [-1, output.writeEnd.number, -1])
        let ends = consume output
        let text = Self.readAll(ends)
        Program.wait(for: process)
        let lines = text.split(separator: "\n")
        #expect(lines.first == "name argument")
        // The shell adds PWD, and _ names the program it runs.
        #expect(lines.dropFirst().first?.contains("ONLY=this") == true)
        #expect(!text.contains("HOME="))
        // 3 is the folder that ls itself has open.
        #expect(lines.last == "0 1 2 3 ")
    }

    private static func readAll(_ pipe: consuming Pipe) -> String {
        let read = (try? pipe.readEnd.duplicate())?.release() ?? -1
        _ = consume pipe
        let end = Descriptor(taking: read)
        return String(decoding: (try? end.readToEnd(limit: 1 << 16)) ?? [], as: UTF8.self)
    }

    @Test("a program that is not there is an error of the start")
    func missing() {
        #expect(throws: SystemError("posix_spawn", ENOENT)) {
            try Program.spawn(
                path: "/nonexistent/program", arguments: ["program"], environment: [],
                descriptors: [])
        }
    }

    @Test("a handle kills its process and no error follows for one that has ended")
    func kill() throws {
        let process = try Program.spawn(
            path: "/bin/sleep", arguments: ["sleep", "1000"], environment: [], descriptors: [-1])
        let handle = try ProcessHandle(process: process)
        try handle.kill()
        var usage = clinux_usage()
        // The out parameter is a local variable.
        #expect(unsafe clinux_wait(process, 0, &usage) == 1)
        #expect(usage.status & 0x7f == SIGKILL)
        try handle.kill()
    }
}
