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
    /// In the order of x86-64. AArch64 differs in one call: the last two of `clone` are exchanged.
    let arguments: [SyscallArgument]

    init(
        _ name: String, _ amd64: UInt32?, _ arm64: UInt32?, _ group: Group, _ exposure: Exposure,
        _ purpose: String, _ risk: String?, _ arguments: (String, SyscallArgument.Kind)...
    ) {
        self.name = name
        self.amd64 = amd64
        self.arm64 = arm64
        self.group = group
        self.exposure = exposure
        self.purpose = purpose
        self.risk = risk
        self.arguments = arguments.map { SyscallArgument(name: $0.0, kind: $0.1) }
    }

    func number(on architecture: SeccompArchitecture) -> UInt32? {
        switch architecture {
        case .amd64: amd64
        case .arm64: arm64
        }
    }
}
