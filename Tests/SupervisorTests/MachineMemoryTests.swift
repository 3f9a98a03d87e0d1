import Foundation
import SandboxPolicy
import Testing

@testable import Supervisor

@Suite("The memory of the machine")
struct MachineMemoryTests {
    private static func memory(_ bytes: UInt64) -> MachineMemory {
        MachineMemory(total: bytes, limits: [])
    }

    @Test("every child beyond what is kept for the rest adds a worker, and one there always is")
    func workers() {
        let inputs = 512 << 20
        // 256 MiB and 512 MiB are kept, 768 MiB are one child's.
        let expected: [(mebibytes: UInt64, workers: Int)] = [
            (0, 1), (512, 1), (768, 1), (1_536, 1), (2_303, 1), (2_304, 2), (3_072, 3),
            (24_576, 31),
        ]
        for (mebibytes, workers) in expected {
            #expect(Self.memory(mebibytes << 20).workers(beside: inputs) == workers)
        }
        #expect(Self.memory(2_304 << 20).workers(beside: 1 << 30) == 1)
        #expect(Self.memory(.max).workers(beside: .max) > 0)
    }

    @Test("the least of the machine's memory and the limits of all groups above counts")
    func limits() {
        let limited = MachineMemory(total: 100, limits: [nil, 50, 70])
        #expect(limited.bytes == 50 && limited.isLimited)
        let free = MachineMemory(total: 100, limits: [nil, 200])
        #expect(free.bytes == 100 && !free.isLimited)
    }

    @Test("what the kernel writes is read, and nothing else")
    func files() {
        #expect(
            MachineMemory.total("MemFree: 1 kB\nMemTotal:       24685080 kB\n") == 25_277_521_920)
        #expect(MachineMemory.total("MemTotal: many kB\n") == nil)
        #expect(MachineMemory.total("") == nil)
        #expect(MachineMemory.group("1:name=systemd:/x\n0::/a/b\n") == "/a/b")
        #expect(MachineMemory.group("4:memory:/x\n") == nil)
        #expect(MachineMemory.folders(of: "/a/b") == ["", "/a", "/a/b"])
        #expect(MachineMemory.folders(of: "/") == [""])
        #expect(MachineMemory.limit("max\n") == nil)
        #expect(MachineMemory.limit("1073741824\n") == 1 << 30)
        #expect(MachineMemory.limit("") == nil)
    }

    @Test("this machine's is what the C library says it is, or a group's limit below that")
    func current() throws {
        let memory = try #require(MachineMemory.current())
        let total = UInt64(sysconf(Int32(_SC_PHYS_PAGES))) * UInt64(sysconf(Int32(_SC_PAGESIZE)))
        #expect(memory.isLimited ? memory.bytes < total : memory.bytes == total)
    }

    @Test("the widest policy that is shipped gives a child what a worker is counted with")
    func shipped() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "policies")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".yaml") }.map { folder.appending(path: $0).path }
        let policies = try ServedPolicy.load(files).served
        let widest = policies.map(\.file.limits.memory).max()
        #expect(widest == MachineMemory.child)
    }
}
