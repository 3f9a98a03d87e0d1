import SandboxPolicy

/// Every system call of x86-64 and AArch64 up to Linux 6.19, with what policies' authors ask of it.
///
/// Numbers: arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl of the kernel. Numbers
/// from 424 on are the same on both. x32 has none here: a child that makes a call of it is killed.
enum SyscallCatalogue {
    static let all: [SyscallEntry] = {
        let groups: [[SyscallEntry]] = [
            descriptors, descriptorWaiting, files, fileAttributes, memory, threads, processes,
            signals, time, network, identity, namespaces, kernel, tracing, scheduling, information,
        ]
        return groups.flatMap { $0 }
    }()

    private static let byName: [String: SyscallEntry] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static let byNumber: [SeccompArchitecture: [UInt32: SyscallEntry]] = Dictionary(
        uniqueKeysWithValues: SeccompArchitecture.allCases.map { architecture in
            let known = all.compactMap { entry in
                entry.number(on: architecture).map { ($0, entry) }
            }
            return (architecture, Dictionary(uniqueKeysWithValues: known))
        })

    static func entry(_ name: String) -> SyscallEntry? { byName[name] }

    static func entry(number: UInt32, on architecture: SeccompArchitecture) -> SyscallEntry? {
        byNumber[architecture]?[number]
    }
}
