import SandboxPolicy

/// What is known about one system call: what people who write policies ask of it.
struct SyscallEntry: Sendable {
    /// What it belongs to, for tables.
    enum Group: String, CaseIterable, Sendable {
        case descriptors, files, memory, threads, processes, signals, time, network, identity
        case namespaces, kernel, tracing, scheduling, information
    }

    /// What it gives to somebody who has taken the process over.
    enum Exposure: Int, Comparable, Sendable {
        /// Computing, and nothing beyond the process.
        case harmless
        /// Something of the kernel's or the process's own state.
        case limited
        /// What the arguments decide: harmless with some, dangerous with others.
        case byArguments
        /// Other processes, files, the network, or much of the kernel.
        case dangerous

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let name: String
    /// Its numbers; nil where the architecture does not have it.
    let amd64: UInt32?
    let arm64: UInt32?
    let group: Group
    let exposure: Exposure
    /// What it does, as half a sentence: "reads from a descriptor".
    let purpose: String
    /// What an attacker gets from it, as half a sentence; nil where that is nothing.
    let risk: String?
    let arguments: [SyscallArgument]

    func number(on architecture: SeccompArchitecture) -> UInt32? {
        switch architecture {
        case .amd64: amd64
        case .arm64: arm64
        }
    }
}

/// One argument of a system call.
struct SyscallArgument: Sendable {
    /// How a value is read. Those of C's int have 32 bits, and the rest of the register may hold
    /// anything.
    enum Kind: String, CaseIterable, Sendable {
        case descriptor, int, unsigned, size, offset, pointer
        case protection, mapFlags, remapFlags, advice, openFlags, accessMode, cloneFlags
        case futexOperation, signal, prctlOption, clock, randomFlags, ioctlRequest, processID
        case fcntlCommand, socketFamily, seekWhence, atFlags

        /// Whether the kernel looks at the lower 32 bits alone.
        var isInt: Bool {
            switch self {
            case .size, .offset, .pointer: false
            // The kernel takes these as unsigned long: all 64 bits count.
            case .protection, .mapFlags, .remapFlags, .cloneFlags: false
            default: true
            }
        }
    }

    /// The name in the call's man page.
    let name: String
    let kind: Kind
}
